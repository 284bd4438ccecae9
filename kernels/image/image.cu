// The image: every feature row divided by its largest magnitude over time.
//
//   I[b, t, targets[c]] = R[b, t, c] / max_t |R[b, t, c]|,   undivided where that maximum is no normal float
//
// rows     (batch, frames, row_pitch) float32
// targets  (row_pitch) image column of each column of `rows`, -1 for one that fills the pitch and may be
// unwritten image    (batch, frames, width) float32
//
// Grid (ceil(row_pitch / 32), batch), block kBlock = 256 threads: a lane keeps a column, the eight warps
// share the frames. Static shared memory 1,024 bytes, one barrier. The second reading of the rows comes from
// the caches.
#include "common/device.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kWarps = kBlock / kWarp;
constexpr float kSmallestNormal = 1.17549435e-38f;

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_image_f32(const float* __restrict__ rows, int row_pitch, int frames,
                     const int* __restrict__ targets, float* __restrict__ image, int width) {
  using namespace gpuser;
  __shared__ float largest_of_warp[kWarps][kWarp];

  int warp = static_cast<int>(threadIdx.x) / kWarp, lane = static_cast<int>(threadIdx.x) % kWarp;
  int column = static_cast<int>(blockIdx.x) * kWarp + lane;
  int target = column < row_pitch ? targets[column] : -1;
  long long first = static_cast<long long>(blockIdx.y) * frames;
  const float* from = rows + first * row_pitch + column;

  float largest = 0.0f;
  if (target >= 0) {
#pragma unroll 4
    for (int t = warp; t < frames; t += kWarps)
      largest = larger(largest, magnitude(from[static_cast<long long>(t) * row_pitch]));
  }
  largest_of_warp[warp][lane] = largest;
  __syncthreads();
  if (target < 0) return;

#pragma unroll
  for (int w = 0; w < kWarps; w++) largest = larger(largest, largest_of_warp[w][lane]);
  float divisor = largest < kSmallestNormal ? 1.0f : largest;
  float* to = image + first * width + target;
  for (int t = warp; t < frames; t += kWarps)
    to[static_cast<long long>(t) * width] = divide(from[static_cast<long long>(t) * row_pitch], divisor);
}
