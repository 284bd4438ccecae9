// Powers of a frame's complex spectrum, by one warp.
#pragma once

#include "common/device.cuh"

namespace gpuser {

__device__ __forceinline__ float power(float re, float im) { return fused_multiply_add(re, re, im * im); }

// Powers of the frame whose spectrum is `row`, 16-byte aligned, to `powers`, and `zeros` zeros behind
// them; returns the largest of this lane's. The warp's lanes see each other's after a barrier.
__device__ __forceinline__ float powers_of_frame(const float2* __restrict__ row, int bins, int lane,
                                                 int zeros, float* powers) {
  int pairs = bins / 2;
  float largest = 0.0f;
#pragma unroll 4
  for (int i = lane; i < pairs; i += kWarp) {
    float4 two = load(reinterpret_cast<const float4*>(row) + i);
    float2 pair = {power(two.x, two.y), power(two.z, two.w)};
    largest = larger(largest, larger(pair.x, pair.y));
    store(reinterpret_cast<float2*>(powers) + i, pair);
  }
  for (int k = 2 * pairs + lane; k < bins + zeros; k += kWarp) {
    float2 last = {0.0f, 0.0f};
    if (k < bins) last = load(row + k);
    powers[k] = power(last.x, last.y);
    largest = larger(largest, powers[k]);
  }
  return largest;
}

}  // namespace gpuser
