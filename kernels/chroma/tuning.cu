// Tuning of a signal: the fullest histogram bin of those peaks that are at least as strong as the median.
//
//   n strengths s ascending;  median = (s[(n-1)/2] + s[n/2]) / 2
//   tunings[use, b] = the lowest i with the most peaks of bin i and s >= median;  50 (tuning 0) where n = 0
//
// strengths (uses, batch, frames, 184) and bins_of_peaks (uses, batch, frames, 192), see peaks.cuh
// counts    (uses, batch, frames) int32
// scratch   (uses, batch, 2, frames, 184) 32 bits: strengths, then bins
// tunings   (uses, batch) int32
//
// Grid (batch, uses), block kBlock = 512 threads. s[(n-1)/2] is found by radix selection, eleven, ten and ten
// bits: strengths are not negative, so their bits order as they do. Two passes read all peaks: the first
// settles eleven bits, the second counts what is above these and copies what shares them to the scratch. Four
// strengths are read at once, eight lanes a frame. Static shared memory 21,488 bytes. Every thread reaches
// every barrier.
#include "chroma/peaks.cuh"
#include "common/scan.cuh"

namespace gpuser {

constexpr int kBlock = 512;
constexpr int kWarps = kBlock / kWarp;
constexpr int kLanesPerFrame = 8;
constexpr int kFramesPerWarp = kWarp / kLanesPerFrame;
constexpr int kDigits = 2048;
constexpr int kDigitsPerThread = kDigits / kBlock;
constexpr int kFirstShift = 20;
constexpr int kSecondShift = 10;
constexpr int kNoTuning = kTuningSteps / 2;

// Bits of the selected strength as far as they are settled, its rank among the strengths that share them, and
// how many these are.
struct Selection {
  unsigned bits;
  int rank, count;
};

struct TuningShared {
  int4 digits[kBlock];
  // Each lane counts in a bank of its own.
  int votes[kTuningSteps][kWarp];
  int votes_of_equals[kTuningSteps];
  int of_warp[kWarps];
  Selection selection;
  int listed;
  int next_is_there;
};

// Calls visit(frame, group) for each four peaks that there are; lanes of a warp go through the loops
// together.
template <typename Visit>
__device__ __forceinline__ void for_each_group(const int* __restrict__ counts, int frames, Visit visit) {
  int thread = static_cast<int>(threadIdx.x), lane = thread % kWarp;
#pragma unroll 1
  for (int first = thread / kWarp * kFramesPerWarp; first < frames; first += kBlock / kLanesPerFrame) {
    int frame = first + lane / kLanesPerFrame;
    int groups = frame < frames ? (counts[frame] + 3) / 4 : 0;
    int most = groups;
    for (int mask = kLanesPerFrame; mask < kWarp; mask *= 2) {
      int other = shuffle_xor(most, mask);
      most = other > most ? other : most;
    }
#pragma unroll 1
    for (int i = lane % kLanesPerFrame; i - lane % kLanesPerFrame < most; i += kLanesPerFrame)
      if (i < groups) visit(frame, i);
  }
}

// Settles the digit at `shift` by its histogram. All threads take part; three barriers, the last at the end.
__device__ __forceinline__ void narrow(int shift, TuningShared& shared) {
  int thread = static_cast<int>(threadIdx.x), warp = thread / kWarp, lane = thread % kWarp;
  __syncthreads();
  int4 four = load(shared.digits + thread);
  Selection now = shared.selection;
  int sum = four.x + four.y + four.z + four.w;
  int end = inclusive_sum(sum);
  if (lane == kWarp - 1) shared.of_warp[warp] = end;
  __syncthreads();
  for (int w = 0; w < warp; w++) end += shared.of_warp[w];
  int rank = now.rank - (end - sum);
  if (rank >= 0 && rank < sum) {
    const int counts[kDigitsPerThread] = {four.x, four.y, four.z, four.w};
    unsigned digit = static_cast<unsigned>(thread) * kDigitsPerThread;
    bool settled = false;
#pragma unroll
    for (int i = 0; i < kDigitsPerThread; i++) {
      if (!settled && rank < counts[i]) {
        shared.selection = {now.bits | (digit + i) << shift, rank, counts[i]};
        settled = true;
      }
      rank -= counts[i];
    }
  }
  __syncthreads();
}

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_tuning_f32(const float* __restrict__ strengths, const unsigned* __restrict__ bins_of_peaks,
                      const int* __restrict__ counts, int frames, unsigned* scratch,
                      int* __restrict__ tunings) {
  using namespace gpuser;
  __shared__ TuningShared shared;

  int thread = static_cast<int>(threadIdx.x), warp = thread / kWarp, lane = thread % kWarp;
  int signal = static_cast<int>(blockIdx.y * gridDim.x + blockIdx.x);
  long long first = static_cast<long long>(signal) * frames;
  counts += first;
  strengths += first * kPeakPitch;
  bins_of_peaks += first * (kPeakBinPitch / 4);
  // Listed strengths, then, a plane on, their bins.
  scratch += 2 * first * kPeakPitch;
  int plane = frames * kPeakPitch;
  int* digits = reinterpret_cast<int*>(shared.digits);

  int sum = 0;
  for (int frame = thread; frame < frames; frame += kBlock) sum += counts[frame];
  sum = inclusive_sum(sum);
  if (lane == kWarp - 1) shared.of_warp[warp] = sum;
  store(shared.digits + thread, {0, 0, 0, 0});
  for (int i = warp; i < kTuningSteps; i += kWarps) shared.votes[i][lane] = 0;
  if (thread < kTuningSteps) shared.votes_of_equals[thread] = 0;
  if (thread == 0) shared.listed = shared.next_is_there = 0;
  __syncthreads();
  int count = 0;
  for (int w = 0; w < kWarps; w++) count += shared.of_warp[w];
  if (count == 0) {
    if (thread == 0) tunings[signal] = kNoTuning;
    return;
  }
  if (thread == 0) shared.selection = {0, (count - 1) / 2, count};

  for_each_group(counts, frames, [&](int frame, int i) {
    float4 four = load(reinterpret_cast<const float4*>(strengths + frame * kPeakPitch) + i);
    atomic_add(digits + (bits_of(four.x) >> kFirstShift), 1);
    atomic_add(digits + (bits_of(four.y) >> kFirstShift), 1);
    atomic_add(digits + (bits_of(four.z) >> kFirstShift), 1);
    atomic_add(digits + (bits_of(four.w) >> kFirstShift), 1);
  });
  narrow(kFirstShift, shared);

  store(shared.digits + thread, {0, 0, 0, 0});
  unsigned middle = shared.selection.bits >> kFirstShift;
  for_each_group(counts, frames, [&](int frame, int i) {
    float4 four = load(reinterpret_cast<const float4*>(strengths + frame * kPeakPitch) + i);
    unsigned bins = bins_of_peaks[frame * (kPeakBinPitch / 4) + i];
    const float values[4] = {four.x, four.y, four.z, four.w};
#pragma unroll
    for (int j = 0; j < 4; j++) {
      unsigned bits = bits_of(values[j]), bin = bins >> (8 * j) & 0xff;
      if (bits >> kFirstShift == middle) {
        int place = atomic_add(&shared.listed, 1);
        scratch[place] = bits;
        scratch[plane + place] = bin;
      } else if (bits >> kFirstShift > middle && bits != kNoPeak) {
        atomic_add(&shared.votes[bin][lane], 1);
      }
    }
  });
  __syncthreads();

  int listed = shared.listed;
#pragma unroll 1
  for (int i = thread; i < listed; i += kBlock)
    atomic_add(digits + (scratch[i] >> kSecondShift & ((1 << (kFirstShift - kSecondShift)) - 1)), 1);
  narrow(kSecondShift, shared);
  store(shared.digits + thread, {0, 0, 0, 0});
  __syncthreads();
  unsigned prefix = shared.selection.bits >> kSecondShift;
#pragma unroll 1
  for (int i = thread; i < listed; i += kBlock) {
    unsigned bits = scratch[i];
    if (bits >> kSecondShift == prefix) atomic_add(digits + (bits & ((1 << kSecondShift) - 1)), 1);
  }
  narrow(0, shared);

  // The upper middle is at most the next larger strength, so all larger ones are kept. Those equal to the
  // lower middle are kept where the median is that too: for an odd count, where the upper middle is equal, or
  // where their mean is rounded down, which takes neighbouring floats and an even lower one.
  unsigned lower = shared.selection.bits;
#pragma unroll 1
  for (int i = thread; i < listed; i += kBlock) {
    unsigned bits = scratch[i], bin = scratch[plane + i];
    if (bits > lower) atomic_add(&shared.votes[bin][lane], 1);
    if (bits == lower) atomic_add(shared.votes_of_equals + bin, 1);
    if (bits == lower + 1) atomic_add(&shared.next_is_there, 1);
  }
  __syncthreads();
  bool equals = count % 2 != 0 || shared.selection.rank + 1 < shared.selection.count ||
                (lower % 2 == 0 && shared.next_is_there != 0);
  if (thread < kTuningSteps) {
    int votes = equals ? shared.votes_of_equals[thread] : 0;
    for (int i = 0; i < kWarp; i++) votes += shared.votes[thread][(lane + i) % kWarp];
    digits[thread] = votes;
  }
  __syncthreads();
  if (warp != 0) return;

  int fullest = 0, best = 0;
  for (int bin = lane; bin < kTuningSteps; bin += kWarp) {
    if (digits[bin] > fullest) {
      fullest = digits[bin];
      best = bin;
    }
  }
  for (int mask = kWarp / 2; mask > 0; mask /= 2) {
    int other = shuffle_xor(fullest, mask), bin = shuffle_xor(best, mask);
    if (other > fullest || (other == fullest && bin < best)) {
      fullest = other;
      best = bin;
    }
  }
  if (lane == 0) tunings[signal] = best;
}
