// Kernels of the emulator's own tests: a stream, a reduction by shuffles, a transform in shared memory, a
// loop of arithmetic. samples.ptx is made from this file, which needs no header, by
//   clang++-19 -x cuda --cuda-device-only --cuda-gpu-arch=sm_70 -Xclang -target-feature -Xclang +ptx64
//   -nocudainc -nocudalib -O3 -S

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
extern "C" {
__device__ inline int tid() { return __nvvm_read_ptx_sreg_tid_x(); }
__device__ inline int bid() { return __nvvm_read_ptx_sreg_ctaid_x(); }
__device__ inline int nt() { return __nvvm_read_ptx_sreg_ntid_x(); }
__global__ void saxpy(const float* x, float* y, float a, int n) {
  int i = bid() * nt() + tid();
  if (i < n) y[i] = a * x[i] + y[i];
}
// Sum of squares of 2,048 values a block, 256 threads.
__global__ void reduce(const float* x, float* out, int n) {
  __shared__ float s[8];
  float v = 0;
  for (int i = bid() * 2048 + tid(); i < (bid() + 1) * 2048 && i < n; i += 256) v += x[i] * x[i];
  for (int o = 16; o; o >>= 1) v += __nvvm_shfl_sync_bfly_f32(0xffffffffu, v, o, 0x1f);
  if ((tid() & 31) == 0) s[tid() >> 5] = v;
  __nvvm_bar_sync(0);
  if (tid() < 32) {
    v = tid() < 8 ? s[tid()] : 0;
    for (int o = 4; o; o >>= 1) v += __nvvm_shfl_sync_bfly_f32(0xffffffffu, v, o, 0x1f);
    if (tid() == 0) out[bid()] = v;
  }
}
// Radix-2 Stockham transform of 1,024 reals a block in shared memory, 256 threads; w: 512 complex roots.
__global__ void fft1024(const float* x, float* y, const float* w) {
  __shared__ float re[2][1024];
  __shared__ float im[2][1024];
  for (int i = tid(); i < 1024; i += 256) {
    re[0][i] = x[bid() * 1024 + i];
    im[0][i] = 0;
  }
  __nvvm_bar_sync(0);
  int src = 0;
  for (int half = 1; half < 1024; half <<= 1) {
    for (int j = tid(); j < 512; j += 256) {
      int k = j & (half - 1);
      int t = k * (512 / half);
      float wr = w[2 * t], wi = w[2 * t + 1];
      float ar = re[src][j], ai = im[src][j], br = re[src][j + 512], bi = im[src][j + 512];
      float cr = br * wr - bi * wi, ci = br * wi + bi * wr;
      int o = ((j - k) << 1) + k;
      re[src ^ 1][o] = ar + cr;
      im[src ^ 1][o] = ai + ci;
      re[src ^ 1][o + half] = ar - cr;
      im[src ^ 1][o + half] = ai - ci;
    }
    __nvvm_bar_sync(0);
    src ^= 1;
  }
  for (int i = tid(); i < 1024; i += 256) {
    y[(bid() * 1024 + i) * 2] = re[src][i];
    y[(bid() * 1024 + i) * 2 + 1] = im[src][i];
  }
}
__global__ void polynomial(const float* x, float* y, int n) {
  int i = bid() * nt() + tid();
  if (i < n) {
    float v = x[i], s = 0;
    for (int k = 0; k < 256; k++) s = s * v + (float)k;
    y[i] = s;
  }
}
}
