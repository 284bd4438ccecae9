// Largest mel powers, which decibels are floored under, where a matrix product has made the mel spectrum.
//
// rows    (batch, frames, row_pitch) float32: the spectrum is in columns column .. column + mels - 1
// maxima  (batch, blocks along x) float32: largest power of each block's frames, 0 at least
//
// Grid (ceil(frames / 8), batch), block kBlock = 256 threads, a warp a frame. Static shared memory 32 bytes,
// one barrier.
#include "common/device.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kFrames = kBlock / kWarp;

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_maxima_f32(const float* __restrict__ rows, int row_pitch, int column, int mels, int frames,
                      float* __restrict__ maxima) {
  using namespace gpuser;
  __shared__ float largest_of_warp[kFrames];

  int warp = static_cast<int>(threadIdx.x) / kWarp, lane = static_cast<int>(threadIdx.x) % kWarp;
  int frame = static_cast<int>(blockIdx.x) * kFrames + warp;
  float largest = 0.0f;
  if (frame < frames) {
    const float* row = rows + (static_cast<long long>(blockIdx.y) * frames + frame) * row_pitch + column;
    for (int m = lane; m < mels; m += kWarp) largest = larger(largest, row[m]);
  }
  largest = warp_largest(largest);
  if (lane == 0) largest_of_warp[warp] = largest;
  __syncthreads();
  if (warp != 0) return;
  largest = warp_largest(largest_of_warp[lane % kFrames]);
  if (lane == 0) maxima[blockIdx.y * gridDim.x + blockIdx.x] = largest;
}
