// Peaks of a spectrum S, from which tunings are estimated; S is the power for one use, the magnitude for the
// other:
//
//   S[k] > S[k-1],  S[k] >= S[k+1],  S[k] > max S / 10,  14 <= k < 372  (150 Hz to 4 kHz)
//   a = S[k+1] + S[k-1] - 2 S[k],  b = (S[k+1] - S[k-1]) / 2,  offset = -b/a, and 0 where |b| >= |a|
//   strength = S[k] + b offset / 2
//   bin = floor(100 u) modulo 100 + 50 modulo 100,  u = steps an octave * log2((k + offset) / A0)
//
// with 12 steps an octave for powers and 36 for magnitudes, and A0 (27.5 Hz) in bins.
//
// spectrum  (batch, frames, pitch) complex float32, `bins` of each row used; rows 16-byte aligned
// edges     (edge_count) float32: edges[i] is the smallest float not below A0 * 2^((first_edge + i) / 3600),
//           over all positions that occur. A position this near an edge is compared with it; elsewhere the
//           approximate logarithm will do. They are the edges for 36 steps, and every third is one for 12.
// log_a0    3600 log2(A0)
// strengths (2, batch, frames, 184) and bins_of_peaks (2, batch, frames, 192), see peaks.cuh: of powers, then
//           of magnitudes
// counts    (2, batch, frames) int32: peaks of each frame
//
// Grid (ceil(frames / 4), batch), block kBlock = 128 threads: a warp takes a frame. It lists what may be a
// peak for either use, so that its lanes then share the work evenly. Static shared memory 24,544 bytes, three
// barriers that all threads reach.
#include "chroma/peaks.cuh"

