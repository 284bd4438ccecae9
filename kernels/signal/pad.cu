// Brings the signals of a batch to one length by reflection (see reflect.cuh):
//
//   y[b, i] = x[b, reflected(i)],   i = 0 .. padded - 1
//
// samples  packed signals, float32
// starts   (batch) int64: where each signal begins
// lengths  (batch) int32, 1 to padded + 10
// to       (batch, pitch) float32, `padded` of each row written
//
// Grid (ceil(padded / 1024), batch), block kBlock = 256 threads, four samples a thread; no shared memory, no
// barrier.
#include "signal/reflect.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kPerThread = 4;

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_pad_f32(const float* __restrict__ samples, const long long* __restrict__ starts,
                   const int* __restrict__ lengths, int padded, float* __restrict__ to, int pitch) {
  using namespace gpuser;
  int signal = static_cast<int>(blockIdx.y), length = lengths[signal];
  const float* row = samples + starts[signal];
  float* out = to + static_cast<long long>(signal) * pitch;
  int first = static_cast<int>(blockIdx.x) * kBlock * kPerThread + static_cast<int>(threadIdx.x);
#pragma unroll
  for (int q = 0; q < kPerThread; q++) {
    int i = first + q * kBlock;
    if (i < padded) out[i] = row[reflected(i, length, padded)];
  }
}
