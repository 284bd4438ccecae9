// Mel spectrum of a signal's harmonic and percussive parts, the mean of both: their STFT in one kernel.
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
// offsets   (mels + 1) where each filter's weights begin; each is filled with zeros to a multiple of 8
// weights   (offsets[mels]) float32, a quarter of W; 32-byte aligned
// rows      (batch, frames, row_pitch) float32: S goes to columns column .. column + mels - 1
//
// Grid (ceil(frames / 4), batch), block kBlock = 256 threads, which put the 7 hops of four frames into shared
// memory, transform the frames after another and keep their powers in registers; then 8 lanes take a filter
// for all four. Dynamic shared memory 65,536 bytes: the hops as h + i (y - h), then the transform's
// exchanges, which give way to the powers of kPowers bins by 4 frames. Barriers are reached by all threads.
#include "hpss/tiles.cuh"
#include "stft/fourier.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kFrames = 4;
constexpr int kHops = kFrames + kOverlap - 1;
constexpr int kThreads = kSize / kPointsPerThread;
constexpr int kPairs = kPointsPerThread / 2;
constexpr int kLanesPerFilter = 8;
constexpr int kPowers =
    kBins + kLanesPerFilter - 1;  // with room for the zeros that filters are filled up with
static_assert(kThreads == kBlock, "a block makes one transform at a time");

// Hops of h + i (y - h), from hop `first` on, zero outside the signal.
__device__ __forceinline__ void stage_parts(const float* __restrict__ samples, int count,
                                            const float* __restrict__ pieces, int first, int frames,
                                            int tile_frames, float2* parts) {
  int thread = static_cast<int>(threadIdx.x);
  HarmonicHops harmonic(pieces, first, frames, tile_frames);
#pragma unroll 1
  for (int h = 0; h < kHops; h++, parts += kHop, harmonic.advance()) {
    int base = (first + h - kOverlap / 2) * kHop;
    int present = base < 0 ? 0 : count - base;
#pragma unroll
    for (int i = thread; i < thread + kHop; i += kBlock) {
      float2 both = {0.0f, 0.0f};
      if (i < present) {
        both.x = harmonic[i];
        both.y = samples[base + i] - both.x;
      }
      store(parts + i, both);
    }
  }
}

// Sums of a filter's 4 frames over the lanes that share it: lane `part` gets that of frame `part` modulo 4.
__device__ __forceinline__ float sum_over_lanes(float4 sum, int part) {
  bool upper = (part & 2) != 0, odd = (part & 1) != 0;
  float2 mine = {upper ? sum.z : sum.x, upper ? sum.w : sum.y},
         theirs = {upper ? sum.x : sum.z, upper ? sum.y : sum.w};
  mine = {mine.x + shuffle_xor(theirs.x, 2), mine.y + shuffle_xor(theirs.y, 2)};
  float one = (odd ? mine.y : mine.x) + shuffle_xor(odd ? mine.x : mine.y, 1);
  return one + shuffle_xor(one, 4);
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
  extern __shared__ float4 shared[];
  float2* parts = reinterpret_cast<float2*>(shared);
  float2* exchanges = parts + kHops * kHop;
  float4* table = reinterpret_cast<float4*>(exchanges);

  int j = static_cast<int>(threadIdx.x);
  int first = static_cast<int>(blockIdx.x) * kFrames;
  long long signal = static_cast<long long>(blockIdx.y);
  stage_parts(samples + signal * sample_pitch, count,
              pieces + signal * tiles * (tile_frames + kOverlap - 1) * kHop, first, frames, tile_frames,
              parts);
  float weight[kPointsPerThread];
#pragma unroll
  for (int q = 0; q < kPointsPerThread; q++) weight[q] = window[j + q * kThreads];
  __syncthreads();

  // Powers of bins j + q * 256 of the four frames, and of bin 1024 in thread 0.
  float powers[kPairs][kFrames] = {}, last[kFrames] = {};
#pragma unroll
  for (int slot = 0; slot < kFrames; slot++) {
    if (first + slot >= frames) break;
    float2 v[kPointsPerThread];
#pragma unroll
    for (int q = 0; q < kPointsPerThread; q++) {
      float2 both = load(parts + slot * kHop + j + q * kThreads);
      v[q] = {weight[q] * both.x, weight[q] * both.y};
    }
    float2* free = fourier_passes<kSize, 1>(v, j, exchanges, exchanges + kFourierPitch<kSize>, twiddles);
    float* partners = reinterpret_cast<float*>(free);
    float square[kPointsPerThread];
#pragma unroll
    for (int q = 0; q < kPointsPerThread; q++)
      square[q] = fused_multiply_add(v[q].x, v[q].x, v[q].y * v[q].y);
#pragma unroll
    for (int q = kPairs; q < kPointsPerThread; q++) partners[j + (q - kPairs) * kThreads] = square[q];
    if (j == 0) partners[kSize / 2] = square[0];
    __syncthreads();
#pragma unroll
    for (int q = 0; q < kPairs; q++) powers[q][slot] = square[q] + partners[kSize / 2 - j - q * kThreads];
    last[slot] = 2.0f * square[kPairs];
  }

  __syncthreads();
#pragma unroll
  for (int q = 0; q < kPairs; q++)
    store(table + j + q * kThreads, {powers[q][0], powers[q][1], powers[q][2], powers[q][3]});
  if (j < kPowers - kBins + 1)
    store(table + kBins - 1 + j, j == 0 ? float4{last[0], last[1], last[2], last[3]} : float4{});
  __syncthreads();

  int part = j % kLanesPerFilter;
  for (int m = j / kLanesPerFilter; m < mels; m += kBlock / kLanesPerFilter) {
    const float* from = weights + offsets[m] + part;
    const float* end = weights + offsets[m + 1];
    const float4* power = table + starts[m] + part;
    float4 sum = {};
    for (; from < end; from += kLanesPerFilter, power += kLanesPerFilter) {
      float4 p = load(power);
      sum = {fused_multiply_add(*from, p.x, sum.x), fused_multiply_add(*from, p.y, sum.y),
             fused_multiply_add(*from, p.z, sum.z), fused_multiply_add(*from, p.w, sum.w)};
    }
    float of_frame = sum_over_lanes(sum, part);
    if (part < kFrames && first + part < frames)
      rows[(signal * frames + first + part) * row_pitch + column + m] = of_frame;
  }
}
