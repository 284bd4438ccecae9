// Short-time Fourier transform in one kernel: framing, window, real transform, spectrum.
//
//   X[b, t, k] = sum_n w[n] x[b, t * hop - N/2 + n] exp(-2 pi i n k / N),   x = 0 outside 0 .. count - 1
//
// Real input of N points is a complex transform of M = N/2 points z[n] = x[2n] + i x[2n+1], taken apart by
//   E = (Z[k] + conj Z[M-k]) / 2,  O = (Z[k] - conj Z[M-k]) / 2i,  X[k] = E + W^k O,  X[M-k] = conj(E - W^k
//   O),
// with W = exp(-2 pi i / N).
//
// samples   (batch, sample_pitch) float32; `count` of each row are used
// window    (N) float32
// twiddles  complex: the passes' (see fourier.cuh), then W^k for k = 0 .. M/2 - 1
// spectrum  (batch, frames, pitch) complex float32, N/2 + 1 of each row written
//
// Grid (ceil(frames / frames a block), batch), block kBlock = 256 threads; M/8 threads make a frame, so a
// block makes 2048/M of them. Static shared memory 36,864 bytes (N = 256: 40,960). A block's surplus frames
// do nothing but reach the barriers.
#include "stft/fourier.cuh"
#include "stft/sample.cuh"

namespace gpuser {

constexpr int kBlock = 256;

template <int kSize>
__device__ __forceinline__ void stft(const float* __restrict__ samples, int sample_pitch, int count, int hop,
                                     int frames, const float* __restrict__ window,
                                     const float2* __restrict__ twiddles, float2* __restrict__ spectrum,
                                     int pitch) {
  constexpr int kHalf = kSize / 2;
  constexpr int kThreads = kHalf / kPointsPerThread;
  constexpr int kFrames = kBlock / kThreads;
  constexpr int kTwiddles = kHalf - kPointsPerThread;
  __shared__ float2 exchanges[2][kFrames * kFourierPitch<kHalf>];

  int thread = static_cast<int>(threadIdx.x);
  int slot = thread / kThreads, j = thread % kThreads;
  int frame = static_cast<int>(blockIdx.x) * kFrames + slot;
  int signal = static_cast<int>(blockIdx.y);

  const float* row = samples + static_cast<long long>(signal) * sample_pitch;
  int start = frame * hop - kHalf;
  bool inside = start >= 0 && start + kSize <= count;
  bool aligned = reinterpret_cast<unsigned long long>(row + start) % sizeof(float2) == 0;
  float2 v[kPointsPerThread];
  if (inside && aligned) {
    const float2* pairs = reinterpret_cast<const float2*>(row + start) + j;
#pragma unroll
    for (int q = 0; q < kPointsPerThread; q++) v[q] = load(pairs + q * kThreads);
  } else {
    int i = start + 2 * j;
#pragma unroll
    for (int q = 0; q < kPointsPerThread; q++) {
      v[q].x = sample(row, i + 2 * q * kThreads, count);
      v[q].y = sample(row, i + 2 * q * kThreads + 1, count);
    }
  }
  const float2* weights = reinterpret_cast<const float2*>(window) + j;
#pragma unroll
  for (int q = 0; q < kPointsPerThread; q++) {
    float2 weight = load(weights + q * kThreads);
    v[q] = {v[q].x * weight.x, v[q].y * weight.y};
  }

  float2* free = fourier_passes<kHalf, 1>(v, j, &exchanges[0][slot * kFourierPitch<kHalf>],
                                          &exchanges[1][slot * kFourierPitch<kHalf>], twiddles);

  // Thread j holds Z[j + q * kThreads]; the partners of the lower half, Z[M - k], lie in the upper half of
  // other threads.
  constexpr int kPairs = kPointsPerThread / 2;
#pragma unroll
  for (int q = 0; q < kPairs; q++) store(free + j + q * kThreads, v[q + kPairs]);
  if (j == 0) store(free + kHalf / 2, v[0]);
  __syncthreads();
  if (frame >= frames) return;

  float2* low = spectrum + (static_cast<long long>(signal) * frames + frame) * pitch + j;
  float2* high = low + (kHalf - 2 * j);
  const float2* partners = free + (kHalf / 2 - j);
  const float2* turns = twiddles + (kTwiddles + j);
#pragma unroll
  for (int q = 0; q < kPairs; q++) {
    float2 z = v[q], partner = load(partners - q * kThreads);
    float2 even = {0.5f * (z.x + partner.x), 0.5f * (z.y - partner.y)};
    float2 odd = {0.5f * (z.y + partner.y), 0.5f * (partner.x - z.x)};
    float2 turned = odd * load(turns + q * kThreads);
    store(low + q * kThreads, even + turned);
    store(high - q * kThreads, {even.x - turned.x, turned.y - even.y});
  }
  if (j == 0) store(low + kHalf / 2, {v[kPairs].x, -v[kPairs].y});
}

}  // namespace gpuser

#define GPUSER_STFT(size)                                                                                   \
  extern "C" __global__ void __launch_bounds__(gpuser::kBlock) gpuser_stft##size##_f32(                     \
      const float* __restrict__ samples, int sample_pitch, int count, int hop, int frames,                  \
      const float* __restrict__ window, const float2* __restrict__ twiddles, float2* __restrict__ spectrum, \
      int pitch) {                                                                                          \
    gpuser::stft<size>(samples, sample_pitch, count, hop, frames, window, twiddles, spectrum, pitch);       \
  }

GPUSER_STFT(256)
GPUSER_STFT(512)
GPUSER_STFT(1024)
GPUSER_STFT(2048)
GPUSER_STFT(4096)
