// Which samples are voiced: those round which the mean magnitude is above a threshold.
//
//   m[i] = mean of |x| over the samples i - 1102 .. i + 1102 that there are;  voiced where m[i] > 0.0005
//
// Sums are exact: a magnitude is taken as a whole number of 2^-48 (rounded towards 0; exact from 2^-25 up),
// and magnitudes above 2 as 2, which alone lift any window over the threshold. A window's sum stays under
// 2^61, and i is voiced where
//
//   sum > floor(0.0005 * 2^48 * samples in the window)
//
// samples   packed signals, float32
// starts    (batch) int64: where each signal begins
// lengths   (batch) int32
// marks     (batch, mark_pitch) 32-bit words: bit i % 32 of word i / 32 is set where sample i is voiced;
//           ceil(length / 2048) * 64 words of each row written
// counts    (batch, tiles) int32: voiced samples of each tile; all `tiles` written
// energies  (batch) int64: set to 0, for the kernel that adds to them
//
// Grid (tiles, batch), tiles at least ceil(longest / kTile), block kBlock = 256 threads. A block sums the
// kTile = 2048 samples and the 1102 on either side of them into prefix sums in shared memory, 17 values a
// thread: static shared memory 34,920 bytes, four barriers that all threads reach.
#include "common/scan.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kWarps = kBlock / kWarp;
constexpr int kTile = 2048;
constexpr int kReach = 1102;
constexpr int kPerThread = (kTile + 2 * kReach + kBlock - 1) / kBlock;
constexpr int kSpan = kPerThread * kBlock;
constexpr int kTileWords = kTile / kWarp;
constexpr float kLargest = 2.0f;
constexpr float kUnits = 281474976710656.0f;  // 2^48

// floor(0.0005 * 2^48 * samples): 0.0005 * 2^48 = 2^44 / 125.
__device__ __forceinline__ long long threshold(int samples) {
  return static_cast<long long>((static_cast<unsigned long long>(samples) << 44) / 125);
}

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_voiced_f32(const float* __restrict__ samples, const long long* __restrict__ starts,
                      const int* __restrict__ lengths, unsigned* __restrict__ marks, int mark_pitch,
                      int* __restrict__ counts, long long* __restrict__ energies) {
  using namespace gpuser;
  // sums[i + 1]: of the first i + 1 samples of the span, and sums[0] = 0.
  __shared__ long long sums[kSpan + 1];
  __shared__ long long sums_of_warp[kWarps];
  __shared__ int counts_of_warp[kWarps];

  int thread = static_cast<int>(threadIdx.x), warp = thread / kWarp, lane = thread % kWarp;
  int signal = static_cast<int>(blockIdx.y), first = static_cast<int>(blockIdx.x) * kTile;
  int length = lengths[signal];
  if (thread == 0 && blockIdx.x == 0) energies[signal] = 0;
  int* count = counts + static_cast<long long>(signal) * gridDim.x + blockIdx.x;
  if (first >= length) {
    if (thread == 0) *count = 0;
    return;
  }

  const float* row = samples + starts[signal];
  for (int i = thread; i < kSpan; i += kBlock) {
    int at = first - kReach + i;
    float size = at >= 0 && at < length ? magnitude(row[at]) : 0.0f;
    sums[i + 1] = static_cast<long long>((size < kLargest ? size : kLargest) * kUnits);
  }
  __syncthreads();

  long long* mine = sums + 1 + thread * kPerThread;
  long long sum = 0;
  for (int i = 0; i < kPerThread; i++) sum += mine[i];
  long long end = inclusive_sum(sum);
  if (lane == kWarp - 1) sums_of_warp[warp] = end;
  __syncthreads();
  long long before = end - sum;
  for (int w = 0; w < warp; w++) before += sums_of_warp[w];
  for (int i = 0; i < kPerThread; i++) {
    before += mine[i];
    mine[i] = before;
  }
  if (thread == 0) sums[0] = 0;
  __syncthreads();

  unsigned* words = marks + static_cast<long long>(signal) * mark_pitch + first / kWarp;
  int voiced = 0;
  for (int word = warp; word < kTileWords; word += kWarps) {
    int i = word * kWarp + lane, at = first + i;
    int from = at < kReach ? 0 : at - kReach, to = at + kReach + 1 < length ? at + kReach + 1 : length;
    long long window = sums[i + 2 * kReach + 1] - sums[i];
    unsigned mark = ballot(at < length && window > threshold(to - from));
    if (lane == 0) words[word] = mark;
    voiced += population_count(mark);
  }
  if (lane == 0) counts_of_warp[warp] = voiced;
  __syncthreads();
  if (thread == 0) {
    int total = 0;
    for (int w = 0; w < kWarps; w++) total += counts_of_warp[w];
    *count = total;
  }
}
