// Harmonic part of a signal by median filtering (Fitzgerald 2010), from its spectrum to its samples in one
// kernel.
//
//   P[t, k] = |X[t, k]|^2
//   H[t, k] = median of P[t - 15 .. t + 15, k],   V[t, k] = median of P[t, k - 15 .. k + 15],   edges
//   mirrored m = H / (H + V), one half where both are 0 y = sum over frames of w * irfft(m X), divided by the
//   sum of w^2
//
// Roots keep order, so medians of powers are powers of medians, and no root is taken.
//
// spectrum  (batch, frames, pitch) complex float32, 1,025 of each row used; rows 16-byte aligned
// window    (2048) float32, periodic Hann
// twiddles  complex, those of the forward transform of 2,048 real points (see stft.cu)
// pieces    the harmonic signal (see tiles.cuh)
// masks     (batch, frames, 1,025) float32: m, or null where nobody wants it
//
// Grid (tiles, batch), block kBlock = 256 threads. A block makes the masks of its tile's frames in shared
// memory, where a frame's mask then gives way to its hop of samples:
//   harmonic medians   a thread keeps a bin and reads tile_frames + 30 powers;
//   vertical medians   powers of 8 frames at a time; half a warp's lanes take 16 neighbouring bins each;
//   inverse transform  128 threads a frame, half of the tile's frames after one another, which overlap in
//   registers.
//
// gpuser_hpss<R>_f32 takes harmonic medians R frames at a time: tile_frames is at least R and at most 32.
// Large R shares more comparisons, small R needs less memory. Dynamic shared memory 4,240 tile_frames +
// 36,864 bytes. Barriers are reached by all threads.
#include "hpss/median.cuh"
#include "hpss/tiles.cuh"
#include "stft/fourier.cuh"

