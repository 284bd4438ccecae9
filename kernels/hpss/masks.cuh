// Soft masks of a tile in shared memory: powers, harmonic and vertical medians (see hpss.cu).
#pragma once

#include "hpss/median.cuh"
#include "hpss/tiles.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kWarps = kBlock / kWarp;
constexpr int kMostTileFrames = 32;
constexpr int kReach = kWindow / 2;

// Bin k of a mask lies at k + k/32: lanes with neighbouring bins, and lanes 16 bins apart, use different
// banks.
constexpr int kMaskPitch = 1060;
__device__ __forceinline__ int mask_place(int bin) { return bin + bin / kWarp; }

// Bin k of a row of powers lies at u + u/16, u = k + 16: lanes 16 bins apart use different banks, and the 15
// mirrored values before bin 0 have room.
constexpr int kRun = 16;
constexpr int kPowerPitch = 1121;
constexpr int kPowerRows = 8;
__device__ __forceinline__ constexpr int power_place(int bin) { return bin + kRun + (bin + kRun) / kRun; }

__device__ __forceinline__ float power_of(float2 x) { return fused_multiply_add(x.x, x.x, x.y * x.y); }

// Halving keeps the sum finite.
__device__ __forceinline__ float soft_mask(float harmonic, float vertical) {
  float part = 0.5f * harmonic, whole = fused_multiply_add(0.5f, vertical, part);
  return whole > 0.0f ? divide(part, whole) : 0.5f;
}

// Frame i of a signal that is mirrored at both ends, its ends repeated.
__device__ __forceinline__ int mirrored(int i, int frames) {
  int period = 2 * frames;
  i %= period;
  if (i < 0) i += period;
  return i < frames ? i : period - 1 - i;
}

// Where the frames around the tile are, in complex values from the signal's first: entry i is frame i - 15.
constexpr int kOffsets = (kMostTileFrames + kWindow - 1 + 3) / 4 * 4;
struct alignas(16) FourOffsets {
  int of[4];
};

// Harmonic medians of the tile's first `rows` frames, at the masks' places: kFrames at a time, what is left
// one by one.
template <int kFrames>
__device__ __forceinline__ void harmonic_medians(const float2* __restrict__ spectrum, const int* offsets,
                                                 int rows, float* masks) {
  constexpr int kRead = kFrames + kWindow - 1;
  for (int bin = static_cast<int>(threadIdx.x); bin < kBins; bin += kBlock) {
    compiler_fence();
    const float2* column = spectrum + bin;
    float* to = masks + mask_place(bin);
    float x[kRead];
#pragma unroll
    for (int i = 0; i < kRead; i += 4) {
      FourOffsets four = *reinterpret_cast<const FourOffsets*>(offsets + i);
#pragma unroll
      for (int k = 0; k < 4; k++)
        if (i + k < kRead) x[i + k] = power_of(load(column + four.of[k]));
    }
    medians<kFrames>(x, [&](int j, float median) { to[j * kMaskPitch] = median; });
    for (int row = kFrames; row < rows; row++) {
      float window[kWindow];
#pragma unroll
      for (int i = 0; i < kWindow; i++) window[i] = power_of(load(column + offsets[row + i]));
      medians<1>(window, [&](int, float median) { to[row * kMaskPitch] = median; });
    }
  }
}

// Powers of `count` frames with their mirrored margins.
__device__ __forceinline__ void stage_powers(const float2* __restrict__ frame, int pitch, int count,
                                             float* powers) {
  constexpr int kRounds = (kBins - 1) / kBlock;
  int thread = static_cast<int>(threadIdx.x);
  for (int row = 0; row < count; row++, frame += pitch, powers += kPowerPitch) {
#pragma unroll
    for (int i = 0; i < kRounds; i++) {
      int bin = thread + i * kBlock;
      float value = power_of(load(frame + bin));
      powers[power_place(bin)] = value;
      if (i == 0 && bin < kReach) powers[power_place(-1 - bin)] = value;
      if (i == kRounds - 1 && bin > kBins - 1 - kReach) powers[power_place(2 * kBins - 1 - bin)] = value;
    }
    if (thread == 0) {
      float value = power_of(load(frame + kBins - 1));
      powers[power_place(kBins - 1)] = powers[power_place(kBins)] = value;
    }
  }
}

// Turns harmonic medians of `count` frames into masks.
__device__ __forceinline__ void vertical_masks(const float* powers, int count, float* masks) {
  constexpr int kRunsPerFrame = (kBins - 1) / (kWarp * kRun);
  int warp = static_cast<int>(threadIdx.x) / kWarp, lane = static_cast<int>(threadIdx.x) % kWarp;
  for (int run = warp; run < count * kRunsPerFrame; run += kWarps) {
    int row = run / kRunsPerFrame, first = (run % kRunsPerFrame * kWarp + lane) * kRun;
    const float* from = powers + row * kPowerPitch + first + first / kRun;
    float* to = masks + row * kMaskPitch + mask_place(first);
    float x[kRun + kWindow - 1];
#pragma unroll
    for (int i = 0; i < kRun + kWindow - 1; i++) x[i] = from[power_place(i - kReach)];
    medians<kRun>(x, [&](int j, float median) { to[j] = soft_mask(to[j], median); });
  }

  // The last bin of each frame is left over; a lane takes a frame.
  if (warp == kWarps - 1 && lane < count) {
    const float* from = powers + lane * kPowerPitch;
    float* to = masks + lane * kMaskPitch + mask_place(kBins - 1);
    float x[kWindow];
#pragma unroll
    for (int i = 0; i < kWindow; i++) x[i] = from[power_place(kBins - 1 + i - kReach)];
    medians<1>(x, [&](int, float median) { *to = soft_mask(*to, median); });
  }
}

}  // namespace gpuser
