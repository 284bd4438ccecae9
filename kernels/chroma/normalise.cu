// Chroma over the largest value of its frame, where a matrix product has made it; frames whose largest value
// is below the smallest normal float are left alone.
//
// rows  (batch, frames, row_pitch) float32: columns column .. column + 11 are replaced
//
// Grid (ceil(frames / 16), batch), block kBlock = 256 threads: half a warp takes a frame, a class a lane. No
// shared memory.
#include "common/device.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kClasses = 12;
constexpr int kLanes = 16;
constexpr float kSmallestNormal = 1.17549435e-38f;

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_normalise_f32(float* __restrict__ rows, int row_pitch, int column, int frames) {
  using namespace gpuser;
  int thread = static_cast<int>(threadIdx.x), c = thread % kLanes;
  int frame = static_cast<int>(blockIdx.x) * (kBlock / kLanes) + thread / kLanes;
  bool present = frame < frames && c < kClasses;
  float* at = rows + (static_cast<long long>(blockIdx.y) * frames + frame) * row_pitch + column + c;
  float value = 0.0f;
  if (present) value = *at;
  float largest = value;
  for (int mask = kLanes / 2; mask > 0; mask /= 2) largest = larger(largest, shuffle_xor(largest, mask));
  if (present) *at = divide(value, largest < kSmallestNormal ? 1.0f : largest);
}