namespace gpuser {

constexpr int kBlock = 128;
constexpr int kFrames = kBlock / kWarp;
constexpr int kFirstPeak = 14;
constexpr int kEndPeak = 372;
// Bins kept: those that peaks are found among, in whole loads of two.
constexpr int kFirstKept = 12;
constexpr int kEndKept = 374;
constexpr int kEdgesPerOctave = 36 * kTuningSteps;
// Far above the error of the approximate logarithm and its rounding, in edges.
constexpr float kNear = 0.02f;

struct PeakList {
  float strengths[kMostPeaks];
  unsigned char bins[kMostPeaks];
};

struct FrameShared {
  // Power below, at and above a bin that may be a peak, and its number.
  float4 candidates[kMostPeaks];
  float2 powers[(kEndKept - kFirstKept) / 2 + 1];
  PeakList lists[2];
};

__device__ __forceinline__ float power(float re, float im) { return fused_multiply_add(re, re, im * im); }

// Number of edges from A0 up to a position, in bins, that has at least one below it.
__device__ __forceinline__ int edges_below(float position, const float* __restrict__ edges, int first_edge,
                                           float log_a0) {
  float at = fused_multiply_add(log2_approximate(position), static_cast<float>(kEdgesPerOctave), -log_a0);
  int edge = static_cast<int>(at);
  float rest = at - static_cast<float>(edge);
  if (rest < kNear) return position < edges[edge - first_edge] ? edge - 1 : edge;
  if (rest > 1.0f - kNear) return position >= edges[edge + 1 - first_edge] ? edge + 1 : edge;
  return edge;
}

// Adds a peak where there is one at bin k of this lane; returns how many there are then.
__device__ __forceinline__ int add_peak(bool candidate, float k, float below, float here, float above,
                                        float least, int steps_per_bin, const float* __restrict__ edges,
                                        int first_edge, float log_a0, int found, PeakList& list) {
  bool peak = candidate && here > least && here > below && here >= above;
  unsigned peaks = ballot(peak);
  if (peak) {
    // Differences of neighbouring values that are close have no rounding error.
    float to_below = here - below, to_above = here - above;
    float a = -(to_below + to_above), b = 0.5f * (to_below - to_above);
    float offset = magnitude(b) >= magnitude(a) ? 0.0f : divide(-b, a);
    int step = edges_below(k + offset, edges, first_edge, log_a0) / steps_per_bin;
    int lane = static_cast<int>(threadIdx.x) % kWarp;
    int place = found + population_count(peaks & ((1u << lane) - 1));
    list.strengths[place] = fused_multiply_add(0.5f * b, offset, here);
    list.bins[place] = static_cast<unsigned char>((step + kTuningSteps / 2) % kTuningSteps);
  }
  return found + population_count(peaks);
}

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_peaks_f32(const float2* __restrict__ spectrum, int pitch, int bins, int frames,
                     const float* __restrict__ edges, int first_edge, float log_a0,
                     float* __restrict__ strengths, unsigned* __restrict__ bins_of_peaks,
                     int* __restrict__ counts) {
  using namespace gpuser;
  __shared__ FrameShared shared[kFrames];

  int warp = static_cast<int>(threadIdx.x) / kWarp, lane = static_cast<int>(threadIdx.x) % kWarp;
  int frame = static_cast<int>(blockIdx.x) * kFrames + warp;
  bool present = frame < frames;
  long long row = static_cast<long long>(blockIdx.y) * frames + frame;
  FrameShared& mine = shared[warp];

  float largest = 0.0f;
  if (present) {
    const float2* bin = spectrum + row * pitch;
#pragma unroll 4
    for (int k = 2 * lane; k + 1 < bins; k += 2 * kWarp) {
      float4 two = load(reinterpret_cast<const float4*>(bin + k));
      float2 pair = {power(two.x, two.y), power(two.z, two.w)};
      largest = larger(largest, larger(pair.x, pair.y));
      if (k >= kFirstKept && k < kEndKept) store(&mine.powers[(k - kFirstKept) / 2], pair);
    }
    if (lane == 0 && bins % 2 != 0) {
      float2 last = load(bin + bins - 1);
      largest = larger(largest, power(last.x, last.y));
    }
  }
  largest = warp_largest(largest);
  __syncthreads();

  // What may be a peak: a little more than what is one, for either use.
  const float* powers = &mine.powers[0].x - kFirstKept;
  int candidates = 0;
  if (present) {
    for (int first = kFirstPeak; first < kEndPeak; first += kWarp) {
      int k = first + lane;
      bool candidate = false;
      float below = 0.0f, here = 0.0f, above = 0.0f;
      if (k < kEndPeak) {
        below = powers[k - 1];
        here = powers[k];
        above = powers[k + 1];
        candidate = here > 0.0099f * largest && here >= below && here >= 0.99999f * above;
      }
      unsigned votes = ballot(candidate);
      int place = candidates + population_count(votes & ((1u << lane) - 1));
      if (candidate && place < kMostPeaks)
        store(mine.candidates + place, {below, here, above, static_cast<float>(k)});
      candidates += population_count(votes);
    }
  }
  candidates = candidates < kMostPeaks ? candidates : kMostPeaks;
  __syncthreads();

  int found[2] = {0, 0};
  for (int first = 0; first < candidates; first += kWarp) {
    bool candidate = first + lane < candidates;
    float4 at = load(mine.candidates + (candidate ? first + lane : first));
    found[0] = add_peak(candidate, at.w, at.x, at.y, at.z, 0.1f * largest, 3, edges, first_edge, log_a0,
                        found[0], mine.lists[0]);
    found[1] = add_peak(candidate, at.w, square_root(at.x), square_root(at.y), square_root(at.z),
                        0.1f * square_root(largest), 1, edges, first_edge, log_a0, found[1], mine.lists[1]);
  }
  if (present && lane < 2) {
    PeakList& list = mine.lists[lane];
    int end = lane == 0 ? found[0] : found[1];
    counts[lane * static_cast<long long>(gridDim.y) * frames + row] = end;
    for (; end % 4 != 0; end++) {
      list.strengths[end] = float_of(kNoPeak);
      list.bins[end] = 0;
    }
  }
  __syncthreads();
  if (!present) return;

#pragma unroll
  for (int use = 0; use < 2; use++) {
    const PeakList& list = mine.lists[use];
    long long at = use * static_cast<long long>(gridDim.y) * frames + row;
    for (int i = lane; i < (found[use] + 3) / 4 * 4; i += kWarp)
      strengths[at * kPeakPitch + i] = list.strengths[i];
    for (int i = lane; i < (found[use] + 3) / 4; i += kWarp)
      bins_of_peaks[at * (kPeakBinPitch / 4) + i] = reinterpret_cast<const unsigned*>(list.bins)[i];
  }
}
