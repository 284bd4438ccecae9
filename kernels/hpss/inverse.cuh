// Inverse STFT of a masked tile, overlap-added in registers (see hpss.cu).
#pragma once

#include "hpss/masks.cuh"
#include "stft/fourier.cuh"

namespace gpuser {

constexpr int kHalf = kSize / 2;
constexpr int kTransformThreads = kHalf / kPointsPerThread;
constexpr int kTransforms = kBlock / kTransformThreads;
constexpr int kPairs = kPointsPerThread / 2;
constexpr int kTwiddles = kHalf - kPointsPerThread;

// Thread j's points of the packed spectrum of m X, conjugated, so that a forward transform inverts it:
//   conj Z[k] = (B + conj A) - i (conj A - B) W^k,   A = m X[k], B = m X[M - k],   W = exp(-2 pi i / N)
// and its partner, conj Z[M - k], is the conjugate with the other sign. `room` takes the partners.
__device__ __forceinline__ void load_masked(const float2* __restrict__ frame, const float* mask,
                                            const float2* __restrict__ turns, int j, float2* room,
                                            float2 (&v)[kPointsPerThread]) {
#pragma unroll
  for (int q = 0; q < kPairs; q++) {
    int k = j + q * kTransformThreads;
    float2 low = load(frame + k), high = load(frame + (kHalf - k));
    float low_mask = mask[mask_place(k)], high_mask = mask[mask_place(kHalf - k)];
    float2 a = {low.x * low_mask, -(low.y * low_mask)}, b = {high.x * high_mask, high.y * high_mask};
    float2 sum = a + b, turned = quarter_turn((a - b) * load(turns + k));
    v[q] = sum + turned;
    store(room + (kHalf / 2 - k), {sum.x - turned.x, turned.y - sum.y});
  }
  if (j == 0) {
    float2 middle = load(frame + kHalf / 2);
    float twice = 2.0f * mask[mask_place(kHalf / 2)];
    store(room, {twice * middle.x, twice * middle.y});
  }
}

// Inverse transforms of the tile's frames, overlapped: hop h of the tile to the start of mask row h, the
// three after the last frame's to the upper halves of rows 0, 1 and 2.
__device__ __forceinline__ void overlap_add(const float2* __restrict__ frames, int pitch, int rows,
                                            const float* window, const float2* __restrict__ twiddles,
                                            float* masks, float2* exchanges) {
  int thread = static_cast<int>(threadIdx.x);
  int slot = thread / kTransformThreads, j = thread % kTransformThreads;
  int run = (rows + kTransforms - 1) / kTransforms;
  int first = slot * run, end = first + run < rows ? first + run : rows;
  float2* current = exchanges + slot * 2 * kFourierPitch<kHalf>;
  float2* other = current + kFourierPitch<kHalf>;
  auto hop_at = [&](int hop) {
    float* row = hop < rows ? masks + hop * kMaskPitch : masks + (hop - rows) * kMaskPitch + kHop;
    return reinterpret_cast<float2*>(row) + j;
  };

  // Samples 2 (j + 128 q) and the next of a frame belong to this thread; from one frame to the next q moves
  // by two.
  float2 sums[kPointsPerThread] = {};
  for (int round = 0; round < run; round++) {
    int frame = first + round;
    bool present = frame < end;
    float2 v[kPointsPerThread] = {};
    if (present)
      load_masked(frames + static_cast<long long>(frame) * pitch, masks + frame * kMaskPitch,
                  twiddles + kTwiddles, j, other, v);
    __syncthreads();
    if (present) {
#pragma unroll
      for (int q = 0; q < kPairs; q++) v[q + kPairs] = load(other + j + q * kTransformThreads);
    }
    fourier_passes<kHalf, 1>(v, j, current, other, twiddles);
    if (!present) continue;

    const float2* weights = reinterpret_cast<const float2*>(window) + j;
#pragma unroll
    for (int q = 0; q < kPointsPerThread; q++) {
      float2 weight = load(weights + q * kTransformThreads);
      sums[q].x = fused_multiply_add(weight.x, v[q].x, sums[q].x);
      sums[q].y = fused_multiply_add(-weight.y, v[q].y, sums[q].y);
    }
    float2* hop = hop_at(frame);
    store(hop, sums[0]);
    store(hop + kTransformThreads, sums[1]);
#pragma unroll
    for (int q = 0; q < kPointsPerThread; q++)
      sums[q] = q + 2 < kPointsPerThread ? sums[q + 2] : float2{0.0f, 0.0f};
  }

  // What each run leaves for the hops after it, in the order of the runs.
  if (slot == 0) {
    for (int h = rows; h < rows + kOverlap - 1; h++) {
      store(hop_at(h), {0.0f, 0.0f});
      store(hop_at(h) + kTransformThreads, {0.0f, 0.0f});
    }
  }
  for (int turn = 0; turn < kTransforms; turn++) {
    __syncthreads();
    if (slot != turn || first >= end) continue;
#pragma unroll
    for (int h = 0; h < kOverlap - 1; h++) {
      float2* hop = hop_at(end + h);
      store(hop, load(hop) + sums[2 * h]);
      store(hop + kTransformThreads, load(hop + kTransformThreads) + sums[2 * h + 1]);
    }
  }
  __syncthreads();
}

// Writes the tile's hops, divided by the sum of the squared windows and by the transform's scale. Hops that
// lie wholly before or after the signal are nobody's.
__device__ __forceinline__ void write_hops(const float* masks, int first_frame, int frames, int rows,
                                           const float* window, float* __restrict__ to) {
  constexpr float kScale = 1.0f / kSize;
  constexpr float kSumOfSquares = 1.5f;  // of Hann windows a quarter of their length apart
  for (int i = 4 * static_cast<int>(threadIdx.x); i < (rows + kOverlap - 1) * kHop; i += 4 * kBlock) {
    int h = i / kHop, sample = i % kHop, hop = first_frame + h;
    if (hop < kOverlap / 2 || hop > frames + 1) continue;
    const float* row = h < rows ? masks + h * kMaskPitch : masks + (h - rows) * kMaskPitch + kHop;
    float4 value = load(reinterpret_cast<const float4*>(row + sample));
    float4 factor = {kScale / kSumOfSquares, kScale / kSumOfSquares, kScale / kSumOfSquares,
                     kScale / kSumOfSquares};
    if (hop < kOverlap - 1 || hop >= frames) {
      float4 sum = {};
      for (int d = 0; d < kOverlap; d++) {
        if (hop - d < 0 || hop - d >= frames) continue;
        float4 w = load(reinterpret_cast<const float4*>(window + d * kHop + sample));
        sum = {fused_multiply_add(w.x, w.x, sum.x), fused_multiply_add(w.y, w.y, sum.y),
               fused_multiply_add(w.z, w.z, sum.z), fused_multiply_add(w.w, w.w, sum.w)};
      }
      factor = {divide(kScale, sum.x), divide(kScale, sum.y), divide(kScale, sum.z), divide(kScale, sum.w)};
    }
    store(reinterpret_cast<float4*>(to + i),
          {value.x * factor.x, value.y * factor.y, value.z * factor.z, value.w * factor.w});
  }
}

}  // namespace gpuser
