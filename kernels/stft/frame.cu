// Windowed frames for the cuFFT way, which serves the sizes that the fused kernel does not:
//
//   y[b, t, n] = w[n] x[b, t * hop - floor(N/2) + n],   x = 0 outside 0 .. count - 1
//
// samples  (batch, sample_pitch) float32; `count` of each row are used
// window   (N) float32
// framed   (batch, frames, pitch) float32, N of each row written
//
// Grid (frames, batch), block kBlock = 256 threads; no shared memory, no barrier.
#include "stft/sample.cuh"

namespace gpuser {

constexpr int kBlock = 256;

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_frame_f32(const float* __restrict__ samples, int sample_pitch, int count, int hop, int size,
                     const float* __restrict__ window, float* __restrict__ framed, int pitch) {
  long long frame = static_cast<long long>(blockIdx.y) * gridDim.x + blockIdx.x;
  const float* row = samples + static_cast<long long>(blockIdx.y) * sample_pitch;
  float* out = framed + frame * pitch;
  int start = static_cast<int>(blockIdx.x) * hop - size / 2;
  for (int n = static_cast<int>(threadIdx.x); n < size; n += gpuser::kBlock)
    out[n] = window[n] * gpuser::sample(row, start + n, count);
}
