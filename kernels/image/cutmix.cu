// CutMix (Yun et al. 2019) in place: every image of a batch gets a box out of its partner.
//
//   I[b, t, r] = old I[partner[b], t, r]   for first_frame <= t < end_frame, first_row <= r < end_row
//
// The partners are a permutation. A thread has one place of the box in all images and follows the
// permutation's cycles, i, partner[i], ..., so that nothing is read after it was overwritten.
//
// images  (batch, frames, width) float32
// order   (batch) int32: the images cycle by cycle, each followed by its partner; the last of a cycle, whose
//         partner is the cycle's first, as its bitwise complement
//
// Grid (ceil(box rows / 32), ceil(box frames / 8)), block kBlock = 256 threads, a warp a frame; no shared
// memory, no barrier.
#include "common/device.cuh"

namespace gpuser {

constexpr int kBlock = 256;

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_cutmix_f32(float* images, int batch, int frames, int width, const int* __restrict__ order,
                      int first_frame, int end_frame, int first_row, int end_row) {
  using namespace gpuser;
  int lane = static_cast<int>(threadIdx.x) % kWarp, warp = static_cast<int>(threadIdx.x) / kWarp;
  int row = first_row + static_cast<int>(blockIdx.x) * kWarp + lane;
  int frame = first_frame + static_cast<int>(blockIdx.y) * (kBlock / kWarp) + warp;
  if (row >= end_row || frame >= end_frame) return;

  long long size = static_cast<long long>(frames) * width;
  float* place = images + static_cast<long long>(frame) * width + row;
  float* to = nullptr;
  float first = 0.0f;
  for (int i = 0; i < batch; i++) {
    int entry = order[i];
    bool ends = entry < 0;
    float* from = place + size * (ends ? ~entry : entry);
    float value = *from;
    if (to == nullptr)
      first = value;
    else
      *to = value;
    to = from;
    if (ends) {
      *from = first;
      to = nullptr;
    }
  }
}
