// The library as a whole: errors, random numbers, threads, devices.
#include <ATen/Context.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/version.h>

#include "shim.h"

namespace gpuser {

std::string& last_error() {
  thread_local std::string message;
  return message;
}

int32_t failed() noexcept {
  try {
    throw;
  } catch (const c10::Error& error) {
    last_error() = error.what_without_backtrace();
  } catch (const std::exception& error) {
    last_error() = error.what();
  } catch (...) {
    last_error() = "an exception of an unknown kind";
  }
  return -1;
}

}  // namespace gpuser

using namespace gpuser;

GPUSER_API const char* gpuser_torch_last_error() { return last_error().c_str(); }

GPUSER_API const char* gpuser_torch_version() { return TORCH_VERSION; }

GPUSER_API int32_t gpuser_torch_manual_seed(uint64_t seed) {
  return guarded([&] {
    at::manual_seed(seed);
    return 0;
  });
}

GPUSER_API at::Generator* gpuser_torch_default_generator() {
  return new at::Generator(at::detail::getDefaultCPUGenerator());
}

GPUSER_API int32_t gpuser_torch_new_generator(uint64_t seed, int32_t device_type, int32_t device_index,
                                              at::Generator** result) {
  return guarded([&] {
    c10::Device device(static_cast<c10::DeviceType>(device_type),
                       static_cast<c10::DeviceIndex>(device_index));
    auto generator = device.is_cpu() ? at::make_generator<at::CPUGeneratorImpl>(seed)
                                     : at::globalContext().defaultGenerator(device).clone();
    if (!device.is_cpu()) generator.set_current_seed(seed);
    *result = new at::Generator(std::move(generator));
    return 0;
  });
}

GPUSER_API void gpuser_torch_free_generator(at::Generator* generator) { delete generator; }

GPUSER_API int32_t gpuser_torch_generator_set_seed(at::Generator* generator, uint64_t seed) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator->mutex());
    generator->set_current_seed(seed);
    return 0;
  });
}

// A seed from the machine's entropy, which the generator then has.
GPUSER_API int32_t gpuser_torch_generator_new_seed(at::Generator* generator, uint64_t* seed) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator->mutex());
    *seed = generator->seed();
    return 0;
  });
}

GPUSER_API int32_t gpuser_torch_generator_seed(at::Generator* generator, uint64_t* seed) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator->mutex());
    *seed = generator->current_seed();
    return 0;
  });
}

GPUSER_API int32_t gpuser_torch_generator_get_state(at::Generator* generator, Handle* state) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator->mutex());
    *state = release(generator->get_state());
    return 0;
  });
}

GPUSER_API int32_t gpuser_torch_generator_set_state(at::Generator* generator, Handle state) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator->mutex());
    generator->set_state(borrow(state));
    return 0;
  });
}

GPUSER_API int32_t gpuser_torch_get_num_threads() {
  return guarded([] { return at::get_num_threads(); });
}

GPUSER_API int32_t gpuser_torch_set_num_threads(int32_t count) {
  return guarded([&] {
    at::set_num_threads(count);
    return 0;
  });
}

GPUSER_API int32_t gpuser_torch_get_num_interop_threads() {
  return guarded([] { return static_cast<int32_t>(at::get_num_interop_threads()); });
}

GPUSER_API int32_t gpuser_torch_set_num_interop_threads(int32_t count) {
  return guarded([&] {
    at::set_num_interop_threads(count);
    return 0;
  });
}

GPUSER_API int32_t gpuser_torch_cuda_device_count() {
  return guarded([]() -> int32_t {
    if (!at::hasCUDA()) return 0;
    return c10::impl::getDeviceGuardImpl(c10::DeviceType::CUDA)->deviceCount();
  });
}

GPUSER_API int32_t gpuser_torch_has_cudnn() {
  return guarded([] { return at::detail::getCUDAHooks().hasCuDNN() ? 1 : 0; });
}

GPUSER_API int32_t gpuser_torch_cuda_synchronize(int32_t device_index) {
  return guarded([&] {
    at::detail::getCUDAHooks().deviceSynchronize(device_index);
    return 0;
  });
}
