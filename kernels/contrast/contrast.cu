// Spectral contrast (Jiang et al. 2002): how far the peaks of a band stand above its valleys.
//
//   peak[b, t, i] = mean of the q_i largest of |X[b, t, k]|, k in band i;   valley likewise of the q_i
//   smallest C[b, t, i] = dB(peak) - dB(valley),   dB(v) = max(10 log10 max(1e-10, v), top - 80), top = the
//   largest 10 log10 max(1e-10, v) over all bands and frames of the signal, of peaks and of valleys apart
//
// Powers are ordered as magnitudes are, so values are selected by power, and roots are taken of those
// selected only. A lane sorts its share of the band; then the warp takes the largest head of all lanes'
// lists, every copy of it at once, and the lanes it came from go on to their next, until q are taken. No band
// is sorted, and ties are exact.
//
// spectrum  (batch, frames, pitch) complex float32
// bands     (bands, 4) int32: first bin, bins (at most 448), q (at most 14), 0
// means     (batch, frames, 2, kMostBands) float32: peaks, valleys
// rows      (batch, frames, row_pitch) float32: C goes to columns column .. column + bands - 1
//
// gpuser_contrast_f32     grid (frames, batch), a block of one warp a band (32 * bands threads); no shared
// memory. gpuser_contrast_db_f32  grid (ceil(frames * 8 / kBlock), batch), block kBlock = 256 threads, each a
// band of a frame
//                         after all have looked through the signal's means. Static shared memory 64 bytes,
//                         one barrier.
#include "common/sort.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kMostBands = 8;
constexpr int kBothMeans = 2 * kMostBands;
constexpr float kInfinity = __builtin_huge_valf();
constexpr float kNone = -1.0f;                              // below every power
constexpr float kDecibelsPerOctave = 3.01029995663981195f;  // 10 log10 2
constexpr float kSmallest = 1e-10f;
constexpr float kRange = 80.0f;

struct Band {
  int first, count, quantile, unused;
};

struct Means {
  float peak, valley;
};

__device__ __forceinline__ float decibels_of(float value) {
  return kDecibelsPerOctave * log2_approximate(larger(value, kSmallest));
}

// Takes `head` out of the warp's lists where it is `best`, and adds as many roots of it as `left` asks for.
__device__ __forceinline__ bool take(float head, float best, int& left, float& sum) {
  bool here = head == best;
  int copies = population_count(ballot(here));
  sum = fused_multiply_add(static_cast<float>(copies < left ? copies : left), square_root(best), sum);
  left -= copies;
  return here;
}

// Means of the `quantile` largest and smallest magnitudes of `count` bins, at most 32 kCount, in every lane.
template <int kCount>
__device__ __forceinline__ Means means_of(const float2* __restrict__ bins, int count, int quantile) {
  int lane = static_cast<int>(threadIdx.x) % kWarp;
  float v[kCount], list[kCount];
#pragma unroll
  for (int i = 0; i < kCount; i++) {
    int bin = lane + i * kWarp;
    v[i] = kNone;
    if (bin < count) {
      float2 x = load(bins + bin);
      v[i] = fused_multiply_add(x.x, x.x, x.y * x.y);
    }
  }
  sort(v);

#pragma unroll
  for (int i = 0; i < kCount; i++) list[i] = v[i];
  float peaks = 0.0f, valleys = 0.0f;
  for (int left = quantile; left > 0;) {
    if (!take(list[kCount - 1], warp_largest(list[kCount - 1]), left, peaks)) continue;
#pragma unroll
    for (int i = kCount - 1; i > 0; i--) list[i] = list[i - 1];
    list[0] = kNone;
  }

  // The places that no bin fills move from the lower to the upper end.
#pragma unroll 1
  for (int i = 0; i < kCount && ballot(v[0] < 0.0f) != 0; i++) {
    if (v[0] >= 0.0f) continue;
#pragma unroll
    for (int k = 0; k + 1 < kCount; k++) v[k] = v[k + 1];
    v[kCount - 1] = kInfinity;
  }
  for (int left = quantile; left > 0;) {
    if (!take(v[0], warp_smallest(v[0]), left, valleys)) continue;
#pragma unroll
    for (int i = 0; i + 1 < kCount; i++) v[i] = v[i + 1];
    v[kCount - 1] = kInfinity;
  }
  float size = static_cast<float>(quantile);
  return {divide(peaks, size), divide(valleys, size)};
}

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kWarp* gpuser::kMostBands)
    gpuser_contrast_f32(const float2* __restrict__ spectrum, int pitch, const int* __restrict__ bands,
                        float* __restrict__ means) {
  using namespace gpuser;
  int number = static_cast<int>(threadIdx.x) / kWarp, lane = static_cast<int>(threadIdx.x) % kWarp;
  long long frame = static_cast<long long>(blockIdx.y) * gridDim.x + blockIdx.x;
  const Band band = reinterpret_cast<const Band*>(bands)[number];
  const float2* bins = spectrum + frame * pitch + band.first;

  Means found;
  if (band.count <= 1 * kWarp)
    found = means_of<1>(bins, band.count, band.quantile);
  else if (band.count <= 3 * kWarp)
    found = means_of<3>(bins, band.count, band.quantile);
  else if (band.count <= 5 * kWarp)
    found = means_of<5>(bins, band.count, band.quantile);
  else if (band.count <= 10 * kWarp)
    found = means_of<10>(bins, band.count, band.quantile);
  else
    found = means_of<14>(bins, band.count, band.quantile);

  if (lane == 0) {
    means[frame * kBothMeans + number] = found.peak;
    means[frame * kBothMeans + kMostBands + number] = found.valley;
  }
}

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_contrast_db_f32(const float* __restrict__ means, int frames, int bands, float* __restrict__ rows,
                           int row_pitch, int column) {
  using namespace gpuser;
  constexpr int kWarps = kBlock / kWarp;
  __shared__ float largest_of_warp[kWarps][2];
  int thread = static_cast<int>(threadIdx.x), lane = thread % kWarp;
  int band = thread % kMostBands;
  long long first = static_cast<long long>(blockIdx.y) * frames;
  means += first * kBothMeans;

  // A block's size is a multiple of a frame's means, so a thread sees peaks of one band, or valleys.
  float largest = 0.0f;
  if (band < bands)
    for (int i = thread; i < frames * kBothMeans; i += kBlock) largest = larger(largest, means[i]);
  for (int mask = 1; mask < kWarp; mask *= 2)
    if (mask != kMostBands) largest = larger(largest, shuffle_xor(largest, mask));
  if (lane == 0 || lane == kMostBands) largest_of_warp[thread / kWarp][lane / kMostBands] = largest;
  __syncthreads();

  int frame = (static_cast<int>(blockIdx.x) * kBlock + thread) / kMostBands;
  if (frame >= frames || band >= bands) return;
  float peak_floor = 0.0f, valley_floor = 0.0f;
#pragma unroll
  for (int w = 0; w < kWarps; w++) {
    peak_floor = larger(peak_floor, largest_of_warp[w][0]);
    valley_floor = larger(valley_floor, largest_of_warp[w][1]);
  }
  const float* at = means + frame * kBothMeans + band;
  float peak = larger(decibels_of(at[0]), decibels_of(peak_floor) - kRange);
  float valley = larger(decibels_of(at[kMostBands]), decibels_of(valley_floor) - kRange);
  rows[(first + frame) * row_pitch + column + band] = peak - valley;
}
