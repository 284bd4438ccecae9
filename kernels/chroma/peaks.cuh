// Peaks of a frame's spectrum S, from which tunings are estimated, by one warp from powers in shared memory.
// S is the power for one use, the magnitude for the other:
//
//   S[k] > S[k-1],  S[k] >= S[k+1],  S[k] > max S / 10,  14 <= k < 372  (150 Hz to 4 kHz)
//   a = S[k+1] + S[k-1] - 2 S[k],  b = (S[k+1] - S[k-1]) / 2,  offset = -b/a, and 0 where |b| >= |a|
//   strength = S[k] + b offset / 2
//   bin = (floor(100 u) + 50) modulo 100,  u = steps an octave * log2((k + offset) / A0)
//
// with 12 steps an octave for powers and 36 for magnitudes, and A0 (27.5 Hz) in bins.
//
// edges     edges[i] is the smallest float not below A0 * 2^((first_edge + i) / 3600), over all positions
//           that occur. They are the edges for 36 steps, and every third is one for 12.
// log_a0    3600 log2(A0)
// strengths (2, batch, frames, kPeakPitch) float32: of powers, then of magnitudes
// bins      (2, batch, frames, kPeakBinPitch) bytes, 0 .. 99
// counts    (2, batch, frames) int32: peaks of each frame
//
// The warp lists what may be a peak for either use, so that its lanes then share the work evenly.
#pragma once

#include "common/device.cuh"

