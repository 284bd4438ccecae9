// How the harmonic signal lies between the kernel that makes it and those that read it.
//
// A tile is a run of `tile_frames` frames of one signal (fewer in its last tile). Hops of 512 samples are
// counted from the 1,024 zeros before the signal: frame t covers hops t to t + 3, so n frames cover n + 3.
// Tiles keep their hops apart, already divided by the sum of the squared windows; each hop lies in one tile,
// or in two whose values add up.
//
//   pieces  (batch, tiles, tile_frames + 3, 512) float32
#pragma once

#include "common/device.cuh"

namespace gpuser {

constexpr int kSize = 2048;
constexpr int kHop = 512;
constexpr int kBins = kSize / 2 + 1;
constexpr int kOverlap = kSize / kHop;

// Walks over one signal's hops. Tile i keeps hop h in row h + 3 i of the signal's pieces, so the rows of a
// hop that lies in two tiles are three apart.
class HarmonicHops {
 public:
  // Stands at hop `hop`; `pieces` are the signal's.
  __device__ __forceinline__ HarmonicHops(const float* pieces, int hop, int frames, int tile_frames)
      : hop_(hop), frames_(frames), tile_frames_(tile_frames) {
    int earliest = hop - kRowsBetween, present = earliest < 0 ? 0 : earliest < frames ? earliest : frames - 1;
    int tile = present / tile_frames;
    next_tile_ = (tile + 1) * tile_frames;
    row_ = pieces + static_cast<long long>(hop + kRowsBetween * tile) * kHop;
  }

  __device__ __forceinline__ float operator[](int sample) const {
    bool in_two = hop_ >= next_tile_ && next_tile_ < frames_;
    return in_two ? row_[sample] + row_[sample + kRowsBetween * kHop] : row_[sample];
  }

  // Goes on to the next hop.
  __device__ __forceinline__ void advance() {
    hop_++;
    row_ += kHop;
    if (hop_ - kRowsBetween == next_tile_ && next_tile_ < frames_) {
      next_tile_ += tile_frames_;
      row_ += kRowsBetween * kHop;
    }
  }

 private:
  static constexpr int kRowsBetween = kOverlap - 1;
  const float* row_;
  int hop_, frames_, tile_frames_, next_tile_;
};

}  // namespace gpuser
