// Harmonic part of a signal by median filtering (Fitzgerald 2010), from spectrum to samples in one kernel.
//
//   P[t, k] = |X[t, k]|^2
//   H[t, k] = median of P[t - 15 .. t + 15, k],  V[t, k] = median of P[t, k - 15 .. k + 15],  edges mirrored
//   m = H / (H + V), one half where both are 0
//   y = sum over frames of w * irfft(m X), divided by the sum of w^2
//
// Roots keep order, so medians of powers are powers of medians, and no root is taken.
//
// spectrum  (batch, frames, pitch) complex float32, 1,025 of each row used
// window    (2048) float32, periodic Hann
// twiddles  complex, those of the forward transform of 2,048 real points (see stft.cu)
// pieces    the harmonic signal (see tiles.cuh)
// masks     (batch, frames, 1,025) float32: m, or null where nobody wants it
//
// Grid (tiles, batch), block kBlock = 256 threads. A block makes the masks of its tile's frames in shared
// memory, where a frame's mask then gives way to its hop of samples:
//   harmonic medians   a thread keeps a bin and reads tile_frames + 30 powers
//   vertical medians   powers of 8 frames at a time; a lane takes 16 neighbouring bins
//   inverse transform  128 threads a frame, half of the tile's frames after one another; what overlaps stays
//                      in registers
//
// gpuser_hpss<R>_f32 takes harmonic medians of a tile's first R frames together, which shares comparisons,
// and of further ones each alone: tile_frames is at least R and at most 32. Dynamic shared memory 4,240 bytes
// a frame of a tile and 36,864 more, static 256. Barriers are reached by all threads.
#include "hpss/inverse.cuh"

namespace gpuser {

static_assert(kPowerRows * kPowerPitch <= kTransforms * 4 * kFourierPitch<kHalf>,
              "powers share the exchanges' room");

template <int kFrames>
__device__ __forceinline__ void hpss(const float2* __restrict__ spectrum, int pitch, int frames,
                                     int tile_frames, const float* window,
                                     const float2* __restrict__ twiddles, float* __restrict__ pieces,
                                     float* __restrict__ masks) {
  extern __shared__ float4 shared[];
  alignas(16) __shared__ int offsets[kOffsets];
  float* tile = reinterpret_cast<float*>(shared);
  float* work = tile + tile_frames * kMaskPitch;

  int thread = static_cast<int>(threadIdx.x);
  int first = static_cast<int>(blockIdx.x) * tile_frames;
  int rows = tile_frames < frames - first ? tile_frames : frames - first;
  const float2* signal = spectrum + static_cast<long long>(blockIdx.y) * frames * pitch;
  const float2* tile_spectrum = signal + static_cast<long long>(first) * pitch;

  for (int i = thread; i < tile_frames + kWindow - 1; i += kBlock)
    offsets[i] = pitch * mirrored(first + i - kReach, frames);
  __syncthreads();
  harmonic_medians<kFrames>(signal, offsets, rows, tile);

  for (int row = 0; row < rows; row += kPowerRows) {
    int count = rows - row < kPowerRows ? rows - row : kPowerRows;
    __syncthreads();
    stage_powers(tile_spectrum + static_cast<long long>(row) * pitch, pitch, count, work);
    __syncthreads();
    vertical_masks(work, count, tile + row * kMaskPitch);
  }
  __syncthreads();

  if (masks != nullptr) {
    float* to = masks + (static_cast<long long>(blockIdx.y) * frames + first) * kBins;
    for (int row = 0; row < rows; row++, to += kBins)
      for (int bin = thread; bin < kBins; bin += kBlock) to[bin] = tile[row * kMaskPitch + mask_place(bin)];
  }

  overlap_add(tile_spectrum, pitch, rows, window, twiddles, tile, reinterpret_cast<float2*>(work));
  long long piece = static_cast<long long>(blockIdx.y) * gridDim.x + blockIdx.x;
  write_hops(tile, first, frames, rows, window, pieces + piece * (tile_frames + kOverlap - 1) * kHop);
}

}  // namespace gpuser

#define GPUSER_HPSS(frames_at_a_time)                                                                      \
  extern "C" __global__ void __launch_bounds__(gpuser::kBlock) gpuser_hpss##frames_at_a_time##_f32(        \
      const float2* __restrict__ spectrum, int pitch, int frames, int tile_frames, const float* window,    \
      const float2* __restrict__ twiddles, float* __restrict__ pieces, float* __restrict__ masks) {        \
    gpuser::hpss<frames_at_a_time>(spectrum, pitch, frames, tile_frames, window, twiddles, pieces, masks); \
  }

GPUSER_HPSS(4)
GPUSER_HPSS(8)
GPUSER_HPSS(17)
