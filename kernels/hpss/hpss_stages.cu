// What the fused kernels never write out, for looking at: both masked spectra and both signals.
//
//   harmonic_abs = m |X|,  percussive_abs = (1 - m) |X|;   harmonic_y = h,  percussive_y = y - h
//
// spectrum  (batch, frames, pitch) complex float32, 1,025 of each row used
// masks     (batch, frames, 1,025) float32; both outputs of gpuser_hpss_masked_f32 are laid out alike
// samples   (batch, sample_pitch) float32; `count` of each row are used, and written to both signals' rows
// pieces    the harmonic signal (see tiles.cuh)
//
// Grids (frames, batch) and (ceil(count / 512), batch), block kBlock = 256 threads; no shared memory.
#include "hpss/tiles.cuh"

namespace gpuser {

constexpr int kBlock = 256;

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_hpss_masked_f32(const float2* __restrict__ spectrum, int pitch, const float* __restrict__ masks,
                           float* __restrict__ harmonic, float* __restrict__ percussive) {
  using namespace gpuser;
  long long frame = static_cast<long long>(blockIdx.y) * gridDim.x + blockIdx.x;
  for (int bin = static_cast<int>(threadIdx.x); bin < kBins; bin += kBlock) {
    float2 x = load(spectrum + frame * pitch + bin);
    float size = square_root(fused_multiply_add(x.x, x.x, x.y * x.y));
    long long at = frame * kBins + bin;
    float mask = masks[at];
    harmonic[at] = size * mask;
    percussive[at] = size * (1.0f - mask);
  }
}

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_hpss_signals_f32(const float* __restrict__ samples, int sample_pitch, int count,
                            const float* __restrict__ pieces, int tiles, int tile_frames, int frames,
                            float* __restrict__ harmonic, float* __restrict__ percussive) {
  using namespace gpuser;
  long long signal = static_cast<long long>(blockIdx.y);
  const float* whole = samples + signal * sample_pitch;
  HarmonicHops hop(pieces + signal * tiles * (tile_frames + kOverlap - 1) * kHop,
                   static_cast<int>(blockIdx.x) + kOverlap / 2, frames, tile_frames);
  int base = static_cast<int>(blockIdx.x) * kHop;
  for (int i = static_cast<int>(threadIdx.x); i < kHop && base + i < count; i += kBlock) {
    float part = hop[i];
    harmonic[signal * sample_pitch + base + i] = part;
    percussive[signal * sample_pitch + base + i] = whole[base + i] - part;
  }
}
