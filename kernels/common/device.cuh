// What a kernel may use of its compiler. The only file that knows which compiler that is: nvcc, or clang
// without a CUDA SDK, which brings neither CUDA's keywords nor its vector types nor libdevice.
//
// The arithmetic below is what both dialects can say as one PTX instruction each. There are no transcendental
// functions beyond the two approximate ones: windows, twiddles, filter banks and DCT matrices are tables made
// on the host in double.
#pragma once

#if defined(__clang__)

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))

#include <__clang_cuda_builtin_vars.h>

struct alignas(8) float2 {
  float x, y;
};

struct alignas(16) float4 {
  float x, y, z, w;
};

struct alignas(16) int4 {
  int x, y, z, w;
};

namespace gpuser {

// Value of the lane whose number differs in the bits of `mask`; all 32 lanes take part.
__device__ __forceinline__ float shuffle_xor(float value, int mask) {
  return __nvvm_shfl_sync_bfly_f32(0xffffffffu, value, mask, 31);
}

__device__ __forceinline__ float fused_multiply_add(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}

__device__ __forceinline__ float larger(float a, float b) { return __builtin_fmaxf(a, b); }

__device__ __forceinline__ float smaller(float a, float b) { return __builtin_fminf(a, b); }

__device__ __forceinline__ float magnitude(float a) { return __builtin_fabsf(a); }

// Reads or writes all components at once; clang would do so for its own vector types only.
__device__ __forceinline__ float2 load(const float2* from) {
  typedef float Vector __attribute__((ext_vector_type(2)));
  Vector v = *reinterpret_cast<const Vector*>(from);
  return {v.x, v.y};
}

__device__ __forceinline__ void store(float2* to, float2 value) {
  typedef float Vector __attribute__((ext_vector_type(2)));
  *reinterpret_cast<Vector*>(to) = Vector{value.x, value.y};
}

__device__ __forceinline__ float4 load(const float4* from) {
  typedef float Vector __attribute__((ext_vector_type(4)));
  Vector v = *reinterpret_cast<const Vector*>(from);
  return {v.x, v.y, v.z, v.w};
}

__device__ __forceinline__ void store(float4* to, float4 value) {
  typedef float Vector __attribute__((ext_vector_type(4)));
  *reinterpret_cast<Vector*>(to) = Vector{value.x, value.y, value.z, value.w};
}

__device__ __forceinline__ int shuffle_xor(int value, int mask) {
  return __nvvm_shfl_sync_bfly_i32(0xffffffffu, value, mask, 31);
}

__device__ __forceinline__ int4 load(const int4* from) {
  typedef int Vector __attribute__((ext_vector_type(4)));
  Vector v = *reinterpret_cast<const Vector*>(from);
  return {v.x, v.y, v.z, v.w};
}

__device__ __forceinline__ void store(int4* to, int4 value) {
  typedef int Vector __attribute__((ext_vector_type(4)));
  *reinterpret_cast<Vector*>(to) = Vector{value.x, value.y, value.z, value.w};
}

// Lets each lane see what the others of its warp have written; all 32 lanes take part.
__device__ __forceinline__ void sync_warp() { __nvvm_bar_warp_sync(0xffffffffu); }

// Bit l is set where lane l says so; all 32 lanes take part.
__device__ __forceinline__ unsigned ballot(bool vote) { return __nvvm_vote_ballot_sync(0xffffffffu, vote); }

// Value of the lane `delta` below, its own in the lowest ones; all 32 lanes take part.
__device__ __forceinline__ int shuffle_up(int value, int delta) {
  return __nvvm_shfl_sync_up_i32(0xffffffffu, value, delta, 0);
}

__device__ __forceinline__ int population_count(unsigned bits) { return __builtin_popcount(bits); }

// Adds in one indivisible step; returns what was there before.
__device__ __forceinline__ int atomic_add(int* to, int value) { return __nvvm_atom_add_gen_i(to, value); }

__device__ __forceinline__ void atomic_add(long long* to, long long value) {
  __nvvm_atom_add_gen_ll(to, value);
}

}  // namespace gpuser

