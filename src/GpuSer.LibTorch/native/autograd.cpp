// Gradients: what the engine does that is not an operator, and the modes that switch it.
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

#include "shim.h"

using namespace gpuser;

namespace {

torch::autograd::variable_list list_of(const Handle* handles, int32_t count) {
  torch::autograd::variable_list list;
  list.reserve(count);
  for (int32_t i = 0; i < count; ++i) list.push_back(borrow(handles[i]));
  return list;
}

}  // namespace

// `gradients` may hold null handles (ones for a scalar) or be empty; `inputs` empty means every leaf.
// retain_graph: 0, 1, or -1 for "as create_graph says".
GPUSER_API int32_t gpuser_torch_backward(const Handle* tensors, int32_t count, const Handle* gradients,
                                         int32_t gradient_count, int32_t retain_graph, int32_t create_graph,
                                         const Handle* inputs, int32_t input_count) {
  return guarded([&] {
    auto retain = retain_graph < 0 ? c10::optional<bool>() : c10::optional<bool>(retain_graph != 0);
    torch::autograd::backward(list_of(tensors, count), list_of(gradients, gradient_count), retain,
                              create_graph != 0, list_of(inputs, input_count));
    return 0;
  });
}

// d(outputs)/d(inputs), one result for each input; an unused input's is null where that is allowed.
GPUSER_API int32_t gpuser_torch_gradients(const Handle* outputs, int32_t output_count, const Handle* inputs,
                                          int32_t input_count, const Handle* gradients,
                                          int32_t gradient_count, int32_t retain_graph, int32_t create_graph,
                                          int32_t allow_unused, Handle* results) {
  return guarded([&] {
    auto found = torch::autograd::grad(list_of(outputs, output_count), list_of(inputs, input_count),
                                       list_of(gradients, gradient_count), retain_graph != 0,
                                       create_graph != 0, allow_unused != 0);
    for (size_t i = 0; i < found.size(); ++i) results[i] = release(std::move(found[i]));
    return 0;
  });
}

GPUSER_API int32_t gpuser_torch_get_grad(Handle handle, Handle* result) {
  return guarded([&] {
    *result = release(at::Tensor(borrow(handle).grad()));
    return 0;
  });
}

GPUSER_API int32_t gpuser_torch_set_grad(Handle handle, Handle gradient) {
  return guarded([&] {
    borrow(handle).mutable_grad() = borrow(gradient);
    return 0;
  });
}

GPUSER_API int32_t gpuser_torch_set_requires_grad(Handle handle, int32_t requires_grad) {
  return guarded([&] {
    borrow(handle).set_requires_grad(requires_grad != 0);
    return 0;
  });
}

GPUSER_API int32_t gpuser_torch_grad_enabled() { return c10::GradMode::is_enabled() ? 1 : 0; }

GPUSER_API void gpuser_torch_set_grad_enabled(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }

GPUSER_API int32_t gpuser_torch_inference_mode_enabled() { return c10::InferenceMode::is_enabled() ? 1 : 0; }

GPUSER_API int32_t gpuser_torch_enter_inference_mode(int32_t enabled, void** guard) {
  return guarded([&] {
    *guard = new c10::InferenceMode(enabled != 0);
    return 0;
  });
}

GPUSER_API void gpuser_torch_leave_inference_mode(void* guard) {
  delete static_cast<c10::InferenceMode*>(guard);
}
