// How the harmonic signal lies between the kernel that makes it and those that read it.
//
// A tile is a run of `tile_frames` frames of one signal (fewer in its last tile). Overlap-added, n frames
// cover n + 3 hops of 512 samples, counted from the 1,024 zeros before the signal: frame t covers hops t .. t
// + 3. Tiles keep their hops apart, already divided by the sum of the squared windows; each hop lies in one
// tile, or in two whose values add up.
//
//   pieces  (batch, tiles, tile_frames + 3, 512) float32
#pragma once

#include "common/device.cuh"

namespace gpuser {

constexpr int kSize = 2048;
constexpr int kHop = 512;
constexpr int kBins = kSize / 2 + 1;
constexpr int kOverlap = kSize / kHop;

// The tile of a frame, that of the nearest frame where there is none of that number.
__device__ __forceinline__ int tile_of(int frame, int frames, int tile_frames) {
  int present = frame < 0 ? 0 : frame < frames ? frame : frames - 1;
  return present / tile_frames;
}

// One signal's pieces.
struct Pieces {
  const float* first;
  int frames;
  int tile_frames;

  // Where tile `tile` keeps hop `hop`.
  __device__ __forceinline__ const float* at(int tile, int hop) const {
    long long row = static_cast<long long>(tile) * (tile_frames + kOverlap - 1) + (hop - tile * tile_frames);
    return first + row * kHop;
  }
};

// A hop of one signal, 0 .. 511 its samples.
struct HarmonicHop {
  const float* one;
  const float* other;

  __device__ __forceinline__ HarmonicHop(const Pieces& pieces, int hop) {
    int early = tile_of(hop - kOverlap + 1, pieces.frames, pieces.tile_frames);
    int late = tile_of(hop, pieces.frames, pieces.tile_frames);
    one = pieces.at(early, hop);
    other = late == early ? nullptr : pieces.at(late, hop);
  }

  __device__ __forceinline__ float operator[](int sample) const {
    return other == nullptr ? one[sample] : one[sample] + other[sample];
  }
};

}  // namespace gpuser
