// From the filters' magnitudes of one octave to the pitch classes of all, and from these to the tonnetz.
//
//   fold   P[b, t, c] += Q[b, t, 3c - 1] + Q[b, t, 3c] + Q[b, t, 3c + 1]   (filters modulo 36; set, not added
//          to, by the top octave)
//   last   P divided by max P (left alone where that is below the smallest normal float), then
//          N[b, t, d] = sum_c J[d, c] P[b, t, c] / sum P
#pragma once

#include "tonnetz/constant_q.cuh"

namespace gpuser {

constexpr int kClasses = 12;
constexpr int kDimensions = 6;
constexpr int kOctaves = 7;
constexpr int kFoldThreads = 256;
constexpr float kSmallestNormal = 1.17549435e-38f;

struct TonnetzBuffers {
  // (batch, frames, 12): P
  float* __restrict__ chroma;
  // (batch, frames, 252): Q in rows from the lowest; may be null
  float* __restrict__ magnitudes;
  // (6, 12): J
  const float* __restrict__ projection;
  // (batch, frames, row_pitch): N goes to columns column .. column + 5
  float* __restrict__ rows;
  int row_pitch;
  int column;
};

// Takes an octave's filters of `in_tile` frames, of which `frame` is the first of all signals'. `filtered`
// and `classes` are shared, `filtered` written before a barrier. All kFoldThreads threads take part; a
// barrier in the last octave, none in the others.
__device__ __forceinline__ void fold_octave(const float (*filtered)[kFilters], float (*classes)[kClasses],
                                            int octave, long long frame, int in_tile,
                                            const TonnetzBuffers& buffers) {
  int thread = static_cast<int>(threadIdx.x);
  bool last = octave == kOctaves - 1;
  if (buffers.magnitudes != nullptr) {
    float* lowest = buffers.magnitudes + frame * (kOctaves * kFilters) + (kOctaves - 1 - octave) * kFilters;
    for (int i = thread; i < in_tile * kFilters; i += kFoldThreads)
      lowest[i / kFilters * (kOctaves * kFilters) + i % kFilters] = filtered[i / kFilters][i % kFilters];
  }
  if (thread < in_tile * kClasses) {
    const float* of_frame = filtered[thread / kClasses];
    int middle = thread % kClasses * 3;
    float sum = of_frame[(middle + kFilters - 1) % kFilters] + of_frame[middle] + of_frame[middle + 1];
    float* to = buffers.chroma + frame * kClasses + thread;
    if (octave > 0) sum += *to;
    if (last) {
      classes[thread / kClasses][thread % kClasses] = sum;
    } else {
      *to = sum;
    }
  }
  if (!last) return;
  __syncthreads();

  if (thread >= in_tile * kClasses) return;
  const float* of_frame = classes[thread / kClasses];
  int c = thread % kClasses;
  float largest = 0.0f;
#pragma unroll
  for (int i = 0; i < kClasses; i++) largest = larger(largest, of_frame[i]);
  float divisor = largest < kSmallestNormal ? 1.0f : largest;
  buffers.chroma[frame * kClasses + thread] = divide(of_frame[c], divisor);
  if (c >= kDimensions) return;

  float sum = 0.0f, projected = 0.0f;
#pragma unroll
  for (int i = 0; i < kClasses; i++) {
    float share = divide(of_frame[i], divisor);
    sum += share;
    projected = fused_multiply_add(buffers.projection[c * kClasses + i], share, projected);
  }
  buffers.rows[(frame + thread / kClasses) * buffers.row_pitch + buffers.column + c] =
      divide(projected, sum < kSmallestNormal ? 1.0f : sum);
}

}  // namespace gpuser
