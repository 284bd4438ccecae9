// Mel filter bank on the power of a complex spectrum.
//
//   S[b, t, m] = sum_k W[m, k] |X[b, t, k]|^2
//
// spectrum  (batch, frames, pitch) complex float32, `bins` of each row used; rows 16-byte aligned
// starts    (mels) first bin of each filter
// offsets   (mels + 1) where each filter's weights begin; every filter is filled with zeros to a multiple of
// 4 weights weights   (offsets[mels]) float32 rows      (batch, frames, row_pitch) float32: S goes to columns
// column .. column + mels - 1 maxima    (batch, blocks along x) float32: largest S of each block's frames, 0
// at least; may be null
//
// Grid (ceil(frames / 8), batch), block kBlock = 256 threads: a warp reads the frame of its number, then
// takes every eighth filter for all eight frames, four lanes a frame. Dynamic shared memory 8 * (power_pitch
// + mel_pitch) floats; both pitches are 4 modulo 32, so that eight frames by four bins lie in 32 different
// banks, and power_pitch has room for the zeros that filters are filled up with: at least bins + 3. Two
// barriers, one more with `maxima`.
#include "common/device.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kFrames = kBlock / kWarp;
constexpr int kLanesPerFrame = kWarp / kFrames;

__device__ __forceinline__ float power(float re, float im) { return fused_multiply_add(re, re, im * im); }

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_mel_f32(const float2* __restrict__ spectrum, int pitch, int bins, int frames,
                   const int* __restrict__ starts, const int* __restrict__ offsets,
                   const float* __restrict__ weights, int mels, int power_pitch, int mel_pitch,
                   float* __restrict__ rows, int row_pitch, int column, float* __restrict__ maxima) {
  using namespace gpuser;
  extern __shared__ float shared[];
  __shared__ float largest_of_frame[kFrames];
  float* sums = shared + kFrames * power_pitch;

  int thread = static_cast<int>(threadIdx.x);
  int warp = thread / kWarp, lane = thread % kWarp;
  int frame = static_cast<int>(blockIdx.x) * kFrames + warp;
  bool present = frame < frames;
  long long row = static_cast<long long>(blockIdx.y) * frames + frame;

  const float2* bin = spectrum + row * pitch;
  float* powers = shared + warp * power_pitch;
#pragma unroll 4
  for (int k = 2 * lane; k < power_pitch; k += 2 * kWarp) {
    float2 pair = {0.0f, 0.0f};
    if (present && k + 1 < bins) {
      float4 two = load(reinterpret_cast<const float4*>(bin + k));
      pair = {power(two.x, two.y), power(two.z, two.w)};
    } else if (present && k < bins) {
      float2 last = load(bin + k);
      pair.x = power(last.x, last.y);
    }
    store(reinterpret_cast<float2*>(powers + k), pair);
  }
  __syncthreads();

  int slot = lane / kLanesPerFrame, part = lane % kLanesPerFrame;
  for (int m = warp; m < mels; m += kFrames) {
    int end = offsets[m + 1];
    const float* p = shared + slot * power_pitch + starts[m] + part;
    float sum = 0.0f;
    for (int i = offsets[m]; i < end; i += kLanesPerFrame, p += kLanesPerFrame)
      sum = fused_multiply_add(weights[i + part], *p, sum);
    for (int mask = 1; mask < kLanesPerFrame; mask *= 2) sum += shuffle_xor(sum, mask);
    if (part == 0) sums[slot * mel_pitch + m] = sum;
  }
  __syncthreads();

  float largest = 0.0f;
  if (present) {
    float* out = rows + row * row_pitch + column;
    for (int m = lane; m < mels; m += kWarp) {
      float sum = sums[warp * mel_pitch + m];
      largest = larger(largest, sum);
      out[m] = sum;
    }
  }
  if (maxima == nullptr) return;
  largest = warp_largest(largest);
  if (lane == 0) largest_of_frame[warp] = largest;
  __syncthreads();
  if (warp == 0) {
    largest = warp_largest(largest_of_frame[lane % kFrames]);
    if (lane == 0) maxima[blockIdx.y * gridDim.x + blockIdx.x] = largest;
  }
}
