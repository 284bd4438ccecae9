// Medians of neighbouring windows of 31 values, without sorting any window.
//
//   out[j] = median of x[j .. j + 30],   j = 0 .. kOutputs - 1
//
// n neighbouring windows share 32 - n values, of which only n can be the median of any of them: one that has
// more than 15 of the shared below or above it cannot. These candidates, sorted, are what a group of windows
// keeps. Its two halves share n/2 values more each, left or right of the group's; merging those in drops half
// the candidates, until one window keeps one. Sixteen windows begin with their 16 common values sorted and
// cost 28 minima and maxima a median; the sorted runs of 8, 4 and 2 that the halves take in are by-products
// of one another.
//
// All in registers: every index is known to the compiler.
#pragma once

#include "common/sort.cuh"

namespace gpuser {

constexpr int kWindow = 31;

// The middle kCount of 2 kCount sorted candidates and kCount sorted further values. The kCount smallest of
// all are the lesser of candidate i and further value kCount-1-i, the kCount largest the greater of that and
// candidate kCount+i; what is left of the three is in the middle, and bitonic.
template <int kCount>
__device__ __forceinline__ void narrow(const float (&candidates)[2 * kCount], const float (&further)[kCount],
                                       float (&kept)[kCount]) {
#pragma unroll
  for (int i = 0; i < kCount; i++)
    kept[i] = larger(candidates[i], smaller(candidates[kCount + i], further[kCount - 1 - i]));
  sort_bitonic<kCount / 2>(kept);
}

// Medians of the windows kFirst .. kFirst + kCount - 1, as far as they are below kOutputs.
template <int kOutputs, int kFirst, int kCount, class Emit>
__device__ __forceinline__ void medians_of_group(const float (&x)[kOutputs + kWindow - 1],
                                                 const float (&candidates)[kCount], Emit emit) {
  if constexpr (kFirst < kOutputs) {
    if constexpr (kCount == 1) {
      emit(kFirst, candidates[0]);
    } else {
      constexpr int kHalf = kCount / 2;
      float further[kHalf], kept[kHalf];
#pragma unroll
      for (int i = 0; i < kHalf; i++) further[i] = x[kFirst + kHalf - 1 + i];
      sort(further);
      narrow(candidates, further, kept);
      medians_of_group<kOutputs, kFirst>(x, kept, emit);
      if constexpr (kFirst + kHalf < kOutputs) {
#pragma unroll
        for (int i = 0; i < kHalf; i++) further[i] = x[kFirst + kWindow + i];
        sort(further);
        narrow(candidates, further, kept);
        medians_of_group<kOutputs, kFirst + kHalf>(x, kept, emit);
      }
    }
  }
}

// Calls emit(j, median of x[j .. j + 30]) for each j below kOutputs. Sixteen windows at a time have common
// values; groups share sorted runs with each other.
template <int kOutputs, int kFirst = 0, class Emit>
__device__ __forceinline__ void medians(const float (&x)[kOutputs + kWindow - 1], Emit emit) {
  if constexpr (kFirst < kOutputs) {
    constexpr int kGroup = 16;
    float common[kGroup];
#pragma unroll
    for (int i = 0; i < kGroup; i++) common[i] = x[kFirst + kGroup - 1 + i];
    sort(common);
    medians_of_group<kOutputs, kFirst>(x, common, emit);
    medians<kOutputs, kFirst + kGroup>(x, emit);
  }
}

}  // namespace gpuser