namespace gpuser {

constexpr int kBlock = 256;
constexpr int kWarps = kBlock / kWarp;
constexpr int kMostTileFrames = 32;
constexpr int kReach = kWindow / 2;

constexpr int kHalf = kSize / 2;
constexpr int kTransformThreads = kHalf / kPointsPerThread;
constexpr int kTransforms = kBlock / kTransformThreads;
constexpr int kPairs = kPointsPerThread / 2;
constexpr int kTwiddles = kHalf - kPointsPerThread;

// Bin k of a mask lies at k + k/32: lanes with neighbouring bins, and lanes 16 bins apart, use different
// banks.
constexpr int kMaskPitch = 1060;
__device__ __forceinline__ int mask_place(int bin) { return bin + bin / kWarp; }

// Bin k of a row of powers lies at u + u/16, u = k + 16: lanes 16 bins apart use different banks, and the 15
// mirrored values before bin 0 have room.
constexpr int kRun = 16;
constexpr int kPowerPitch = 1121;
constexpr int kPowerRows = 8;
__device__ __forceinline__ constexpr int power_place(int bin) { return bin + kRun + (bin + kRun) / kRun; }

static_assert(kPowerRows * kPowerPitch <= kTransforms * 4 * kFourierPitch<kHalf>,
              "powers share the exchanges' room");

__device__ __forceinline__ float power_of(float2 x) { return fused_multiply_add(x.x, x.x, x.y * x.y); }

// Halving keeps the sum finite.
__device__ __forceinline__ float soft_mask(float harmonic, float vertical) {
  float part = 0.5f * harmonic, whole = fused_multiply_add(0.5f, vertical, part);
  return whole > 0.0f ? divide(part, whole) : 0.5f;
}

// Frame i of a signal that is mirrored at both ends, its ends repeated.
__device__ __forceinline__ int mirrored(int i, int frames) {
  int period = 2 * frames;
  i %= period;
  if (i < 0) i += period;
  return i < frames ? i : period - 1 - i;
}

// Where the frames around the tile are, in complex values from the signal's first: entry i is frame i - 15.
constexpr int kOffsets = (kMostTileFrames + kWindow - 1 + 3) / 4 * 4;
struct alignas(16) FourOffsets {
  int of[4];
};

// Harmonic medians of the tile's first `rows` frames, at the masks' places: kFrames at a time, what is left
// one by one.
template <int kFrames>
__device__ __forceinline__ void harmonic_medians(const float2* __restrict__ spectrum, const int* offsets,
                                                 int rows, float* masks) {
  constexpr int kRead = kFrames + kWindow - 1;
  for (int bin = static_cast<int>(threadIdx.x); bin < kBins; bin += kBlock) {
    compiler_fence();
    const float2* column = spectrum + bin;
    float* to = masks + mask_place(bin);
    float x[kRead];
#pragma unroll
    for (int i = 0; i < kRead; i += 4) {
      FourOffsets four = *reinterpret_cast<const FourOffsets*>(offsets + i);
#pragma unroll
      for (int k = 0; k < 4; k++)
        if (i + k < kRead) x[i + k] = power_of(load(column + four.of[k]));
    }
    medians<kFrames>(x, [&](int j, float median) { to[j * kMaskPitch] = median; });
    for (int row = kFrames; row < rows; row++) {
      float window[kWindow];
#pragma unroll
      for (int i = 0; i < kWindow; i++) window[i] = power_of(load(column + offsets[row + i]));
      medians<1>(window, [&](int, float median) { to[row * kMaskPitch] = median; });
    }
  }
}

// Powers of `count` frames with their mirrored margins.
__device__ __forceinline__ void stage_powers(const float2* __restrict__ frame, int pitch, int count,
                                             float* powers) {
  constexpr int kRounds = (kBins - 1) / kBlock;
  int thread = static_cast<int>(threadIdx.x);
  for (int row = 0; row < count; row++, frame += pitch, powers += kPowerPitch) {
#pragma unroll
    for (int i = 0; i < kRounds; i++) {
      int bin = thread + i * kBlock;
      float value = power_of(load(frame + bin));
      powers[power_place(bin)] = value;
      if (i == 0 && bin < kReach) powers[power_place(-1 - bin)] = value;
      if (i == kRounds - 1 && bin > kBins - 1 - kReach) powers[power_place(2 * kBins - 1 - bin)] = value;
    }
    if (thread == 0) {
      float value = power_of(load(frame + kBins - 1));
      powers[power_place(kBins - 1)] = powers[power_place(kBins)] = value;
    }
  }
}

// Turns harmonic medians of `count` frames into masks.
__device__ __forceinline__ void vertical_masks(const float* powers, int count, float* masks) {
  constexpr int kRunsPerFrame = (kBins - 1) / (kWarp * kRun);
  int warp = static_cast<int>(threadIdx.x) / kWarp, lane = static_cast<int>(threadIdx.x) % kWarp;
  for (int run = warp; run < count * kRunsPerFrame; run += kWarps) {
    int row = run / kRunsPerFrame, first = (run % kRunsPerFrame * kWarp + lane) * kRun;
    const float* from = powers + row * kPowerPitch + first + first / kRun;
    float* to = masks + row * kMaskPitch + mask_place(first);
    float x[kRun + kWindow - 1];
#pragma unroll
    for (int i = 0; i < kRun + kWindow - 1; i++) x[i] = from[power_place(i - kReach)];
    medians<kRun>(x, [&](int j, float median) { to[j] = soft_mask(to[j], median); });
  }

  // The last bin of each frame is left over; a lane takes a frame.
  if (warp == kWarps - 1 && lane < count) {
    const float* from = powers + lane * kPowerPitch;
    float* to = masks + lane * kMaskPitch + mask_place(kBins - 1);
    float x[kWindow];
#pragma unroll
    for (int i = 0; i < kWindow; i++) x[i] = from[power_place(kBins - 1 + i - kReach)];
    medians<1>(x, [&](int, float median) { *to = soft_mask(*to, median); });
  }
}

// Thread j's points of the packed spectrum of m X, conjugated, so that a forward transform inverts it:
//   conj Z[k] = (B + conj A) - i (conj A - B) W^k,   A = m X[k], B = m X[M - k],   W = exp(-2 pi i / N)
// and its partner, conj Z[M - k], is the conjugate with the other sign. `room` takes the partners.
__device__ __forceinline__ void load_masked(const float2* __restrict__ frame, const float* mask,
                                            const float2* __restrict__ turns, int j, float2* room,
                                            float2 (&v)[kPointsPerThread]) {
#pragma unroll
  for (int q = 0; q < kPairs; q++) {
    int k = j + q * kTransformThreads;
    float2 low = load(frame + k), high = load(frame + (kHalf - k));
    float low_mask = mask[mask_place(k)], high_mask = mask[mask_place(kHalf - k)];
    float2 a = {low.x * low_mask, -(low.y * low_mask)}, b = {high.x * high_mask, high.y * high_mask};
    float2 sum = a + b, turned = quarter_turn((a - b) * load(turns + k));
    v[q] = sum + turned;
    store(room + (kHalf / 2 - k), {sum.x - turned.x, turned.y - sum.y});
  }
  if (j == 0) {
    float2 middle = load(frame + kHalf / 2);
    float twice = 2.0f * mask[mask_place(kHalf / 2)];
    store(room, {twice * middle.x, twice * middle.y});
  }
}

// Inverse transforms of the tile's frames, overlapped: hop h of the tile to the start of mask row h, the
// three after the last frame's to the upper halves of rows 0, 1 and 2.
__device__ __forceinline__ void overlap_add(const float2* __restrict__ frames, int pitch, int rows,
                                            const float* __restrict__ window,
                                            const float2* __restrict__ twiddles, float* masks,
                                            float2* exchanges) {
  int thread = static_cast<int>(threadIdx.x);
  int slot = thread / kTransformThreads, j = thread % kTransformThreads;
  int run = (rows + kTransforms - 1) / kTransforms;
  int first = slot * run, end = first + run < rows ? first + run : rows;
  float2* current = exchanges + slot * 2 * kFourierPitch<kHalf>;
  float2* other = current + kFourierPitch<kHalf>;
  auto hop_at = [&](int hop) {
    float* row = hop < rows ? masks + hop * kMaskPitch : masks + (hop - rows) * kMaskPitch + kHop;
    return reinterpret_cast<float2*>(row) + j;
  };

  // Samples 2 (j + 128 q) and the next of a frame belong to this thread; from one frame to the next q moves
  // by two.
  float2 sums[kPointsPerThread] = {};
  for (int round = 0; round < run; round++) {
    int frame = first + round;
    bool present = frame < end;
    float2 v[kPointsPerThread] = {};
    if (present)
      load_masked(frames + static_cast<long long>(frame) * pitch, masks + frame * kMaskPitch,
                  twiddles + kTwiddles, j, other, v);
    __syncthreads();
    if (present) {
#pragma unroll
      for (int q = 0; q < kPairs; q++) v[q + kPairs] = load(other + j + q * kTransformThreads);
    }
    fourier_passes<kHalf, 1>(v, j, current, other, twiddles);
    if (!present) continue;

    const float2* weights = reinterpret_cast<const float2*>(window) + j;
#pragma unroll
    for (int q = 0; q < kPointsPerThread; q++) {
      float2 weight = load(weights + q * kTransformThreads);
      sums[q].x = fused_multiply_add(weight.x, v[q].x, sums[q].x);
      sums[q].y = fused_multiply_add(-weight.y, v[q].y, sums[q].y);
    }
    float2* hop = hop_at(frame);
    store(hop, sums[0]);
    store(hop + kTransformThreads, sums[1]);
#pragma unroll
    for (int q = 0; q < kPointsPerThread; q++)
      sums[q] = q + 2 < kPointsPerThread ? sums[q + 2] : float2{0.0f, 0.0f};
  }

  // What each run leaves for the hops after it, in the order of the runs.
  if (slot == 0) {
    for (int h = rows; h < rows + kOverlap - 1; h++) {
      store(hop_at(h), {0.0f, 0.0f});
      store(hop_at(h) + kTransformThreads, {0.0f, 0.0f});
    }
  }
  for (int turn = 0; turn < kTransforms; turn++) {
    __syncthreads();
    if (slot != turn || first >= end) continue;
#pragma unroll
    for (int h = 0; h < kOverlap - 1; h++) {
      float2* hop = hop_at(end + h);
      store(hop, load(hop) + sums[2 * h]);
      store(hop + kTransformThreads, load(hop + kTransformThreads) + sums[2 * h + 1]);
    }
  }
  __syncthreads();
}

// Writes the tile's hops, divided by the sum of the squared windows and by the transform's scale. Hops that
// lie wholly before or after the signal are nobody's.
__device__ __forceinline__ void write_hops(const float* masks, int first_frame, int frames, int rows,
                                           const float* __restrict__ window, float* __restrict__ to) {
  constexpr float kScale = 1.0f / kSize;
  constexpr float kSumOfSquares = 1.5f;  // of Hann windows a quarter of their length apart
  for (int i = 4 * static_cast<int>(threadIdx.x); i < (rows + kOverlap - 1) * kHop; i += 4 * kBlock) {
    int h = i / kHop, sample = i % kHop, hop = first_frame + h;
    if (hop < kOverlap / 2 || hop > frames + 1) continue;
    const float* row = h < rows ? masks + h * kMaskPitch : masks + (h - rows) * kMaskPitch + kHop;
    float4 value = load(reinterpret_cast<const float4*>(row + sample));
    float4 factor = {kScale / kSumOfSquares, kScale / kSumOfSquares, kScale / kSumOfSquares,
                     kScale / kSumOfSquares};
    if (hop < kOverlap - 1 || hop >= frames) {
      float4 sum = {};
      for (int d = 0; d < kOverlap; d++) {
        if (hop - d < 0 || hop - d >= frames) continue;
        float4 w = load(reinterpret_cast<const float4*>(window + d * kHop + sample));
        sum = {fused_multiply_add(w.x, w.x, sum.x), fused_multiply_add(w.y, w.y, sum.y),
               fused_multiply_add(w.z, w.z, sum.z), fused_multiply_add(w.w, w.w, sum.w)};
      }
      factor = {divide(kScale, sum.x), divide(kScale, sum.y), divide(kScale, sum.z), divide(kScale, sum.w)};
    }
    store(reinterpret_cast<float4*>(to + i),
          {value.x * factor.x, value.y * factor.y, value.z * factor.z, value.w * factor.w});
  }
}

template <int kFrames>
__device__ __forceinline__ void hpss(const float2* __restrict__ spectrum, int pitch, int frames,
                                     int tile_frames, const float* __restrict__ window,
                                     const float2* __restrict__ twiddles, float* __restrict__ pieces,
                                     float* __restrict__ masks) {
  extern __shared__ float4 shared[];
  alignas(16) __shared__ int offsets[kOffsets];
  float* tile = reinterpret_cast<float*>(shared);
  float* work = tile + tile_frames * kMaskPitch;

  int thread = static_cast<int>(threadIdx.x);
  int first = static_cast<int>(blockIdx.x) * tile_frames;
  int rows = tile_frames < frames - first ? tile_frames : frames - first;
  const float2* signal = spectrum + static_cast<long long>(blockIdx.y) * frames * pitch;
  const float2* tile_spectrum = signal + static_cast<long long>(first) * pitch;

  for (int i = thread; i < tile_frames + kWindow - 1; i += kBlock)
    offsets[i] = pitch * mirrored(first + i - kReach, frames);
  __syncthreads();
  harmonic_medians<kFrames>(signal, offsets, rows, tile);

  for (int row = 0; row < rows; row += kPowerRows) {
    int count = rows - row < kPowerRows ? rows - row : kPowerRows;
    __syncthreads();
    stage_powers(tile_spectrum + static_cast<long long>(row) * pitch, pitch, count, work);
    __syncthreads();
    vertical_masks(work, count, tile + row * kMaskPitch);
  }
  __syncthreads();

  if (masks != nullptr) {
    float* to = masks + (static_cast<long long>(blockIdx.y) * frames + first) * kBins;
    for (int row = 0; row < rows; row++, to += kBins)
      for (int bin = thread; bin < kBins; bin += kBlock) to[bin] = tile[row * kMaskPitch + mask_place(bin)];
  }

  overlap_add(tile_spectrum, pitch, rows, window, twiddles, tile, reinterpret_cast<float2*>(work));
  long long piece = static_cast<long long>(blockIdx.y) * gridDim.x + blockIdx.x;
  write_hops(tile, first, frames, rows, window, pieces + piece * (tile_frames + kOverlap - 1) * kHop);
}

}  // namespace gpuser

#define GPUSER_HPSS(frames_at_a_time)                                                                      \
  extern "C" __global__ void __launch_bounds__(gpuser::kBlock) gpuser_hpss##frames_at_a_time##_f32(        \
      const float2* __restrict__ spectrum, int pitch, int frames, int tile_frames,                         \
      const float* __restrict__ window, const float2* __restrict__ twiddles, float* __restrict__ pieces,   \
      float* __restrict__ masks) {                                                                         \
    gpuser::hpss<frames_at_a_time>(spectrum, pitch, frames, tile_frames, window, twiddles, pieces, masks); \
  }

GPUSER_HPSS(4)
GPUSER_HPSS(8)
GPUSER_HPSS(17)
