// How peaks are kept between the kernels that find them and that estimate tunings from them.
#pragma once

#include "common/device.cuh"

namespace gpuser {

constexpr int kTuningSteps = 100;

// Of each frame: strengths, float32, then, elsewhere, a histogram bin 0 .. 99 for each, a byte. No two
// neighbouring bins of the 358 looked at are both peaks, so there are at most 179; they are filled up to a
// multiple of 4 with kNoPeak and bin 0. Pitches are whole sectors.
constexpr int kMostPeaks = 180;
constexpr int kPeakPitch = 184;
constexpr int kPeakBinPitch = 192;

// Bits of a strength that is none: larger than those of any number.
constexpr unsigned kNoPeak = 0x7fffffffu;

}  // namespace gpuser
