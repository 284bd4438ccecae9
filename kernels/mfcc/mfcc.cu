// Decibels under the signal's ceiling, and their cosine transform.
//
//   D[b, t, m] = max(10 log10 max(1e-10, S[b, t, m]), top_b - 80),   top_b = the largest 10 log10 max(1e-10,
//   S) of signal b C[b, t, c] = sum_m dct[m, c] D[b, t, m]
//
// rows      (batch, frames, row_pitch) float32: S is read from columns mel_column .. + mels - 1, C goes to
// columns
//           mfcc_column .. + 15; mels is a multiple of 4, and both columns and row_pitch are too
// maxima    (batch, maxima_count) float32: the largest of each row is the signal's largest S
// dct       (mels, 16) float32; columns past the coefficients wanted are zero, and so are theirs of C
// decibels  (batch, frames, mels) float32: D, or null where nobody wants it
//
// Grid (ceil(frames / 16), batch), block kBlock = 256 threads: a warp turns two frames into decibels, then 16
// threads make the 16 coefficients of a frame. Dynamic shared memory 16 * mels + 16 * (mels + 4) floats. One
// barrier.
#include "common/device.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kCoefficients = 16;
constexpr int kFrames = kBlock / kCoefficients;
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
  float* table = reinterpret_cast<float*>(shared);
  float* levels = table + kCoefficients * mels;
  int level_pitch = mels + 4;

  int thread = static_cast<int>(threadIdx.x);
  int warp = thread / kWarp, lane = thread % kWarp;
  int tile = static_cast<int>(blockIdx.x) * kFrames;
  long long first = static_cast<long long>(blockIdx.y) * frames + tile;

  for (int i = 4 * thread; i < kCoefficients * mels; i += 4 * kBlock)
    store(reinterpret_cast<float4*>(table + i), load(reinterpret_cast<const float4*>(dct + i)));

  float top = 0.0f;
  for (int i = lane; i < maxima_count; i += kWarp)
    top = larger(top, maxima[static_cast<int>(blockIdx.y) * maxima_count + i]);
  float floor = decibels_of(warp_largest(top)) - kRange;

  for (int slot = warp; slot < kFrames && tile + slot < frames; slot += kBlock / kWarp) {
    const float* mel = rows + (first + slot) * row_pitch + mel_column;
    for (int m = 4 * lane; m < mels; m += 4 * kWarp) {
      float4 power = load(reinterpret_cast<const float4*>(mel + m));
      float4 level = {larger(decibels_of(power.x), floor), larger(decibels_of(power.y), floor),
                      larger(decibels_of(power.z), floor), larger(decibels_of(power.w), floor)};
      store(reinterpret_cast<float4*>(levels + slot * level_pitch + m), level);
      if (decibels != nullptr) store(reinterpret_cast<float4*>(decibels + (first + slot) * mels + m), level);
    }
  }
  __syncthreads();

  int slot = thread / kCoefficients, c = thread % kCoefficients;
  if (tile + slot >= frames) return;
  float sum = 0.0f;
  for (int m = 0; m < mels; m += 4) {
    float4 level = load(reinterpret_cast<const float4*>(levels + slot * level_pitch + m));
    const float* basis = table + m * kCoefficients + c;
    sum = fused_multiply_add(level.x, basis[0], sum);
    sum = fused_multiply_add(level.y, basis[kCoefficients], sum);
    sum = fused_multiply_add(level.z, basis[2 * kCoefficients], sum);
    sum = fused_multiply_add(level.w, basis[3 * kCoefficients], sum);
  }
  rows[(first + slot) * row_pitch + mfcc_column + c] = sum;
}
