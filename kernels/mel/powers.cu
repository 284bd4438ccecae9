// Power of a complex spectrum for filter banks that are dense matrix products, and what mel.cu, which leaves
// powers in shared memory, finds in them besides: peaks and valleys of octave bands, peaks for tunings.
//
//   P[b, t, k] = |X[b, t, k]|^2
//
// spectrum  (batch, frames, pitch) complex float32, `bins` of each row used; rows 16-byte aligned
// powers    (batch, frames, power_pitch) float32, `bins` of each row written
// bands, band_count, means  see contrast/bands.cuh
// edges, first_edge, log_a0, strengths, bins_of_peaks, counts  see chroma/peaks.cuh
//
// Grid (ceil(frames / 8), batch), block kBlock = 256 threads: a warp takes the frame of its number. Dynamic
// shared memory 8 * shared_pitch floats; shared_pitch is even, at least bins, and 376 + 720 for the search
// for peaks. No barrier.
#include "chroma/peaks.cuh"
#include "contrast/bands.cuh"
#include "mel/powers.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kFrames = kBlock / kWarp;

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_powers_f32(const float2* __restrict__ spectrum, int pitch, int bins, int frames, int shared_pitch,
                      float* __restrict__ powers, int power_pitch, const int* __restrict__ bands,
                      int band_count, float* __restrict__ means, const float* __restrict__ edges,
                      int first_edge, float log_a0, float* __restrict__ strengths,
                      unsigned* __restrict__ bins_of_peaks, int* __restrict__ counts) {
  using namespace gpuser;
  extern __shared__ float4 shared[];

  int warp = static_cast<int>(threadIdx.x) / kWarp, lane = static_cast<int>(threadIdx.x) % kWarp;
  int frame = static_cast<int>(blockIdx.x) * kFrames + warp;
  if (frame >= frames) return;
  long long row = static_cast<long long>(blockIdx.y) * frames + frame;
  float* own = reinterpret_cast<float*>(shared) + warp * shared_pitch;

  float largest = powers_of_frame(spectrum + row * pitch, bins, lane, 0, own);
  sync_warp();
  for (int k = lane; k < bins; k += kWarp) powers[row * power_pitch + k] = own[k];
  means_of_bands(own, bands, band_count, means + row * kBothMeans);
  find_peaks(own, warp_largest(largest), row, static_cast<long long>(gridDim.y) * frames,
             {edges, first_edge, log_a0, strengths, bins_of_peaks, counts});
}