namespace gpuser {

constexpr int kTuningSteps = 100;
constexpr int kEdgesPerOctave = 36 * kTuningSteps;

// No two neighbouring bins of the 358 looked at are both peaks, so a frame has at most 179; they are filled
// up to a multiple of 4 with kNoPeak and bin 0. Pitches are whole sectors.
constexpr int kMostPeaks = 180;
constexpr int kPeakPitch = 184;
constexpr int kPeakBinPitch = 192;

// Bits of a strength that is none: larger than those of any number.
constexpr unsigned kNoPeak = 0x7fffffffu;

constexpr int kFirstPeak = 14;
constexpr int kEndPeak = 372;

// Behind the powers that are looked at, the warp keeps what may be a peak. Peaks go where these were: there
// are never more of them than of candidates before.
constexpr int kPeakWork = 376;

struct PeakWork {
  // Power below a candidate, then strengths of peaks of powers.
  float below[kMostPeaks];
  // Power above it, then strengths of peaks of magnitudes.
  float above[kMostPeaks];
  // Its own power, then histogram bins of peaks of powers, bytes.
  float here[kMostPeaks];
  // Its number, then histogram bins of peaks of magnitudes, bytes.
  int number[kMostPeaks];
};

// A position this near an edge is compared with it; elsewhere the approximate logarithm will do, whose error
// and rounding are far smaller. In edges.
constexpr float kNear = 0.02f;

struct PeakBuffers {
  const float* __restrict__ edges;
  int first_edge;
  float log_a0;
  float* __restrict__ strengths;
  unsigned* __restrict__ bins;
  int* __restrict__ counts;
};

// Number of edges from A0 up to a position, in bins, that has at least one below it.
__device__ __forceinline__ int edges_below(float position, const PeakBuffers& buffers) {
  float at =
      fused_multiply_add(log2_approximate(position), static_cast<float>(kEdgesPerOctave), -buffers.log_a0);
  int edge = static_cast<int>(at);
  float rest = at - static_cast<float>(edge);
  const float* edges = buffers.edges + (edge - buffers.first_edge);
  if (rest < kNear) return position < edges[0] ? edge - 1 : edge;
  if (rest > 1.0f - kNear) return position >= edges[1] ? edge + 1 : edge;
  return edge;
}

// Adds a peak where this lane's candidate is one; returns how many there are then.
__device__ __forceinline__ int add_peak(bool candidate, int k, float below, float here, float above,
                                        float least, int steps, int found, float* strengths,
                                        unsigned char* bins, const PeakBuffers& buffers) {
  bool peak = candidate && here > least && here > below && here >= above;
  unsigned peaks = ballot(peak);
  if (peak) {
    // Differences of neighbouring values that are close have no rounding error.
    float to_below = here - below, to_above = here - above;
    float a = -(to_below + to_above), b = 0.5f * (to_below - to_above);
    float offset = magnitude(b) >= magnitude(a) ? 0.0f : divide(-b, a);
    int step = edges_below(static_cast<float>(k) + offset, buffers) / steps;
    int lane = static_cast<int>(threadIdx.x) % kWarp;
    int place = found + population_count(peaks & ((1u << lane) - 1));
    strengths[place] = fused_multiply_add(0.5f * b, offset, here);
    bins[place] = static_cast<unsigned char>((step + kTuningSteps / 2) % kTuningSteps);
  }
  return found + population_count(peaks);
}

// Writes one use's list of a frame.
__device__ __forceinline__ void write_peaks(float* strengths, unsigned char* bins, int found, long long row,
                                            const PeakBuffers& buffers) {
  int lane = static_cast<int>(threadIdx.x) % kWarp;
  int filled = (found + 3) / 4 * 4;
  if (found + lane < filled) {
    strengths[found + lane] = float_of(kNoPeak);
    bins[found + lane] = 0;
  }
  sync_warp();
  for (int i = lane; i < filled; i += kWarp) buffers.strengths[row * kPeakPitch + i] = strengths[i];
  for (int i = lane; i < filled / 4; i += kWarp)
    buffers.bins[row * (kPeakBinPitch / 4) + i] = reinterpret_cast<const unsigned*>(bins)[i];
  if (lane == 0) buffers.counts[row] = found;
}

// Peaks of frame `row` of `rows` in all. `largest` is the largest power of all bins; powers from kPeakWork on
// are overwritten by a PeakWork. Lanes of one warp; no other may use these powers any more.
__device__ __forceinline__ void find_peaks(float* powers, float largest, long long row, long long rows,
                                           const PeakBuffers& buffers) {
  int lane = static_cast<int>(threadIdx.x) % kWarp;
  PeakWork& work = *reinterpret_cast<PeakWork*>(powers + kPeakWork);
  sync_warp();

  // A little more than what is a peak for either use.
  int count = 0;
  for (int first = kFirstPeak; first < kEndPeak; first += kWarp) {
    int k = first + lane;
    float below = 0.0f, here = 0.0f, above = 0.0f;
    if (k < kEndPeak) {
      below = powers[k - 1];
      here = powers[k];
      above = powers[k + 1];
    }
    bool candidate = here > 0.0099f * largest && here >= below && here >= 0.99999f * above;
    unsigned votes = ballot(candidate);
    int place = count + population_count(votes & ((1u << lane) - 1));
    if (candidate && place < kMostPeaks) {
      work.below[place] = below;
      work.here[place] = here;
      work.above[place] = above;
      work.number[place] = k;
    }
    count += population_count(votes);
  }
  count = count < kMostPeaks ? count : kMostPeaks;
  sync_warp();

  unsigned char* bins_of_powers = reinterpret_cast<unsigned char*>(work.here);
  unsigned char* bins_of_magnitudes = reinterpret_cast<unsigned char*>(work.number);
  int of_powers = 0, of_magnitudes = 0;
  for (int first = 0; first < count; first += kWarp) {
    bool candidate = first + lane < count;
    int at = candidate ? first + lane : first;
    float below = work.below[at], here = work.here[at], above = work.above[at];
    int k = work.number[at];
    sync_warp();
    of_powers = add_peak(candidate, k, below, here, above, 0.1f * largest, 3, of_powers, work.below,
                         bins_of_powers, buffers);
    of_magnitudes =
        add_peak(candidate, k, square_root(below), square_root(here), square_root(above),
                 0.1f * square_root(largest), 1, of_magnitudes, work.above, bins_of_magnitudes, buffers);
    sync_warp();
  }
  write_peaks(work.below, bins_of_powers, of_powers, row, buffers);
  write_peaks(work.above, bins_of_magnitudes, of_magnitudes, rows + row, buffers);
}

}  // namespace gpuser
