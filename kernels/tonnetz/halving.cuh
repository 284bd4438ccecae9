// Takes a signal to half its rate by a symmetric FIR filter of 383 taps:
//
//   y[n] = sum_k h[k] x[2n + k - 191],   x = 0 outside 0 .. count - 1,   n = 0 .. ceil(count / 2) - 1
//
// Even and odd samples apart, this is two sums over consecutive values, e[i] = x[2i], o[i] = x[2i + 1]:
//
//   y[n] = sum_j (h[2j - 1] e[n - 96 + j] + h[2j] o[n - 96 + j]),   j = 0 .. 191,  h[-1] = h[383] = 0
//
// A block makes kHalvingTile outputs, half of them by each four of its warps. The four share the taps: each
// sums 96 values of j, of even or of odd samples, twelve consecutive outputs a lane, with the samples sliding
// through registers, so that four taps cost one 16-byte read of samples and one of taps for 48
// multiplications. A stride of twelve floats puts the reads of eight neighbouring lanes in different banks.
#pragma once

#include "stft/sample.cuh"

namespace gpuser {

constexpr int kHalvingBlock = 256;
constexpr int kOutputsPerLane = 12;
constexpr int kOutputsPerWarp = kWarp * kOutputsPerLane;
constexpr int kHalvingParts = 4;
constexpr int kHalvingTile = kHalvingBlock / kWarp / kHalvingParts * kOutputsPerWarp;
constexpr int kPhaseTaps = 192;
constexpr int kTapsPerWarp = 2 * kPhaseTaps / kHalvingParts;
constexpr int kPhaseSamples = kHalvingTile + kPhaseTaps;
// Zeros before the first sample and after the last of a halved signal.
constexpr int kMargin = 512;

struct HalvingShared {
  // Even samples, then odd ones; even ones' taps, then odd ones'.
  float4 samples[2][kPhaseSamples / 4];
  float4 taps[2][kPhaseTaps / 4];
  float4 sums[kHalvingParts][kHalvingTile / 4];
};

__device__ __forceinline__ void multiply_add(float (&sums)[kOutputsPerLane], const float (&samples)[16],
                                             int first, float4 taps) {
  const float tap[4] = {taps.x, taps.y, taps.z, taps.w};
#pragma unroll
  for (int t = 0; t < 4; t++) {
#pragma unroll
    for (int i = 0; i < kOutputsPerLane; i++)
      sums[i] = fused_multiply_add(tap[t], samples[(first + t + i) % 16], sums[i]);
  }
}

__device__ __forceinline__ void slide(float (&samples)[16], int at, const float4* from) {
  float4 four = load(from);
  keep(four);
  samples[at] = four.x;
  samples[at + 1] = four.y;
  samples[at + 2] = four.z;
  samples[at + 3] = four.w;
}

// from      (count) float32; reads are widest where it is 16-byte aligned
// taps      (2, 192): h[2j - 1], then h[2j]
// to        where sample 0 goes. Outputs tile * kHalvingTile and following are written, zeros from
//           ceil(count / 2) to `capacity` - 1, and tile 0 writes kMargin zeros before sample 0.
// All kHalvingBlock threads take part; two barriers, or none where there are only zeros to write.
__device__ __forceinline__ void halve(const float* __restrict__ from, int count,
                                      const float* __restrict__ taps, int tile, float* __restrict__ to,
                                      int capacity, HalvingShared& shared) {
  int thread = static_cast<int>(threadIdx.x), warp = thread / kWarp, lane = thread % kWarp;
  int first = tile * kHalvingTile, end = (count + 1) / 2;
  if (tile == 0) {
    for (int i = thread; i < kMargin; i += kHalvingBlock) to[i - kMargin] = 0.0f;
  }
  if (first >= end) {
    for (int i = first + thread; i < first + kHalvingTile && i < capacity; i += kHalvingBlock) to[i] = 0.0f;
    return;
  }

  bool aligned = reinterpret_cast<unsigned long long>(from) % sizeof(float4) == 0;
  float2* even = reinterpret_cast<float2*>(shared.samples[0]);
  float2* odd = reinterpret_cast<float2*>(shared.samples[1]);
  for (int i = thread; i < kPhaseSamples / 2; i += kHalvingBlock) {
    int at = 2 * first - kPhaseTaps + 4 * i;
    float4 four;
    if (at >= 0 && at + 3 < count && aligned) {
      four = load(reinterpret_cast<const float4*>(from + at));
    } else {
      four = {sample(from, at, count), sample(from, at + 1, count), sample(from, at + 2, count),
              sample(from, at + 3, count)};
    }
    store(even + i, {four.x, four.z});
    store(odd + i, {four.y, four.w});
  }
  if (thread < 2 * kPhaseTaps / 4)
    store(&shared.taps[0][0] + thread, load(reinterpret_cast<const float4*>(taps) + thread));
  __syncthreads();

  int phase = warp % 2, part = warp % kHalvingParts, group = warp / kHalvingParts;
  const float4* x = shared.samples[phase] +
                    (part / 2 * kTapsPerWarp + group * kOutputsPerWarp + lane * kOutputsPerLane) / 4;
  const float4* h = shared.taps[phase] + part / 2 * kTapsPerWarp / 4;
  float sums[kOutputsPerLane] = {};
  float window[16];
#pragma unroll
  for (int i = 0; i < 3; i++) slide(window, 4 * i, x + i);
#pragma unroll 1
  for (int tap = 0; tap < kTapsPerWarp / 4; tap += 4) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      slide(window, (4 * i + 12) % 16, x + tap + i + 3);
      multiply_add(sums, window, 4 * i, load(h + tap + i));
    }
  }

  float4* mine = shared.sums[part] + (group * kOutputsPerWarp + lane * kOutputsPerLane) / 4;
#pragma unroll
  for (int i = 0; i < kOutputsPerLane / 4; i++)
    store(mine + i, {sums[4 * i], sums[4 * i + 1], sums[4 * i + 2], sums[4 * i + 3]});
  __syncthreads();

#pragma unroll
  for (int q = 0; q < kHalvingTile / kHalvingBlock; q++) {
    int i = thread + q * kHalvingBlock;
    float sum = 0.0f;
#pragma unroll
    for (int p = 0; p < kHalvingParts; p++) sum += reinterpret_cast<const float*>(shared.sums[p])[i];
    if (first + i < capacity) to[first + i] = first + i < end ? sum : 0.0f;
  }
}

}  // namespace gpuser
