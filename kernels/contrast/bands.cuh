// Peaks and valleys of a frame's octave bands (see contrast.cu), by one warp from powers in shared memory.
//
//   peak_i   = mean of the q_i largest of |X[k]|, k in band i;   valley_i = mean of the q_i smallest
//
// Powers are ordered as magnitudes are, so values are selected by power, and only those selected have their
// roots taken. A lane sorts its share of the band; then each half of the warp, one for either end, takes the
// best head of its lanes' lists, and the lane it came from goes on to its next, until q are taken. No band is
// sorted.
//
// bands  (bands, 4) int32: first bin, bins, q, 0. In rows of 32 bins a band has 1, 2, 3, 5, 10 or 14, and its
// q
//        is at most 1, 1, 2, 3, 6 or 9.
// means  (2, kMostBands) float32 a frame: peaks, valleys
#pragma once

#include "common/sort.cuh"

namespace gpuser {

constexpr int kMostBands = 8;
constexpr int kBothMeans = 2 * kMostBands;
constexpr float kInfinity = __builtin_huge_valf();
constexpr float kNone = -1.0f;  // below every power

struct Band {
  int first, count, quantile, unused;
};

// The larger of the 16 lanes' values of this half of the warp, in all of them.
__device__ __forceinline__ float half_warp_largest(float value) {
  for (int mask = kWarp / 4; mask > 0; mask /= 2) value = larger(value, shuffle_xor(value, mask));
  return value;
}

// Sum of the roots of the magnitudes of the `quantile` largest values of the lists of this half of the warp,
// which are sorted, largest first. A round takes the largest head, of equal ones the lowest lane's; kRounds
// of them are enough, and as many values of each list.
template <int kRounds>
__device__ __forceinline__ float sum_of_largest(const float (&list)[kRounds], int quantile) {
  float largest = half_warp_largest(list[0]);
  float sum = quantile > 0 ? square_root(magnitude(largest)) : 0.0f;
  if constexpr (kRounds > 1) {
    unsigned lane = threadIdx.x % kWarp, half = lane < kWarp / 2 ? 0x0000ffffu : 0xffff0000u;
    unsigned heads = ballot(list[0] == largest) & half;
    bool here = (heads & (0u - heads)) == 1u << lane;
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

// Mean of the `quantile` largest magnitudes, at most kRounds, of `count` bins, more than 32 (kCount - 1) and
// at most 32 kCount, in the lower half of the warp; in the upper half that of the smallest.
template <int kCount, int kRounds>
__device__ __forceinline__ float mean_of(const float* powers, int count, int quantile) {
  static_assert(kRounds < kCount || kRounds == 1, "no list runs out");
  int lane = static_cast<int>(threadIdx.x) % kWarp;
  float v[kCount];
#pragma unroll
  for (int i = 0; i < kCount; i++) {
    int bin = lane + i * kWarp;
    v[i] = kNone;
    if (i + 1 < kCount || bin < count) v[i] = powers[bin];
  }
  sort(v);

  // The smallest are looked for as the largest negatives. A lane without a value in the last row has none at
  // the lower end. The halves swap the lists that the other looks through, and keep the best of two lanes.
  bool upper = lane >= kWarp / 2, full = v[0] >= 0.0f;
  float mine[kRounds], theirs[kRounds], best[kRounds], list[kRounds];
#pragma unroll
  for (int i = 0; i < kRounds; i++) {
    float least = v[i], next = kInfinity;
    if (i + 1 < kCount) next = v[i + 1];
    float large = v[kCount - 1 - i], small = -(full ? least : next);
    mine[i] = upper ? small : large;
    theirs[i] = shuffle_xor(upper ? large : small, kWarp / 2);
  }
#pragma unroll
  for (int i = 0; i < kRounds; i++) best[i] = larger(mine[i], theirs[kRounds - 1 - i]);
  sort(best);
#pragma unroll
  for (int i = 0; i < kRounds; i++) list[i] = best[kRounds - 1 - i];
  return divide(sum_of_largest(list, quantile), static_cast<float>(quantile));
}

__device__ __forceinline__ float mean_of_band(const float* powers, int count, int quantile) {
  switch ((count - 1) / kWarp) {
    case 0:
      return mean_of<1, 1>(powers, count, quantile);
    case 1:
      return mean_of<2, 1>(powers, count, quantile);
    case 2:
      return mean_of<3, 2>(powers, count, quantile);
    case 4:
      return mean_of<5, 3>(powers, count, quantile);
    case 9:
      return mean_of<10, 6>(powers, count, quantile);
    default:
      return mean_of<14, 9>(powers, count, quantile);
  }
}

// Means of all bands of the frame whose powers the warp has.
__device__ __forceinline__ void means_of_bands(const float* powers, const int* __restrict__ bands, int count,
                                               float* __restrict__ means) {
  int lane = static_cast<int>(threadIdx.x) % kWarp;
  float* mine = means + (lane < kWarp / 2 ? 0 : kMostBands);
#pragma unroll 1
  for (int i = 0; i < count; i++) {
    const Band band = reinterpret_cast<const Band*>(bands)[i];
    float mean = mean_of_band(powers + band.first, band.count, band.quantile);
    if (lane % (kWarp / 2) == 0) mine[i] = mean;
  }
}

}  // namespace gpuser
