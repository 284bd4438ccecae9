// Mel spectrum of a signal's harmonic and percussive parts, the mean of both: their second STFT in one
// kernel.
//
//   S[b, t, m] = sum_k W[m, k] (|H[b, t, k]|^2 + |R[b, t, k]|^2) / 2
//
// with H the STFT of the harmonic signal h and R that of the percussive one, y - h: masks that add up to one
// make signals that add up to y. Both are real, so one complex transform Z of h + i (y - h) serves:
//   (|H[k]|^2 + |R[k]|^2) / 2 = (|Z[k]|^2 + |Z[N-k]|^2) / 4
//
// samples   (batch, sample_pitch) float32; `count` of each row are used
// pieces    the harmonic signal (see tiles.cuh)
// window    (2048) float32
// twiddles  complex, of a transform of 2,048 points (see fourier.cuh)
// starts    (mels) first bin of each filter
// offsets   (mels + 1) where each filter's weights begin; every filter is filled with zeros to a multiple of
// 8 weights weights   (offsets[mels]) float32, a quarter of W; 32-byte aligned rows      (batch, frames,
// row_pitch) float32: S goes to columns column .. column + mels - 1
//
// Grid (ceil(frames / 4), batch), block kBlock = 256 threads, which transform four frames after another and
// keep their powers in registers; then 8 lanes take a filter for all four. Static shared memory 36,864 bytes:
// the transform's exchanges, then the powers of kPowers bins by 4 frames. Barriers are reached by all
// threads.
#include "hpss/tiles.cuh"
#include "stft/fourier.cuh"
#include "stft/sample.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kFrames = 4;
constexpr int kThreads = kSize / kPointsPerThread;
constexpr int kPairs = kPointsPerThread / 2;
constexpr int kLanesPerFilter = 8;
constexpr int kPowers =
    kBins + kLanesPerFilter - 1;  // with room for the zeros that filters are filled up with
static_assert(kThreads == kBlock, "a block makes one transform at a time");

// Thread j's points of one frame's h + i (y - h), windowed.
__device__ __forceinline__ void load_parts(const float* __restrict__ samples, int count, const Pieces& pieces,
                                           int frame, const float* __restrict__ window, int j,
                                           float2 (&v)[kPointsPerThread]) {
  constexpr int kPointsPerHop = kHop / kThreads;
#pragma unroll
  for (int h = 0; h < kOverlap; h++) {
    int hop = frame + h, base = (hop - kOverlap / 2) * kHop;
    if (base < 0 || base >= count) {
#pragma unroll
      for (int q = 0; q < kPointsPerHop; q++) v[h * kPointsPerHop + q] = {0.0f, 0.0f};
      continue;
    }
    HarmonicHop harmonic(pieces, hop);
#pragma unroll
    for (int q = 0; q < kPointsPerHop; q++) {
      int i = j + q * kThreads;
      float weight = base + i < count ? window[h * kHop + i] : 0.0f;
      float part = harmonic[i], whole = sample(samples, base + i, count);
      v[h * kPointsPerHop + q] = {weight * part, weight * (whole - part)};
    }
  }
}

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_hpss_mel_f32(const float* __restrict__ samples, int sample_pitch, int count,
                        const float* __restrict__ pieces, int tiles, int tile_frames, int frames,
                        const float* __restrict__ window, const float2* __restrict__ twiddles,
                        const int* __restrict__ starts, const int* __restrict__ offsets,
                        const float* __restrict__ weights, int mels, float* __restrict__ rows, int row_pitch,
                        int column) {
  using namespace gpuser;
  __shared__ float4 shared[2 * kFourierPitch<kSize> / 2];
  float2* exchanges = reinterpret_cast<float2*>(shared);

  int j = static_cast<int>(threadIdx.x);
  int first = static_cast<int>(blockIdx.x) * kFrames;
  long long signal = static_cast<long long>(blockIdx.y);
  const float* signal_samples = samples + signal * sample_pitch;
  Pieces signal_pieces = {pieces + signal * tiles * (tile_frames + kOverlap - 1) * kHop, frames, tile_frames};

  // Powers of bins j + q * 256 of the last four frames, and of bin 1024 in thread 0.
  float4 powers[kPairs] = {}, last = {};
  for (int slot = 0; slot < kFrames; slot++) {
    float newest[kPairs] = {}, newest_last = 0.0f;
    if (first + slot < frames) {
      float2 v[kPointsPerThread];
      load_parts(signal_samples, count, signal_pieces, first + slot, window, j, v);
      float2* free = fourier_passes<kSize, 1>(v, j, exchanges, exchanges + kFourierPitch<kSize>, twiddles);
      float* partners = reinterpret_cast<float*>(free);
      float square[kPointsPerThread];
#pragma unroll
      for (int q = 0; q < kPointsPerThread; q++)
        square[q] = fused_multiply_add(v[q].x, v[q].x, v[q].y * v[q].y);
#pragma unroll
      for (int q = kPairs; q < kPointsPerThread; q++) partners[j + q * kThreads - kSize / 2] = square[q];
      if (j == 0) partners[kSize / 2] = square[0];
      __syncthreads();
#pragma unroll
      for (int q = 0; q < kPairs; q++) newest[q] = square[q] + partners[kSize / 2 - j - q * kThreads];
      newest_last = 2.0f * square[kPairs];
    }
#pragma unroll
    for (int q = 0; q < kPairs; q++) powers[q] = {powers[q].y, powers[q].z, powers[q].w, newest[q]};
    last = {last.y, last.z, last.w, newest_last};
  }

  __syncthreads();
#pragma unroll
  for (int q = 0; q < kPairs; q++) store(shared + j + q * kThreads, powers[q]);
  if (j < kPowers - kBins + 1) store(shared + kBins - 1 + j, j == 0 ? last : float4{});
  __syncthreads();

  int part = j % kLanesPerFilter;
  for (int m = j / kLanesPerFilter; m < mels; m += kBlock / kLanesPerFilter) {
    int end = offsets[m + 1];
    const float4* power = shared + starts[m] + part;
    float4 sum = {};
    for (int i = offsets[m]; i < end; i += kLanesPerFilter, power += kLanesPerFilter) {
      float weight = weights[i + part];
      float4 p = load(power);
      sum = {fused_multiply_add(weight, p.x, sum.x), fused_multiply_add(weight, p.y, sum.y),
             fused_multiply_add(weight, p.z, sum.z), fused_multiply_add(weight, p.w, sum.w)};
    }
    for (int mask = 1; mask < kLanesPerFilter; mask *= 2)
      sum = {sum.x + shuffle_xor(sum.x, mask), sum.y + shuffle_xor(sum.y, mask),
             sum.z + shuffle_xor(sum.z, mask), sum.w + shuffle_xor(sum.w, mask)};
    float of_frame = part == 0 ? sum.x : part == 1 ? sum.y : part == 2 ? sum.z : sum.w;
    if (part < kFrames && first + part < frames)
      rows[(signal * frames + first + part) * row_pitch + column + m] = of_frame;
  }
}
