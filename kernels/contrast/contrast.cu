// Spectral contrast (Jiang et al. 2002): how far the peaks of a band stand above its valleys.
//
//   peak[b, t, i]   = mean of the q_i largest of |X[b, t, k]|, k in band i
//   valley[b, t, i] = mean of the q_i smallest
//   C[b, t, i] = dB(peak) - dB(valley),   dB(v) = max(10 log10 max(1e-10, v), top - 80)
//   top = the largest 10 log10 max(1e-10, v) over bands and frames of a signal, of peaks and valleys apart
//
// Powers are ordered as magnitudes are, so values are selected by power, and only those selected have their
// roots taken. A lane sorts its share of the band; then the warp takes the largest head of all lanes' lists,
// and the lane it came from goes on to its next, until q are taken. No band is sorted.
//
// spectrum  (batch, frames, pitch) complex float32
// bands     (bands, 4) int32: first bin, bins, q, 0. In rows of 32 bins a band has 1, 2, 3, 5, 10 or 14, and
//           its q is at most 1, 1, 2, 3, 6 or 9.
// means     (batch, frames, 2, kMostBands) float32: peaks, valleys
// rows      (batch, frames, row_pitch) float32: C goes to columns column .. column + bands - 1
//
// gpuser_contrast_f32: grid (frames, batch), a warp a band, 32 * bands threads; no shared memory, no barrier.
//
// gpuser_contrast_db_f32: grid (ceil(frames / 32), batch), block kBlock = 256 threads, each with a band of a
// frame, after all have looked through the signal's means. Static shared memory 64 bytes, one barrier.
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

// Sum of the roots of the magnitudes of the `quantile` largest values of all lanes' lists, which are sorted,
// largest first. A round takes the largest head, of equal ones the lowest lane's; kRounds of them are enough,
// and as many values of each list.
template <int kRounds>
__device__ __forceinline__ float sum_of_largest(const float (&list)[kRounds], int quantile) {
  float largest = warp_largest(list[0]);
  float sum = quantile > 0 ? square_root(magnitude(largest)) : 0.0f;
  if constexpr (kRounds > 1) {
    unsigned heads = ballot(list[0] == largest);
    bool here = (heads & (0u - heads)) == 1u << threadIdx.x % kWarp;
    float rest[kRounds - 1];
#pragma unroll
    for (int i = 0; i + 1 < kRounds; i++) {
      float head = list[i], next = list[i + 1];
      rest[i] = here ? next : head;
    }
    sum += sum_of_largest(rest, quantile - 1);
  }
  return sum;
}

// Means of the `quantile` largest and smallest magnitudes, at most kRounds, of `count` bins: more than 32
// (kCount - 1), at most 32 kCount.
template <int kCount, int kRounds>
__device__ __forceinline__ Means means_of(const float2* __restrict__ bins, int count, int quantile) {
  static_assert(kRounds < kCount || kRounds == 1, "no list runs out");
  int lane = static_cast<int>(threadIdx.x) % kWarp;
  float v[kCount];
#pragma unroll
  for (int i = 0; i < kCount; i++) {
    int bin = lane + i * kWarp;
    v[i] = kNone;
    if (i + 1 < kCount || bin < count) {
      float2 x = load(bins + bin);
      v[i] = fused_multiply_add(x.x, x.x, x.y * x.y);
    }
  }
  sort(v);

  // Largest first; the smallest by their negatives. A lane without a value in the last row has none at the
  // lower end.
  float largest[kRounds], smallest[kRounds];
#pragma unroll
  for (int i = 0; i < kRounds; i++) {
    largest[i] = v[kCount - 1 - i];
    float value = v[i], next = kInfinity;
    if (i + 1 < kCount) next = v[i + 1];
    smallest[i] = -(v[0] >= 0.0f ? value : next);
  }
  float size = static_cast<float>(quantile);
  return {divide(sum_of_largest(largest, quantile), size), divide(sum_of_largest(smallest, quantile), size)};
}

__device__ __forceinline__ Means means_of_band(const float2* __restrict__ bins, int count, int quantile) {
  switch ((count - 1) / kWarp) {
    case 0:
      return means_of<1, 1>(bins, count, quantile);
    case 1:
      return means_of<2, 1>(bins, count, quantile);
    case 2:
      return means_of<3, 2>(bins, count, quantile);
    case 4:
      return means_of<5, 3>(bins, count, quantile);
    case 9:
      return means_of<10, 6>(bins, count, quantile);
    default:
      return means_of<14, 9>(bins, count, quantile);
  }
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

  Means found = means_of_band(bins, band.count, band.quantile);
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
