// Decibels under the signal's ceiling, and their cosine transform.
//
//   D[b, t, m] = max(10 log10 max(1e-10, S[b, t, m]), top_b - 80),   top_b = the largest 10 log10 max(1e-10,
//   S) of signal b C[b, t, c] = sum_m dct[m, c] D[b, t, m]
//
// rows      (batch, frames, row_pitch) float32: S is read from columns mel_column .. + mels - 1, C goes to
// columns
//           mfcc_column .. + 15; mels, both columns and row_pitch are multiples of 4
// maxima    (batch, maxima_count) float32: the largest of each row is the signal's largest S
// dct       (mels, 16) float32; columns past the coefficients wanted are zero, and so are theirs of C
// decibels  (batch, frames, mels) float32: D, or null where nobody wants it
//
// Grid (ceil(frames / 8), batch), block kBlock = 64 threads: each warp turns four frames into decibels, then
// 16 threads make the 16 coefficients of two frames. Dynamic shared memory 8 * (mels + 4) floats. One
// barrier.
#include "common/device.cuh"

namespace gpuser {

constexpr int kBlock = 64;
constexpr int kCoefficients = 16;
constexpr int kFramesPerThread = 2;
constexpr int kGroups = kBlock / kCoefficients;
constexpr int kFrames = kGroups * kFramesPerThread;
constexpr float kDecibelsPerOctave = 3.01029995663981195f;  // 10 log10 2
constexpr float kSmallest = 1e-10f;
constexpr float kRange = 80.0f;

__device__ __forceinline__ float decibels_of(float power) {
  return kDecibelsPerOctave * log2_approximate(larger(power, kSmallest));
}

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_mfcc_f32(float* __restrict__ rows, int row_pitch, int frames, int mel_column, int mels,
                    int mfcc_column, const float* __restrict__ maxima, int maxima_count,
                    const float* __restrict__ dct, float* __restrict__ decibels) {
  using namespace gpuser;
  extern __shared__ float4 shared[];
  float* levels = reinterpret_cast<float*>(shared);
  int level_pitch = mels + 4;

  int thread = static_cast<int>(threadIdx.x);
  int warp = thread / kWarp, lane = thread % kWarp;
  int tile = static_cast<int>(blockIdx.x) * kFrames;
  long long first = static_cast<long long>(blockIdx.y) * frames + tile;

  float top = 0.0f;
  for (int i = lane; i < maxima_count; i += kWarp)
    top = larger(top, maxima[static_cast<int>(blockIdx.y) * maxima_count + i]);
  float floor = decibels_of(warp_largest(top)) - kRange;

  for (int slot = warp; slot < kFrames; slot += kBlock / kWarp) {
    // A frame past the end repeats the last: its coefficients are made and not stored.
    int frame = tile + slot < frames ? slot : frames - 1 - tile;
    const float* mel = rows + (first + frame) * row_pitch + mel_column;
    for (int m = 4 * lane; m < mels; m += 4 * kWarp) {
      float4 power = load(reinterpret_cast<const float4*>(mel + m));
      float4 level = {larger(decibels_of(power.x), floor), larger(decibels_of(power.y), floor),
                      larger(decibels_of(power.z), floor), larger(decibels_of(power.w), floor)};
      store(reinterpret_cast<float4*>(levels + slot * level_pitch + m), level);
      if (decibels != nullptr && frame == slot)
        store(reinterpret_cast<float4*>(decibels + (first + slot) * mels + m), level);
    }
  }
  __syncthreads();

  int slot = thread / kCoefficients, c = thread % kCoefficients;
  float sums[kFramesPerThread] = {};
  for (int m = 0; m < mels; m += 4) {
    const float* basis = dct + m * kCoefficients + c;
    float b0 = basis[0], b1 = basis[kCoefficients];
    float b2 = basis[2 * kCoefficients], b3 = basis[3 * kCoefficients];
#pragma unroll
    for (int i = 0; i < kFramesPerThread; i++) {
      float4 level = load(reinterpret_cast<const float4*>(levels + (slot + i * kGroups) * level_pitch + m));
      sums[i] = fused_multiply_add(level.x, b0, sums[i]);
      sums[i] = fused_multiply_add(level.y, b1, sums[i]);
      sums[i] = fused_multiply_add(level.z, b2, sums[i]);
      sums[i] = fused_multiply_add(level.w, b3, sums[i]);
    }
  }
#pragma unroll
  for (int i = 0; i < kFramesPerThread; i++) {
    int frame = slot + i * kGroups;
    if (tile + frame < frames) rows[(first + frame) * row_pitch + mfcc_column + c] = sums[i];
  }
}
