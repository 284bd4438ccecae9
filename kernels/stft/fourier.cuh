// A complex Fourier transform of `kSize` points by kSize/8 threads, eight points in each thread's registers:
//
//   Z[k] = sum_n z[n] exp(-2 pi i n k / kSize)
//
// Stockham's self-sorting form: passes of radix 8 (radix 4 where 16 or 4 remain), each a butterfly in
// registers, with an exchange through shared memory between passes. Point q of thread j is element j + q *
// kSize/8 before the first pass and after the last; no pass needs a bit reversal.
//
// Twiddles: for each pass but the first, with `done` the product of the radices before it, (radix - 1) rows
// of `done` values exp(-2 pi i r k / (done * radix)), r = 1 .. radix - 1, k = 0 .. done - 1; passes follow
// each other.
//
// Shared memory: two buffers of kFourierPitch<kSize> complex values a transform, used in turn, so that an
// exchange needs one barrier. Every thread of the block must take part. Padding keeps each half warp's 16
// values in 16 different pairs of banks.
#pragma once

#include "stft/butterfly.cuh"

namespace gpuser {

inline constexpr int kPointsPerThread = 8;

// Radix of the pass that follows when `done` of `size` points have been combined.
constexpr int fourier_radix(int size, int done) { return size / done == 16 || size / done == 4 ? 4 : 8; }

// Complex values a transform keeps in one buffer: its points and their padding, an eighth, or a quarter where
// the second pass has radix 4.
template <int kSize>
inline constexpr int kFourierPitch = kSize + kSize / fourier_radix(kSize, kPointsPerThread);

// Values between two insertions of `done` padding values, after a pass that wrote runs of `done` values
// done * radix apart.
constexpr int padded_row(int done, int radix) { return done * radix < 16 ? 16 : done * radix; }

// Where an exchange keeps element i; runs of 16 and more need no padding.
template <int kDone, int kRadix>
__device__ __forceinline__ constexpr int padded(int i) {
  return kDone >= 16 ? i : i + i / padded_row(kDone, kRadix) * kDone;
}

template <int kSize, int kDone, int kRadix>
__device__ __forceinline__ void exchange(float2 (&v)[kPointsPerThread], int j, float2* shared) {
  constexpr int kThreads = kSize / kPointsPerThread;
  constexpr int kButterflies = kPointsPerThread / kRadix;
#pragma unroll
  for (int b = 0; b < kButterflies; b++) {
    int butterfly = j + b * kThreads;
    float2* run = shared + padded<kDone, kRadix>(butterfly / kDone * kDone * kRadix + butterfly % kDone);
#pragma unroll
    for (int r = 0; r < kRadix; r++) store(run + r * kDone, v[b + r * kButterflies]);
  }
  __syncthreads();
  constexpr bool kUniform = kDone >= 16 || kThreads % padded_row(kDone, kRadix) == 0;
  const float2* mine = shared + padded<kDone, kRadix>(j);
#pragma unroll
  for (int q = 0; q < kPointsPerThread; q++) {
    int i = q * kThreads;
    v[q] = load(kUniform ? mine + padded<kDone, kRadix>(i) : shared + padded<kDone, kRadix>(j + i));
  }
}

// The passes from `kDone` combined points on; `current` and `other` are this transform's two buffers. Returns
// the one that may be written next without a barrier.
template <int kSize, int kDone>
__device__ __forceinline__ float2* fourier_passes(float2 (&v)[kPointsPerThread], int j, float2* current,
                                                  float2* other, const float2* __restrict__ twiddles) {
  constexpr int kThreads = kSize / kPointsPerThread;
  constexpr int kRadix = fourier_radix(kSize, kDone);
  constexpr int kButterflies = kPointsPerThread / kRadix;
#pragma unroll
  for (int b = 0; b < kButterflies; b++) {
    const float2* turns = twiddles + (j + b * kThreads) % kDone;
    float2 u[kRadix];
    u[0] = v[b];
#pragma unroll
    for (int r = 1; r < kRadix; r++) {
      u[r] = v[b + r * kButterflies];
      if constexpr (kDone > 1) u[r] = u[r] * load(turns + (r - 1) * kDone);
    }
    fourier<kRadix>(u);
#pragma unroll
    for (int r = 0; r < kRadix; r++) v[b + r * kButterflies] = u[r];
  }
  if constexpr (kDone * kRadix == kSize) {
    return current;
  } else {
    exchange<kSize, kDone, kRadix>(v, j, current);
    constexpr int kUsed = kDone > 1 ? (kRadix - 1) * kDone : 0;
    return fourier_passes<kSize, kDone * kRadix>(v, j, other, current, twiddles + kUsed);
  }
}

}  // namespace gpuser
