// Forward Fourier transforms of 4 and 8 points in registers, natural order in and out.
#pragma once

#include "common/device.cuh"

namespace gpuser {

__device__ __forceinline__ float2 operator+(float2 a, float2 b) { return {a.x + b.x, a.y + b.y}; }

__device__ __forceinline__ float2 operator-(float2 a, float2 b) { return {a.x - b.x, a.y - b.y}; }

__device__ __forceinline__ float2 operator*(float2 a, float2 b) {
  return {fused_multiply_add(a.x, b.x, -(a.y * b.y)), fused_multiply_add(a.x, b.y, a.y * b.x)};
}

// a times -i.
__device__ __forceinline__ float2 quarter_turn(float2 a) { return {a.y, -a.x}; }

__device__ __forceinline__ void fourier4(float2& a, float2& b, float2& c, float2& d) {
  float2 even_sum = a + c, even_difference = a - c;
  float2 odd_sum = b + d, odd_difference = quarter_turn(b - d);
  a = even_sum + odd_sum;
  b = even_difference + odd_difference;
  c = even_sum - odd_sum;
  d = even_difference - odd_difference;
}

template <int kRadix>
__device__ __forceinline__ void fourier(float2 (&v)[kRadix]);

template <>
__device__ __forceinline__ void fourier<4>(float2 (&v)[4]) {
  fourier4(v[0], v[1], v[2], v[3]);
}

// Two transforms of 4 (even and odd points), then the eighth turns.
template <>
__device__ __forceinline__ void fourier<8>(float2 (&v)[8]) {
  constexpr float kHalfRoot = 0.70710678118654752440f;
  fourier4(v[0], v[2], v[4], v[6]);
  fourier4(v[1], v[3], v[5], v[7]);
  float2 odd1 = {(v[3].x + v[3].y) * kHalfRoot, (v[3].y - v[3].x) * kHalfRoot};
  float2 odd2 = quarter_turn(v[5]);
  float2 odd3 = {(v[7].y - v[7].x) * kHalfRoot, -(v[7].x + v[7].y) * kHalfRoot};
  float2 even0 = v[0], even1 = v[2], even2 = v[4], even3 = v[6], odd0 = v[1];
  v[0] = even0 + odd0;
  v[1] = even1 + odd1;
  v[2] = even2 + odd2;
  v[3] = even3 + odd3;
  v[4] = even0 - odd0;
  v[5] = even1 - odd1;
  v[6] = even2 - odd2;
  v[7] = even3 - odd3;
}

}  // namespace gpuser
