// Sorting networks in registers: every index is known to the compiler.
#pragma once

#include "common/device.cuh"

namespace gpuser {

__device__ __forceinline__ void order(float& a, float& b) {
  float least = smaller(a, b);
  b = larger(a, b);
  a = least;
}

// Sorted runs of kRun become sorted runs of 2 kRun: exchanges of values kStep apart, then kStep / 2, ... 1.
template <int kRun, int kStep, int kCount>
__device__ __forceinline__ void merge_runs(float (&v)[kCount]) {
#pragma unroll
  for (int j = kStep % kRun; j + kStep < kCount; j += 2 * kStep)
#pragma unroll
    for (int i = j; i < j + kStep && i + kStep < kCount; i++)
      if (i / (2 * kRun) == (i + kStep) / (2 * kRun)) order(v[i], v[i + kStep]);
  if constexpr (kStep > 1) merge_runs<kRun, kStep / 2>(v);
}

// Sorts any number of values, least first, by Batcher's merge exchange. Sorting a half of them alone makes
// the same exchanges, which the compiler then makes once.
template <int kRun = 1, int kCount>
__device__ __forceinline__ void sort(float (&v)[kCount]) {
  if constexpr (kRun < kCount) {
    merge_runs<kRun, kRun>(v);
    sort<2 * kRun>(v);
  }
}

// Sorts a bitonic power of two of values, which rise and fall at most once as they go round.
template <int kStep, int kCount>
__device__ __forceinline__ void sort_bitonic(float (&v)[kCount]) {
  if constexpr (kStep > 0) {
#pragma unroll
    for (int i = 0; i < kCount; i++)
      if (i / kStep % 2 == 0) order(v[i], v[i + kStep]);
    sort_bitonic<kStep / 2>(v);
  }
}

}  // namespace gpuser