#else

namespace gpuser {

__device__ __forceinline__ float shuffle_xor(float value, int mask) {
  return __shfl_xor_sync(0xffffffffu, value, mask);
}

__device__ __forceinline__ float fused_multiply_add(float a, float b, float c) { return fmaf(a, b, c); }

__device__ __forceinline__ float larger(float a, float b) { return fmaxf(a, b); }

__device__ __forceinline__ float smaller(float a, float b) { return fminf(a, b); }

__device__ __forceinline__ float magnitude(float a) { return fabsf(a); }

__device__ __forceinline__ float2 load(const float2* from) { return *from; }

__device__ __forceinline__ void store(float2* to, float2 value) { *to = value; }

__device__ __forceinline__ float4 load(const float4* from) { return *from; }

__device__ __forceinline__ void store(float4* to, float4 value) { *to = value; }

__device__ __forceinline__ int4 load(const int4* from) { return *from; }

__device__ __forceinline__ void store(int4* to, int4 value) { *to = value; }

__device__ __forceinline__ int shuffle_xor(int value, int mask) {
  return __shfl_xor_sync(0xffffffffu, value, mask);
}

__device__ __forceinline__ void sync_warp() { __syncwarp(); }

__device__ __forceinline__ unsigned ballot(bool vote) { return __ballot_sync(0xffffffffu, vote); }

__device__ __forceinline__ int shuffle_up(int value, int delta) {
  return __shfl_up_sync(0xffffffffu, value, delta);
}

__device__ __forceinline__ int population_count(unsigned bits) { return __popc(bits); }

__device__ __forceinline__ int atomic_add(int* to, int value) { return atomicAdd(to, value); }

__device__ __forceinline__ void atomic_add(long long* to, long long value) {
  atomicAdd(reinterpret_cast<unsigned long long*>(to), static_cast<unsigned long long>(value));
}

}  // namespace gpuser

#endif

namespace gpuser {

inline constexpr int kWarp = 32;

// 2-logarithm within 2^-22 (PTX ISA, lg2.approx).
__device__ __forceinline__ float log2_approximate(float a) {
  float result;
  asm("lg2.approx.f32 %0, %1;" : "=f"(result) : "f"(a));
  return result;
}

// a / b, correctly rounded.
__device__ __forceinline__ float divide(float a, float b) {
  float result;
  asm("div.rn.f32 %0, %1, %2;" : "=f"(result) : "f"(a), "f"(b));
  return result;
}

// Square root, correctly rounded.
__device__ __forceinline__ float square_root(float a) {
  float result;
  asm("sqrt.rn.f32 %0, %1;" : "=f"(result) : "f"(a));
  return result;
}

// Keeps the compiler from moving reads of shared memory out of a loop, where they would hold registers.
__device__ __forceinline__ void compiler_fence() { asm volatile("" ::: "memory"); }

// Makes a wide read stay one, where clang would take it apart because its parts are used apart.
__device__ __forceinline__ void keep(float4& value) {
  asm volatile("" : "+f"(value.x), "+f"(value.y), "+f"(value.z), "+f"(value.w));
}

// The 32 bits of a float: ordered as the values are where these are not negative.
__device__ __forceinline__ unsigned bits_of(float a) {
  unsigned result;
  asm("mov.b32 %0, %1;" : "=r"(result) : "f"(a));
  return result;
}

// The float of these 32 bits.
__device__ __forceinline__ float float_of(unsigned bits) {
  float result;
  asm("mov.b32 %0, %1;" : "=f"(result) : "r"(bits));
  return result;
}

// Largest of the 32 lanes' values, in every lane.
__device__ __forceinline__ float warp_largest(float value) {
  for (int mask = kWarp / 2; mask > 0; mask /= 2) value = larger(value, shuffle_xor(value, mask));
  return value;
}

// Smallest of the 32 lanes' values, in every lane.
__device__ __forceinline__ float warp_smallest(float value) {
  for (int mask = kWarp / 2; mask > 0; mask /= 2) value = smaller(value, shuffle_xor(value, mask));
  return value;
}

}  // namespace gpuser
