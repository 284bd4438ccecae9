// Changes each signal of a batch as drawn for it - speed, circular shift, noise, gain - and pads it by
// reflection:
//
//   s[j] = sum_k h(k - 7 - f) x[n + k - 7],   n + f = j * step / 2^32,  k = 0 .. 15      (x = 0 outside)
//   a[j] = gain (s[(j - shift) mod L] + noise * rms(x) * g[j]),   j = 0 .. L - 1
//   y[i] = a[reflected(i)],   i = 0 .. padded - 1
//
// h is a sinc under a Kaiser window, given at 256 fractions f and interpolated between them. g is nearly
// normal (see philox.cuh), from counter (j, id, index, 101). Each sum and product is one rounding, in one
// order, so that a CPU gets the same values.
//
// samples   packed signals, float32
// starts    (batch) int64: where each signal begins
// lengths   (batch) int32, at least 1
// energies  (batch) int64: sum of x^2 in units of 2^-36 (see compact.cu)
// draws     (batch) Draw
// sinc      (256, 16) pairs: h at the fraction, and what the next fraction's is more
// to        (batch, pitch) float32, `padded` of each row written
//
// Grid (ceil(padded / 256), batch), block kBlock = 256 threads; no shared memory, no barrier.
#include "signal/philox.cuh"
#include "signal/reflect.cuh"
#include "stft/sample.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kTaps = 16;
constexpr int kBefore = kTaps / 2 - 1;
constexpr unsigned long long kOne = 1ull << 32;
constexpr unsigned kNoiseStream = 101;
constexpr float kEnergyUnit = 1.4551915228366852e-11f;  // 2^-36

struct Draw {
  // Source samples from one sample to the next, times 2^32.
  unsigned long long step;
  // Samples after the change of speed, at most padded + 10, and how far they are shifted, 0 .. length - 1.
  int length, shift;
  // Root mean square of the noise over that of the signal; 0 for none.
  float noise;
  float gain;
  // Number of the signal.
  unsigned id;
  unsigned unused;
};

__device__ __forceinline__ float resampled(const float* __restrict__ row, int length, unsigned long long at,
                                           const float4* __restrict__ sinc) {
  int first = static_cast<int>(at >> 32) - kBefore;
  unsigned fraction = static_cast<unsigned>(at);
  const float4* taps = sinc + (fraction >> 24) * (kTaps / 2);
  float rest = static_cast<float>(fraction & 0xffffffu) * 5.9604644775390625e-08f;  // 2^-24
  float sum = 0.0f;
#pragma unroll
  for (int k = 0; k < kTaps / 2; k++) {
    float4 two = load(taps + k);
    sum = fused_multiply_add(fused_multiply_add(rest, two.y, two.x), sample(row, first + 2 * k, length), sum);
    sum = fused_multiply_add(fused_multiply_add(rest, two.w, two.z), sample(row, first + 2 * k + 1, length),
                             sum);
  }
  return sum;
}

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_augment_f32(const float* __restrict__ samples, const long long* __restrict__ starts,
                       const int* __restrict__ lengths, const long long* __restrict__ energies,
                       const gpuser::Draw* __restrict__ draws, const float4* __restrict__ sinc, unsigned key0,
                       unsigned key1, unsigned index, int padded, float* __restrict__ to, int pitch) {
  using namespace gpuser;
  int i = static_cast<int>(blockIdx.x) * kBlock + static_cast<int>(threadIdx.x);
  if (i >= padded) return;
  int signal = static_cast<int>(blockIdx.y), length = lengths[signal];
  const Draw& draw = draws[signal];
  const float* row = samples + starts[signal];

  int j = reflected(i, draw.length, padded);
  int unshifted = j - draw.shift + (j < draw.shift ? draw.length : 0);
  float value = draw.step == kOne
                    ? row[unshifted]
                    : resampled(row, length, static_cast<unsigned long long>(unshifted) * draw.step, sinc);
  if (draw.noise > 0.0f) {
    float power = divide(static_cast<float>(energies[signal]) * kEnergyUnit, static_cast<float>(length));
    float deviation = draw.noise * square_root(power);
    PhiloxBlock random = philox({{static_cast<unsigned>(j), draw.id, index, kNoiseStream}}, key0, key1);
    value = fused_multiply_add(deviation, normal_of(random), value);
  }
  to[static_cast<long long>(signal) * pitch + i] = draw.gain * value;
}
