// The filter bank of each signal's tuning, copied side by side, as a batched matrix product takes them.
//
// tunings  (batch) int32
// banks    (tunings, floats) float32: one bank a tuning
// tuned    (batch, floats) float32; floats is a multiple of 4, both arrays are 16-byte aligned
//
// Grid (ceil(floats / 1024), batch), block kBlock = 256 threads, four values each. No shared memory.
#include "common/device.cuh"

namespace gpuser {

constexpr int kBlock = 256;

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_tuned_bank_f32(const int* __restrict__ tunings, const float4* __restrict__ banks, int floats,
                          float4* __restrict__ tuned) {
  using namespace gpuser;
  int groups = floats / 4, i = static_cast<int>(blockIdx.x) * kBlock + static_cast<int>(threadIdx.x);
  if (i >= groups) return;
  long long from = static_cast<long long>(tunings[blockIdx.y]) * groups;
  store(tuned + static_cast<long long>(blockIdx.y) * groups + i, load(banks + from + i));
}
