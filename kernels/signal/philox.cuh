// The counter-based generator Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2,
// 3"): any value is made from its number alone.
#pragma once

#include "common/device.cuh"

namespace gpuser {

struct PhiloxBlock {
  unsigned words[4];
};

// The ten rounds on one counter under one key.
__device__ __forceinline__ PhiloxBlock philox(PhiloxBlock counter, unsigned key0, unsigned key1) {
  unsigned c0 = counter.words[0], c1 = counter.words[1], c2 = counter.words[2], c3 = counter.words[3];
#pragma unroll
  for (int round = 0; round < 10; round++) {
    unsigned long long left = 0xD2511F53ull * c0, right = 0xCD9E8D57ull * c2;
    c0 = static_cast<unsigned>(right >> 32) ^ c1 ^ key0;
    c1 = static_cast<unsigned>(right);
    c2 = static_cast<unsigned>(left >> 32) ^ c3 ^ key1;
    c3 = static_cast<unsigned>(left);
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

// A nearly normal value of mean 0 and variance 1 from 128 random bits: the sum of eight uniform 16-bit whole
// numbers, which is exact, so that any machine gets the same float. Its largest magnitude is 4.9.
__device__ __forceinline__ float normal_of(const PhiloxBlock& random) {
  constexpr int kMean = 8 * 65535 / 2;
  constexpr float kScale = 1.86881243e-05f;  // sqrt(12 / (8 (2^32 - 1)))
  int sum = -kMean;
#pragma unroll
  for (int i = 0; i < 4; i++) sum += static_cast<int>((random.words[i] & 0xffff) + (random.words[i] >> 16));
  return static_cast<float>(sum) * kScale;
}

}  // namespace gpuser
