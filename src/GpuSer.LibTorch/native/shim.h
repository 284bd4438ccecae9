// What the files of the shim share: the C boundary's types, and the one guard every exported function runs
// in.
//
// Tensors cross the boundary as TensorImpl pointers that own one reference; 0 is an undefined tensor. A
// function that can fail returns a negative number, and the message then waits in last_error (one for each
// thread).
#pragma once

#include <ATen/core/Tensor.h>

#include <atomic>
#include <cstdint>
#include <string>

#define GPUSER_API extern "C" __attribute__((visibility("default")))

namespace gpuser {

using Handle = c10::TensorImpl*;

// One argument or result of an operator: what it is, how many (lists), and its bits or a pointer to them.
enum class Tag : int32_t {
  None,
  Tensor,
  Int,
  Double,
  Bool,
  Device,
  String,
  Generator,
  IntList,
  DoubleList,
  BoolList,
  TensorList,
  OptionalTensorList,
  Complex
};

struct Value {
  Tag tag;
  int32_t count;
  union {
    int64_t integer;
    double real;
    const void* pointer;
  };
};
static_assert(sizeof(Value) == 16, "the managed side lays this out too");

std::string& last_error();

// Remembers the message of the exception being handled; returns the code that says so.
int32_t failed() noexcept;

template <class Body>
int32_t guarded(Body&& body) noexcept {
  try {
    return body();
  } catch (...) {
    return failed();
  }
}

inline at::Tensor borrow(Handle handle) {
  return handle == nullptr
             ? at::Tensor()
             : at::Tensor(
                   c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(handle));
}

// Handles given out and not yet disposed of.
inline std::atomic<int64_t> live_handles{0};

inline Handle release(at::Tensor&& tensor) {
  if (!tensor.defined()) return nullptr;
  live_handles.fetch_add(1, std::memory_order_relaxed);
  return tensor.unsafeReleaseTensorImpl();
}

}  // namespace gpuser
