// Reading a signal that is zero before its first and after its last sample.
#pragma once

#include "common/device.cuh"

namespace gpuser {

// Sample i, zero outside the signal; `count` is at least 1.
__device__ __forceinline__ float sample(const float* __restrict__ row, int i, int count) {
  int last = count - 1;
  int inside = i < 0 ? 0 : i > last ? last : i;
  float value = row[inside];
  return i == inside ? value : 0.0f;
}

}  // namespace gpuser
