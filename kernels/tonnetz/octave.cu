// One octave of the constant-Q transform and, in the same launch, the halved signal of the octave below: both
// read only the octave's own signal. Octaves run from the top, o = 0, to the lowest; each adds its bins to
// the pitch classes, and the lowest makes the tonnetz of them (see
// fold.cuh).
//
// samples     (batch, sample_pitch) float32, from sample 0 on: the octave's signals, ceil(count / 2^o) of
// each
//             used; below the top octave with 512 zeros on either side, 16-byte aligned
// count       samples of each signal at full rate, for the top octave
// count_cell  one int32: the top octave leaves `count` there for the others
// halved      (batch, halved_pitch) float32, from sample 0 on: the halved signals, with zeros after them to
//             halved_pitch - 513 and 512 before; unused where there are no halving tiles
// tunings     (batch) int32
// spans       (100, 36) int32, weights (100, 36, stride) complex: the filters (see constant_q.cuh)
// chroma      (batch, frames, 12) float32: P
// magnitudes  (batch, frames, 252) float32: Q in rows from the lowest; may be null
// projection  (6, 12) float32: J
// rows        (batch, frames, row_pitch) float32: the last octave writes N to columns column .. column + 5
//
// Grid (halving_tiles + ceil(frames / 4), batch): blocks with x < halving_tiles halve, the others transform
// (see halving.cuh and constant_q.cuh). Block kBlock = 256 threads. Static shared memory 37,632 bytes. All
// threads of a block go the same way and reach all its barriers.
#include "tonnetz/constant_q.cuh"
#include "tonnetz/fold.cuh"
#include "tonnetz/halving.cuh"

namespace gpuser {

constexpr int kBlock = 256;

union OctaveShared {
  HalvingShared halving;
  ConstantQShared constant_q;
};

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_octave_f32(const float* __restrict__ samples, int sample_pitch, int count,
                      int* __restrict__ count_cell, int octave, int hop, int frames, int halving_tiles,
                      const float* __restrict__ taps, float* __restrict__ halved, int halved_pitch,
                      const float2* __restrict__ twiddles, const int* __restrict__ tunings,
                      const int* __restrict__ spans, const float2* __restrict__ weights, int stride,
                      float scale, float* __restrict__ chroma, float* __restrict__ magnitudes,
                      const float* __restrict__ projection, float* __restrict__ rows, int row_pitch,
                      int column) {
  using namespace gpuser;
  __shared__ OctaveShared shared;
  __shared__ float filtered[kConstantQFrames][kFilters];
  __shared__ float classes[kConstantQFrames][kClasses];

  int thread = static_cast<int>(threadIdx.x), signal = static_cast<int>(blockIdx.y);
  const float* row = samples + static_cast<long long>(signal) * sample_pitch;
  if (octave > 0) {
    count = *count_cell;
  } else if (thread == 0 && blockIdx.x == 0 && signal == 0) {
    *count_cell = count;
  }
  int present = (count + (1 << octave) - 1) >> octave;
  int tile = static_cast<int>(blockIdx.x) - halving_tiles;
  if (tile < 0) {
    halve(row, present, taps, static_cast<int>(blockIdx.x),
          halved + static_cast<long long>(signal) * halved_pitch, halved_pitch - kMargin, shared.halving);
    return;
  }

  int first = tile * kConstantQFrames;
  int tuning = tunings[signal];
  FilterBank bank = {spans + tuning * kFilters, weights + tuning * kFilters * stride, stride};
  const float2* spectra =
      constant_q_spectra(row, present, octave > 0, hop, first, frames, twiddles, shared.constant_q);
  constant_q_filters(spectra, bank, scale, filtered);
  __syncthreads();

  fold_octave(filtered, classes, octave, static_cast<long long>(signal) * frames + first,
              frames - first < kConstantQFrames ? frames - first : kConstantQFrames,
              {chroma, magnitudes, projection, rows, row_pitch, column});
}
