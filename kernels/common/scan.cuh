// Prefix sums over the lanes of a warp.
#pragma once

#include "common/device.cuh"

namespace gpuser {

__device__ __forceinline__ long long shuffle_up(long long value, int delta) {
  int low = shuffle_up(static_cast<int>(value), delta),
      high = shuffle_up(static_cast<int>(value >> 32), delta);
  return static_cast<long long>(high) << 32 | static_cast<unsigned>(low);
}

// Sum of this lane's value and those of all lanes below; all 32 lanes take part.
template <typename T>
__device__ __forceinline__ T inclusive_sum(T value) {
  int lane = static_cast<int>(threadIdx.x) % kWarp;
#pragma unroll
  for (int delta = 1; delta < kWarp; delta *= 2) {
    T below = shuffle_up(value, delta);
    if (lane >= delta) value += below;
  }
  return value;
}

}  // namespace gpuser
