// Spectral contrast (Jiang et al. 2002): how far the peaks of a band stand above its valleys.
//
//   C[b, t, i] = dB(peak) - dB(valley),   dB(v) = max(10 log10 max(1e-10, v), top - 80)
//   top = the largest 10 log10 max(1e-10, v) over bands and frames of a signal, of peaks and valleys apart
//
// means  (batch, frames, 2, kMostBands) float32: peaks and valleys (see bands.cuh), which mel.cu makes
// rows   (batch, frames, row_pitch) float32: C goes to columns column .. column + bands - 1
//
// Grid (ceil(frames / 32), batch), block kBlock = 256 threads, each with a band of a frame, after all have
// looked through the signal's means. Static shared memory 64 bytes, one barrier.
#include "contrast/bands.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr float kDecibelsPerOctave = 3.01029995663981195f;  // 10 log10 2
constexpr float kSmallest = 1e-10f;
constexpr float kRange = 80.0f;

__device__ __forceinline__ float decibels_of(float value) {
  return kDecibelsPerOctave * log2_approximate(larger(value, kSmallest));
}

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_contrast_f32(const float* __restrict__ means, int frames, int bands, float* __restrict__ rows,
                        int row_pitch, int column) {
  using namespace gpuser;
  constexpr int kWarps = kBlock / kWarp;
  __shared__ float largest_of_warp[kWarps][2];
  int thread = static_cast<int>(threadIdx.x), lane = thread % kWarp;
  int band = thread % kMostBands;
  long long first = static_cast<long long>(blockIdx.y) * frames;
  means += first * kBothMeans;

  // A block's size is a multiple of a frame's means, so a thread sees peaks of one band, or valleys.
  float largest = 0.0f;
  if (band < bands)
    for (int i = thread; i < frames * kBothMeans; i += kBlock) largest = larger(largest, means[i]);
  for (int mask = 1; mask < kWarp; mask *= 2)
    if (mask != kMostBands) largest = larger(largest, shuffle_xor(largest, mask));
  if (lane == 0 || lane == kMostBands) largest_of_warp[thread / kWarp][lane / kMostBands] = largest;
  __syncthreads();

  int frame = (static_cast<int>(blockIdx.x) * kBlock + thread) / kMostBands;
  if (frame >= frames || band >= bands) return;
  float peak_floor = 0.0f, valley_floor = 0.0f;
#pragma unroll
  for (int w = 0; w < kWarps; w++) {
    peak_floor = larger(peak_floor, largest_of_warp[w][0]);
    valley_floor = larger(valley_floor, largest_of_warp[w][1]);
  }
  const float* at = means + frame * kBothMeans + band;
  float peak = larger(decibels_of(at[0]), decibels_of(peak_floor) - kRange);
  float valley = larger(decibels_of(at[kMostBands]), decibels_of(valley_floor) - kRange);
  rows[(first + frame) * row_pitch + column + band] = peak - valley;
}
