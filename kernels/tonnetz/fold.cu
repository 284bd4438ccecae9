// Tonnetz where matrix products have made the constant-Q transform of all octaves (see octave.cu).
//
// products  (7, batch, frames, 36) complex float32: filters' outputs, octaves from the top
// chroma, magnitudes, projection, rows  see fold.cuh
//
// Grid (ceil(frames / 4), batch), block kBlock = 256 threads: all octaves of four frames, one after the
// other. Static shared memory 768 bytes. All threads of a block reach all its barriers.
#include "tonnetz/fold.cuh"

namespace gpuser {

constexpr int kBlock = 256;

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_fold_f32(const float2* __restrict__ products, int frames, float* __restrict__ chroma,
                    float* __restrict__ magnitudes, const float* __restrict__ projection,
                    float* __restrict__ rows, int row_pitch, int column) {
  using namespace gpuser;
  __shared__ float filtered[kConstantQFrames][kFilters];
  __shared__ float classes[kConstantQFrames][kClasses];

  int first = static_cast<int>(blockIdx.x) * kConstantQFrames;
  int in_tile = frames - first < kConstantQFrames ? frames - first : kConstantQFrames;
  long long frame = static_cast<long long>(blockIdx.y) * frames + first;
  long long all = static_cast<long long>(gridDim.y) * frames;
#pragma unroll 1
  for (int octave = 0; octave < kOctaves; octave++) {
    const float2* of_octave = products + (octave * all + frame) * kFilters;
    for (int i = static_cast<int>(threadIdx.x); i < in_tile * kFilters; i += kBlock) {
      float2 q = load(of_octave + i);
      filtered[i / kFilters][i % kFilters] = square_root(fused_multiply_add(q.x, q.x, q.y * q.y));
    }
    __syncthreads();
    fold_octave(filtered, classes, octave, frame, in_tile,
                {chroma, magnitudes, projection, rows, row_pitch, column});
    __syncthreads();
  }
}
