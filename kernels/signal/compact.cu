// Moves the voiced samples of each signal together, in their order, and sums up their energy.
//
// samples, starts, lengths, marks, counts  as in voiced.cu
// voiced         (batch, voiced_pitch) float32: the voiced samples of each signal
// voiced_lengths (batch) int32: how many
// energies       (batch) int64: sum of x^2 in units of 2^-36 is added, magnitudes above 2 as 2; whole
//                numbers, so that the order of the sums does not matter
//
// Grid and tiles as in voiced.cu, block kBlock = 256 threads: a warp takes every eighth word of marks. Static
// shared memory 288 bytes, one barrier that all threads reach.
#include "common/scan.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kWarps = kBlock / kWarp;
constexpr int kTile = 2048;
constexpr int kTileWords = kTile / kWarp;
constexpr float kLargest = 2.0f;
constexpr float kEnergyUnits = 68719476736.0f;  // 2^36

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_compact_f32(const float* __restrict__ samples, const long long* __restrict__ starts,
                       const int* __restrict__ lengths, const unsigned* __restrict__ marks, int mark_pitch,
                       const int* __restrict__ counts, float* __restrict__ voiced, int voiced_pitch,
                       int* __restrict__ voiced_lengths, long long* __restrict__ energies) {
  using namespace gpuser;
  __shared__ int counts_of_warp[kWarps];
  __shared__ int ends[kTileWords];

  int thread = static_cast<int>(threadIdx.x), warp = thread / kWarp, lane = thread % kWarp;
  int signal = static_cast<int>(blockIdx.y), tile = static_cast<int>(blockIdx.x), first = tile * kTile;
  const int* of_tiles = counts + static_cast<long long>(signal) * gridDim.x;
  bool inside = first < lengths[signal];

  // Where the tile's samples go: behind those of all tiles before it.
  int before = 0;
  for (int i = thread; i < tile; i += kBlock) before += of_tiles[i];
  before = inclusive_sum(before);
  if (lane == kWarp - 1) counts_of_warp[warp] = before;
  const unsigned* words = marks + static_cast<long long>(signal) * mark_pitch + first / kWarp;
  if (warp == 0) {
    int low = inclusive_sum(inside ? population_count(words[lane]) : 0);
    ends[lane] = low;
  } else if (warp == 1) {
    ends[kWarp + lane] = inclusive_sum(inside ? population_count(words[kWarp + lane]) : 0);
  }
  __syncthreads();
  before = 0;
  for (int w = 0; w < kWarps; w++) before += counts_of_warp[w];
  if (tile == static_cast<int>(gridDim.x) - 1 && thread == 0)
    voiced_lengths[signal] = before + of_tiles[tile];
  if (!inside) return;

  const float* row = samples + starts[signal] + first;
  float* to = voiced + static_cast<long long>(signal) * voiced_pitch + before;
  long long energy = 0;
  for (int word = warp; word < kTileWords; word += kWarps) {
    unsigned mark = words[word];
    if ((mark >> lane & 1) == 0) continue;
    float x = row[word * kWarp + lane];
    int place = population_count(mark & ((1u << lane) - 1));
    if (word > 0) place += ends[word - 1];
    if (word > kWarp) place += ends[kWarp - 1];
    to[place] = x;
    float size = magnitude(x);
    size = size < kLargest ? size : kLargest;
    energy += static_cast<long long>(size * size * kEnergyUnits);
  }
  energy = inclusive_sum(energy);
  if (lane == kWarp - 1 && energy != 0) atomic_add(energies + signal, energy);
}
