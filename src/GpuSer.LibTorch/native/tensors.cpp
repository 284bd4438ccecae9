// A tensor's lifetime, and what ATen answers by methods instead of operators.
#include <ATen/ops/from_blob.h>
#include <c10/util/Exception.h>

#include "shim.h"

using namespace gpuser;

namespace {

at::Tensor defined(Handle handle) {
  auto tensor = borrow(handle);
  TORCH_CHECK(tensor.defined(), "the tensor is undefined");
  return tensor;
}

}  // namespace

GPUSER_API void gpuser_torch_dispose(Handle handle) {
  // Dropping the owned reference is all; a destructor does not throw.
  c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(handle);
  live_handles.fetch_sub(1, std::memory_order_relaxed);
}

GPUSER_API int64_t gpuser_torch_live_handles() { return live_handles.load(std::memory_order_relaxed); }

// A second handle to the same tensor.
GPUSER_API Handle gpuser_torch_share(Handle handle) { return release(borrow(handle)); }

struct TensorInfo {
  int64_t dimensions;
  int64_t elements;
  int64_t storage_offset;
  int32_t scalar_type;
  int32_t element_size;
  int32_t device_type;
  int32_t device_index;
  int32_t requires_grad;
  int32_t is_leaf;
  int32_t is_sparse;
  int32_t layout;
};

GPUSER_API int32_t gpuser_torch_info(Handle handle, TensorInfo* info) {
  return guarded([&] {
    auto tensor = defined(handle);
    auto device = tensor.device();
    auto strided = tensor.layout() == c10::kStrided;
    *info = {tensor.dim(),
             tensor.numel(),
             strided ? tensor.storage_offset() : 0,
             static_cast<int32_t>(tensor.scalar_type()),
             static_cast<int32_t>(tensor.element_size()),
             static_cast<int32_t>(device.type()),
             device.index(),
             tensor.requires_grad(),
             tensor.is_leaf(),
             tensor.is_sparse(),
             static_cast<int32_t>(tensor.layout())};
    return 0;
  });
}

// Sizes and strides, `dimensions` of each; strides may be null.
GPUSER_API int32_t gpuser_torch_shape(Handle handle, int64_t* sizes, int64_t* strides) {
  return guarded([&] {
    auto tensor = defined(handle);
    for (int64_t i = 0; i < tensor.dim(); ++i) {
      sizes[i] = tensor.size(i);
      if (strides != nullptr) strides[i] = tensor.stride(i);
    }
    return 0;
  });
}

GPUSER_API int32_t gpuser_torch_is_contiguous(Handle handle) {
  return guarded([&] { return defined(handle).is_contiguous() ? 1 : 0; });
}

// The first byte of the tensor's storage (not of the tensor: the offset is the caller's), and the storage's
// size.
GPUSER_API int32_t gpuser_torch_storage(Handle handle, void** pointer, uint64_t* bytes) {
  return guarded([&] {
    auto tensor = defined(handle);
    auto& storage = tensor.storage();
    *pointer = const_cast<void*>(static_cast<const void*>(storage.data()));
    *bytes = storage.nbytes();
    return 0;
  });
}

// A CPU tensor over the caller's memory, which `deleter(context)` gives back when the last view of it is
// gone.
GPUSER_API int32_t gpuser_torch_from_blob(void* data, const int64_t* sizes, int32_t dimensions,
                                          int32_t scalar_type, void (*deleter)(void*), void* context,
                                          Handle* result) {
  return guarded([&] {
    auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(scalar_type));
    auto shape = at::IntArrayRef(sizes, static_cast<size_t>(dimensions));
    *result = release(at::from_blob(data, shape, [deleter, context](void*) { deleter(context); }, options));
    return 0;
  });
}
