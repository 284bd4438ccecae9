// Mel filter bank on the power of a complex spectrum, the peaks and valleys of its octave bands, and the
// peaks that tunings are estimated from: what needs all of a frame's powers is made where they are, since
// reading them is what costs.
//
//   S[b, t, m] = sum_k W[m, k] |X[b, t, k]|^2
//
// spectrum  (batch, frames, pitch) complex float32, `bins` of each row used; rows 16-byte aligned
// starts    (mels) first bin of each filter, a multiple of 4; mels is a multiple of 8
// offsets   (mels + 1) where each filter's weights begin, multiples of 16: filters are filled up with zeros
// weights   (offsets[mels]) float32
// rows      (batch, frames, row_pitch) float32: S goes to columns column .. column + mels - 1; both multiples
//           of 8
// maxima    (batch, blocks along x) float32: largest S of each block's frames, 0 at least; may be null
// bands     (band_count, 4) int32, and
// means     (batch, frames, 2, 8) float32: see contrast/bands.cuh; band_count may be 0
// edges, first_edge, log_a0, strengths, bins_of_peaks, counts  see chroma/peaks.cuh
//
// Grid (ceil(frames / 8), batch), block kBlock = 256 threads: a warp turns the frame of its number into
// powers, then takes every eighth group of eight filters for all eight frames, four lanes a frame, four bins
// a lane at once, and at last its own frame's bands and peaks. Dynamic shared memory 8 * power_pitch floats.
// power_pitch is at least bins + 15, for the zeros that filters are filled up with, and 376 + 720, for the
// search for peaks, and 16 modulo 32: a quarter warp's two frames by sixteen bins then lie in 32 banks. Two
// barriers.
#include "chroma/peaks.cuh"
#include "contrast/bands.cuh"
#include "mel/powers.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kFrames = kBlock / kWarp;
constexpr int kParts = kWarp / kFrames;
constexpr int kStep = 4 * kParts;
constexpr int kFilters = 2 * kParts;

// This lane's part of one filter for one frame.
__device__ __forceinline__ float partial_sum(const float* powers, const float* __restrict__ weights, int i,
                                             int end) {
  float sum = 0.0f;
  for (; i < end; i += kStep, powers += kStep) {
    float4 w = load(reinterpret_cast<const float4*>(weights + i));
    float4 p = load(reinterpret_cast<const float4*>(powers));
    sum = fused_multiply_add(w.x, p.x, sum);
    sum = fused_multiply_add(w.y, p.y, sum);
    sum = fused_multiply_add(w.z, p.z, sum);
    sum = fused_multiply_add(w.w, p.w, sum);
  }
  return sum;
}

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_mel_f32(const float2* __restrict__ spectrum, int pitch, int bins, int frames,
                   const int* __restrict__ starts, const int* __restrict__ offsets,
                   const float* __restrict__ weights, int mels, int power_pitch, float* __restrict__ rows,
                   int row_pitch, int column, float* __restrict__ maxima, const int* __restrict__ bands,
                   int band_count, float* __restrict__ means, const float* __restrict__ edges, int first_edge,
                   float log_a0, float* __restrict__ strengths, unsigned* __restrict__ bins_of_peaks,
                   int* __restrict__ counts) {
  using namespace gpuser;
  extern __shared__ float4 shared[];
  __shared__ float largest_of_warp[kFrames];
  float* powers = reinterpret_cast<float*>(shared);

  int thread = static_cast<int>(threadIdx.x);
  int warp = thread / kWarp, lane = thread % kWarp;
  int tile = static_cast<int>(blockIdx.x) * kFrames;
  long long first = static_cast<long long>(blockIdx.y) * frames + tile;

  float largest_power = 0.0f;
  if (tile + warp < frames) {
    largest_power = powers_of_frame(spectrum + (first + warp) * pitch, bins, lane, kStep - 1,
                                    powers + warp * power_pitch);
  } else {
    for (int k = lane; k < bins + kStep - 1; k += kWarp) powers[warp * power_pitch + k] = 0.0f;
  }
  __syncthreads();

  int slot = lane / kParts, part = lane % kParts;
  bool upper = part >= kParts / 2, odd = part % 2 != 0, present = tile + slot < frames;
  const float* mine = powers + slot * power_pitch + 4 * part;
  float* out = rows + (first + slot) * row_pitch + column + 2 * part;
  float largest = 0.0f;
  for (int m = warp * kFilters; m < mels; m += kFrames * kFilters) {
    float sums[kFilters];
#pragma unroll
    for (int i = 0; i < kFilters; i++)
      sums[i] = partial_sum(mine + starts[m + i], weights + 4 * part, offsets[m + i], offsets[m + i + 1]);

    // The four lanes of a frame add up their parts so that each ends with two of the eight filters.
    float four[kFilters / 2];
#pragma unroll
    for (int i = 0; i < kFilters / 2; i++) {
      float low = sums[i], high = sums[i + kFilters / 2];
      four[i] = (upper ? high : low) + shuffle_xor(upper ? low : high, 2);
    }
    float2 two;
    two.x = (odd ? four[2] : four[0]) + shuffle_xor(odd ? four[0] : four[2], 1);
    two.y = (odd ? four[3] : four[1]) + shuffle_xor(odd ? four[1] : four[3], 1);
    largest = larger(largest, larger(two.x, two.y));
    if (present) store(reinterpret_cast<float2*>(out + m), two);
  }

  largest = warp_largest(largest);
  if (lane == 0) largest_of_warp[warp] = largest;
  __syncthreads();
  if (warp == 0 && maxima != nullptr) {
    largest = warp_largest(largest_of_warp[lane % kFrames]);
    if (lane == 0) maxima[blockIdx.y * gridDim.x + blockIdx.x] = largest;
  }
  if (tile + warp >= frames) return;

  powers += warp * power_pitch;
  means_of_bands(powers, bands, band_count, means + (first + warp) * kBothMeans);
  find_peaks(powers, warp_largest(largest_power), first + warp, static_cast<long long>(gridDim.y) * frames,
             {edges, first_edge, log_a0, strengths, bins_of_peaks, counts});
}
