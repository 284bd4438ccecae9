// Any ATen operator by its schema name, through the dispatcher's boxed calling convention; autograd comes
// with it.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>

#include "shim.h"

namespace gpuser {
namespace {

template <class T>
c10::List<T> list_of(const Value& value) {
  auto items = static_cast<const T*>(value.pointer);
  return c10::List<T>(c10::ArrayRef<T>(items, static_cast<size_t>(value.count)));
}

c10::IValue tensor_list(const Value& value) {
  auto handles = static_cast<const Handle*>(value.pointer);
  c10::List<at::Tensor> list;
  list.reserve(value.count);
  for (int32_t i = 0; i < value.count; ++i) list.push_back(borrow(handles[i]));
  return list;
}

c10::IValue optional_tensor_list(const Value& value) {
  auto handles = static_cast<const Handle*>(value.pointer);
  c10::List<c10::optional<at::Tensor>> list;
  list.reserve(value.count);
  for (int32_t i = 0; i < value.count; ++i) {
    list.push_back(handles[i] == nullptr ? c10::optional<at::Tensor>()
                                         : c10::optional<at::Tensor>(borrow(handles[i])));
  }
  return list;
}

c10::IValue box(const Value& value) {
  switch (value.tag) {
    case Tag::None:
      return {};
    case Tag::Tensor:
      return borrow(static_cast<Handle>(const_cast<void*>(value.pointer)));
    case Tag::Int:
      return value.integer;
    case Tag::Double:
      return value.real;
    case Tag::Bool:
      return value.integer != 0;
    case Tag::Device:
      return c10::Device(static_cast<c10::DeviceType>(value.integer),
                         static_cast<c10::DeviceIndex>(value.count));
    case Tag::String:
      return std::string(static_cast<const char*>(value.pointer), static_cast<size_t>(value.count));
    case Tag::Generator:
      return *static_cast<const at::Generator*>(value.pointer);
    case Tag::IntList:
      return list_of<int64_t>(value);
    case Tag::DoubleList:
      return list_of<double>(value);
    case Tag::BoolList:
      return list_of<bool>(value);
    case Tag::TensorList:
      return tensor_list(value);
    case Tag::OptionalTensorList:
      return optional_tensor_list(value);
    case Tag::Complex: {
      auto parts = static_cast<const double*>(value.pointer);
      return c10::complex<double>(parts[0], parts[1]);
    }
  }
  TORCH_CHECK(false, "an argument has the unknown tag ", static_cast<int32_t>(value.tag));
}

// A list of tensors is handed over as an array the caller returns with gpuser_torch_free_list.
Value unbox_list(const c10::List<at::Tensor>& list) {
  auto handles = std::make_unique<Handle[]>(list.size());
  for (size_t i = 0; i < list.size(); ++i) handles[i] = release(list.get(i));
  Value value{Tag::TensorList, static_cast<int32_t>(list.size()), {}};
  value.pointer = handles.release();
  return value;
}

Value unbox(c10::IValue&& result) {
  Value value{Tag::None, 0, {0}};
  if (result.isTensor()) {
    value.tag = Tag::Tensor;
    value.pointer = release(std::move(result).toTensor());
  } else if (result.isInt()) {
    value.tag = Tag::Int;
    value.integer = result.toInt();
  } else if (result.isDouble()) {
    value.tag = Tag::Double;
    value.real = result.toDouble();
  } else if (result.isBool()) {
    value.tag = Tag::Bool;
    value.integer = result.toBool() ? 1 : 0;
  } else if (result.isTensorList()) {
    value = unbox_list(result.toTensorList());
  } else {
    TORCH_CHECK(result.isNone(), "results of type ", result.tagKind(), " are not supported");
  }
  return value;
}

}  // namespace
}  // namespace gpuser

using namespace gpuser;

// The operator named `aten::name`, overload apart ("" where there is none); valid for as long as the process.
GPUSER_API int32_t gpuser_torch_operator(const char* name, const char* overload, const void** result) {
  return guarded([&] {
    *result = new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload));
    return 0;
  });
}

// Runs an operator. Arguments left off at the end take the schema's defaults; results past `capacity` are
// dropped. Returns the number of results the operator has.
GPUSER_API int32_t gpuser_torch_call(const void* op, const Value* arguments, int32_t count, Value* results,
                                     int32_t capacity) {
  return guarded([&] {
    auto& handle = *static_cast<const c10::OperatorHandle*>(op);
    auto& schema = handle.schema();
    auto& formals = schema.arguments();
    TORCH_CHECK(static_cast<size_t>(count) <= formals.size(), schema.name(), " takes ", formals.size(),
                " arguments, not ", count);
    torch::jit::Stack stack;
    stack.reserve(std::max(formals.size(), schema.returns().size()));
    for (int32_t i = 0; i < count; ++i) stack.push_back(box(arguments[i]));
    for (size_t i = count; i < formals.size(); ++i) {
      TORCH_CHECK(formals[i].default_value(), schema.name(), " needs a value for '", formals[i].name(), "'");
      stack.push_back(*formals[i].default_value());
    }
    handle.callBoxed(stack);
    auto produced = static_cast<int32_t>(stack.size());
    for (int32_t i = 0; i < std::min(produced, capacity); ++i) results[i] = unbox(std::move(stack[i]));
    return produced;
  });
}

GPUSER_API void gpuser_torch_free_list(Handle* handles) { delete[] handles; }
