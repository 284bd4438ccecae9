// Chroma: Gaussian pitch-class filters of the signal's tuning on the power of its spectrum.
//
//   C[b, t, c] = sum_k W[tuning of b, c, k] |X[b, t, k]|^2,  each frame divided by its largest value (left
//   alone where that is below the smallest normal float)
//
// spectrum  (batch, frames, pitch) complex float32, `bins` of each row used; rows 16-byte aligned
// tunings   (batch) int32
// bank      (tunings, ceil(bins / 64), 12, 64) float32: filters in blocks of 64 bins, zeros after the last
// rows      (batch, frames, row_pitch) float32: C goes to columns column .. column + 11
//
// Grid (ceil(frames / 4), batch), block kBlock = 128 threads: a warp sums half of the bins for two frames and
// all classes, 24 sums a lane; lanes and then the two halves add theirs up. Static shared memory 576 bytes,
// two barriers that all threads reach.
#include "common/device.cuh"

namespace gpuser {

constexpr int kBlock = 128;
constexpr int kFrames = 4;
constexpr int kFramesPerWarp = 2;
constexpr int kParts = kBlock / kWarp * kFramesPerWarp / kFrames;
constexpr int kClasses = 12;
// Bins that a warp takes at once, and their weights.
constexpr int kBlockBins = 2 * kWarp;
constexpr int kBlockWeights = kClasses * kBlockBins;
constexpr int kSums = kFramesPerWarp * kClasses;
constexpr float kSmallestNormal = 1.17549435e-38f;

__device__ __forceinline__ float power(float re, float im) { return fused_multiply_add(re, re, im * im); }

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_chroma_f32(const float2* __restrict__ spectrum, int pitch, int bins, int frames,
                      const int* __restrict__ tunings, const float* __restrict__ bank,
                      float* __restrict__ rows, int row_pitch, int column) {
  using namespace gpuser;
  __shared__ float sums_of_part[kParts][kFrames * kClasses];
  __shared__ float classes[kFrames * kClasses];

  int thread = static_cast<int>(threadIdx.x), warp = thread / kWarp, lane = thread % kWarp;
  int part = warp % kParts, slot = warp / kParts * kFramesPerWarp;
  int signal = static_cast<int>(blockIdx.y), tile = static_cast<int>(blockIdx.x) * kFrames;
  long long first = static_cast<long long>(signal) * frames + tile;
  const float* weights =
      bank + static_cast<long long>(tunings[signal]) * ((bins + kBlockBins - 1) / kBlockBins) * kBlockWeights;
  const float2* row = spectrum + (first + slot) * pitch;

  float sums[kSums] = {};
#pragma unroll 1
  for (int block = part; block < bins / kBlockBins; block += kParts) {
    int k = block * kBlockBins + 2 * lane;
    const float2* of_block = reinterpret_cast<const float2*>(weights + block * kBlockWeights) + lane;
    float2 powers[kFramesPerWarp];
#pragma unroll
    for (int f = 0; f < kFramesPerWarp; f++) {
      powers[f] = {0.0f, 0.0f};
      if (tile + slot + f < frames) {
        float4 two = load(reinterpret_cast<const float4*>(row + f * pitch + k));
        powers[f] = {power(two.x, two.y), power(two.z, two.w)};
      }
    }
#pragma unroll
    for (int c = 0; c < kClasses; c++) {
      float2 weight = load(of_block + c * (kBlockBins / 2));
#pragma unroll
      for (int f = 0; f < kFramesPerWarp; f++) {
        float& sum = sums[f * kClasses + c];
        sum = fused_multiply_add(weight.y, powers[f].y, fused_multiply_add(weight.x, powers[f].x, sum));
      }
    }
  }
  // What is left are fewer bins than a block has: 1 of 1025.
  for (int k = bins / kBlockBins * kBlockBins + part * kWarp + lane; k < bins; k += kParts * kWarp) {
    const float* of_bin = weights + bins / kBlockBins * kBlockWeights + k % kBlockBins;
#pragma unroll
    for (int f = 0; f < kFramesPerWarp; f++) {
      if (tile + slot + f >= frames) continue;
      float2 bin = load(row + f * pitch + k);
#pragma unroll
      for (int c = 0; c < kClasses; c++) {
        float& sum = sums[f * kClasses + c];
        sum = fused_multiply_add(of_bin[c * kBlockBins], power(bin.x, bin.y), sum);
      }
    }
  }

  // Halve the sums that a lane keeps, three times: 24 to 3 over 8 lanes; the groups of 8 then add theirs.
  int kept = kSums, start = 0;
#pragma unroll
  for (int mask = 1; mask < 8; mask *= 2) {
    kept /= 2;
    bool upper = (lane & mask) != 0;
    start += upper ? kept : 0;
#pragma unroll
    for (int i = 0; i < kSums / 2; i++) {
      if (i < kept) {
        float mine = upper ? sums[i + kept] : sums[i];
        float theirs = upper ? sums[i] : sums[i + kept];
        sums[i] = mine + shuffle_xor(theirs, mask);
      }
    }
  }
#pragma unroll
  for (int i = 0; i < 3; i++) {
    float sum = sums[i] + shuffle_xor(sums[i], 8);
    sum += shuffle_xor(sum, 16);
    if (lane < 8) sums_of_part[part][slot * kClasses + start + i] = sum;
  }
  __syncthreads();

  if (thread < kFrames * kClasses) {
    float sum = 0.0f;
#pragma unroll
    for (int p = 0; p < kParts; p++) sum += sums_of_part[p][thread];
    classes[thread] = sum;
  }
  __syncthreads();
  int frame = thread / kClasses;
  if (thread >= kFrames * kClasses || tile + frame >= frames) return;

  float largest = 0.0f;
#pragma unroll
  for (int c = 0; c < kClasses; c++) largest = larger(largest, classes[frame * kClasses + c]);
  float divisor = largest < kSmallestNormal ? 1.0f : largest;
  rows[(first + frame) * row_pitch + column + thread % kClasses] = divide(classes[thread], divisor);
}
