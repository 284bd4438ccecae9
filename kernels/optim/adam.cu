// One step of Adam (Kingma and Ba 2015) over all parameters of a network, each value read and written once.
//
//   m = b1 m + (1 - b1) g,   v = b2 v + (1 - b2) g^2
//   p = p - step_size m / (sqrt(v) root_scale + eps),   g = 0
//   step_size = rate / (1 - b1^t),   root_scale = 1 / sqrt(1 - b2^t)
//
// pieces  (blocks) of 5 uint64: addresses of parameter, gradient, mean and square, float32 each, and how many
//         values they have, less than 2^31; pieces do not overlap
//
// Grid (pieces), block kBlock = 256 threads; no shared memory, no barrier. Four values at a time where all
// four addresses allow it, one at a time elsewhere.
#include "common/device.cuh"

namespace gpuser {

constexpr int kBlock = 256;

struct Piece {
  float* parameter;
  float* gradient;
  float* mean;
  float* square;
  unsigned long long count;
};

struct Factors {
  float beta1, beta2, rest1, rest2, step_size, root_scale, epsilon;

  __device__ __forceinline__ void step(float& p, float g, float& m, float& v) const {
    m = m * beta1 + g * rest1;
    v = v * beta2 + g * g * rest2;
    p -= divide(m * step_size, fused_multiply_add(square_root(v), root_scale, epsilon));
  }
};

}  // namespace gpuser

extern "C" __global__ void __launch_bounds__(gpuser::kBlock)
    gpuser_adam_f32(const unsigned long long* __restrict__ pieces, float beta1, float beta2, float rest1,
                    float rest2, float step_size, float root_scale, float epsilon) {
  using namespace gpuser;
  const Piece piece = reinterpret_cast<const Piece*>(pieces)[blockIdx.x];
  const Factors factors = {beta1, beta2, rest1, rest2, step_size, root_scale, epsilon};
  int count = static_cast<int>(piece.count), thread = static_cast<int>(threadIdx.x);

  unsigned long long addresses = reinterpret_cast<unsigned long long>(piece.parameter) |
                                 reinterpret_cast<unsigned long long>(piece.gradient) |
                                 reinterpret_cast<unsigned long long>(piece.mean) |
                                 reinterpret_cast<unsigned long long>(piece.square);
  int vectors = addresses % sizeof(float4) == 0 ? count / 4 : 0;
  for (int i = thread; i < vectors; i += kBlock) {
    float4* parameter = reinterpret_cast<float4*>(piece.parameter) + i;
    float4* gradient = reinterpret_cast<float4*>(piece.gradient) + i;
    float4* mean = reinterpret_cast<float4*>(piece.mean) + i;
    float4* square = reinterpret_cast<float4*>(piece.square) + i;
    float4 p = load(parameter), g = load(gradient), m = load(mean), v = load(square);
    factors.step(p.x, g.x, m.x, v.x);
    factors.step(p.y, g.y, m.y, v.y);
    factors.step(p.z, g.z, m.z, v.z);
    factors.step(p.w, g.w, m.w, v.w);
    store(parameter, p);
    store(mean, m);
    store(square, v);
    store(gradient, {0.0f, 0.0f, 0.0f, 0.0f});
  }
  for (int i = 4 * vectors + thread; i < count; i += kBlock) {
    factors.step(piece.parameter[i], piece.gradient[i], piece.mean[i], piece.square[i]);
    piece.gradient[i] = 0.0f;
  }
}
