// One octave of the constant-Q transform: 36 filters on the spectra of unwindowed frames.
//
//   X[t, k] = sum_n x[t * hop - 512 + n] exp(-2 pi i n k / 1024),   x = 0 outside 0 .. count - 1
//   Q[t, i] = scale | sum_k F[i, k] X[t, k] |,   i = 0 .. 35
//
// The real transform of 1,024 points is a complex one of 512 (see stft/stft.cu). All filters lie in bins 64
// .. 255, so only these are taken apart. 64 threads transform a frame, a block kConstantQFrames = 4 of them.
// For the filters eight lanes take one: two lanes a frame, which take turns at pairs of bins; frames are kept
// 4 modulo 16 complex values apart, so that those eight reads of 16 bytes lie in different banks.
#pragma once

#include "stft/fourier.cuh"
#include "stft/sample.cuh"

namespace gpuser {

constexpr int kConstantQFrames = 4;
constexpr int kFilters = 36;
constexpr int kHalfSize = 512;
constexpr int kFrameThreads = kHalfSize / kPointsPerThread;
constexpr int kFirstBin = 64;
constexpr int kBinsKept = 192;
constexpr int kBinPitch = kBinsKept + 4;
constexpr int kConstantQTwiddles = kHalfSize - kPointsPerThread;

struct ConstantQShared {
  float2 exchanges[2][kConstantQFrames * kFourierPitch<kHalfSize>];
};

// The filters of one tuning.
struct FilterBank {
  // (36) of each filter its first bin, less 64 and even, and how many it has, a multiple of 4: start + count
  // * 65536.
  const int* __restrict__ spans;
  // (36, stride) complex; zeros where a filter is filled up. 16-byte aligned, as each row is.
  const float2* __restrict__ weights;
  int stride;
};

// Spectra of frames first .. first + 3 to `spectra`, kBinPitch values apart, bins 64 .. 255 of each, which
// lies in the exchanges; past the last of `frames` the last again.
//
// from      (count) float32; hop even
// margin    whether there are 512 zeros before and after the samples, and these are 8-byte aligned
// twiddles  complex: the passes' (see stft/fourier.cuh), then exp(-2 pi i k / 1024), k = 0 .. 255
// All 256 threads take part; ends with a barrier.
__device__ __forceinline__ const float2* constant_q_spectra(const float* __restrict__ from, int count,
                                                            bool margin, int hop, int first, int frames,
                                                            const float2* __restrict__ twiddles,
                                                            ConstantQShared& shared) {
  int slot = static_cast<int>(threadIdx.x) / kFrameThreads, j = static_cast<int>(threadIdx.x) % kFrameThreads;
  int frame = first + slot < frames ? first + slot : frames - 1;
  int start = frame * hop - kHalfSize;
  float2 v[kPointsPerThread];
  bool aligned = reinterpret_cast<unsigned long long>(from) % sizeof(float2) == 0;
  if (margin || (start >= 0 && start + 2 * kHalfSize <= count && aligned)) {
    const float2* pairs = reinterpret_cast<const float2*>(from + start) + j;
#pragma unroll
    for (int q = 0; q < kPointsPerThread; q++) v[q] = load(pairs + q * kFrameThreads);
  } else {
#pragma unroll
    for (int q = 0; q < kPointsPerThread; q++) {
      int i = start + 2 * (j + q * kFrameThreads);
      v[q] = {sample(from, i, count), sample(from, i + 1, count)};
    }
  }

  constexpr int kPitch = kFourierPitch<kHalfSize>;
  float2* free = fourier_passes<kHalfSize, 1>(v, j, shared.exchanges[0] + slot * kPitch,
                                              shared.exchanges[1] + slot * kPitch, twiddles);

  // Thread j holds Z[j + 64 q]; the partner of bin k = 64 .. 255 is Z[512 - k], kept at 256 - k.
#pragma unroll
  for (int q = 4; q < 7; q++) store(free + j + (q - 4) * kFrameThreads, v[q]);
  if (j == 0) store(free + 3 * kFrameThreads, v[7]);
  __syncthreads();

  // Whichever buffer is not `free` has been read by all.
  float2* spectra = free == shared.exchanges[0] + slot * kPitch ? shared.exchanges[1] : shared.exchanges[0];
  float2* mine = spectra + slot * kBinPitch + j;
  const float2* partners = free + (kHalfSize / 2 - j);
  const float2* turns = twiddles + (kConstantQTwiddles + j);
#pragma unroll
  for (int q = 1; q < 4; q++) {
    float2 z = v[q], partner = load(partners - q * kFrameThreads);
    float2 even = {0.5f * (z.x + partner.x), 0.5f * (z.y - partner.y)};
    float2 odd = {0.5f * (z.y + partner.y), 0.5f * (partner.x - z.x)};
    store(mine + (q - 1) * kFrameThreads, even + odd * load(turns + q * kFrameThreads));
  }
  __syncthreads();
  return spectra;
}

// Magnitudes (4, 36) of the filters' outputs, times scale. All 256 threads take part; no barrier.
__device__ __forceinline__ void constant_q_filters(const float2* spectra, const FilterBank& bank, float scale,
                                                   float (*magnitudes)[kFilters]) {
  constexpr int kLanesPerFrame = 2;
  constexpr int kLanesPerFilter = kConstantQFrames * kLanesPerFrame;
  constexpr int kFiltersAtOnce = kConstantQFrames * kFrameThreads / kLanesPerFilter;
  int thread = static_cast<int>(threadIdx.x);
  int slot = thread % kLanesPerFilter / kLanesPerFrame, part = thread % kLanesPerFrame;
  const float2* bins = spectra + slot * kBinPitch + 2 * part;
  const float2* weights = bank.weights + 2 * part;
  // A warp takes four filters, of which there is a multiple of four: its lanes stay together.
  for (int filter = thread / kLanesPerFilter; filter < kFilters; filter += kFiltersAtOnce) {
    int span = bank.spans[filter], count = span >> 16;
    const float4* weight = reinterpret_cast<const float4*>(weights + filter * bank.stride);
    const float4* bin = reinterpret_cast<const float4*>(bins + (span & 0xffff));
    float rr = 0.0f, ii = 0.0f, ri = 0.0f, ir = 0.0f;
    for (int i = 0; i < count / 2; i += kLanesPerFrame) {
      float4 w = load(weight + i), x = load(bin + i);
      rr = fused_multiply_add(w.z, x.z, fused_multiply_add(w.x, x.x, rr));
      ii = fused_multiply_add(w.w, x.w, fused_multiply_add(w.y, x.y, ii));
      ri = fused_multiply_add(w.z, x.w, fused_multiply_add(w.x, x.y, ri));
      ir = fused_multiply_add(w.w, x.z, fused_multiply_add(w.y, x.x, ir));
    }
    float re = rr - ii, im = ri + ir;
    re += shuffle_xor(re, 1);
    im += shuffle_xor(im, 1);
    if (part == 0) magnitudes[slot][filter] = scale * square_root(fused_multiply_add(re, re, im * im));
  }
}

}  // namespace gpuser
