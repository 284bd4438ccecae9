// Reflection of a signal at both ends without repeating the edge, as often as needed.
#pragma once

#include "common/device.cuh"

namespace gpuser {

// Samples more than a padded signal has that go into centring it.
constexpr int kCut = 10;

// The sample of a signal of `length` (at least 1) that stands at `i` of one padded to `padded`: the signal
// begins at ceil((padded + 10 - length) / 2).
__device__ __forceinline__ int reflected(int i, int length, int padded) {
  int at = i - (padded + kCut - length + 1) / 2;
  if (at >= 0 && at < length) return at;
  int period = length > 1 ? 2 * (length - 1) : 1;
  int phase = at % period;
  if (phase < 0) phase += period;
  return phase < length ? phase : period - phase;
}

}  // namespace gpuser
