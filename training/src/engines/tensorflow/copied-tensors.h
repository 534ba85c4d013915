// Included before the binding's own sources when they are compiled. They make tensors in the memory of JavaScript's arrays
// where its alignment allows it, and TensorFlow lets go of a tensor on whichever thread used it last, where Node-API must
// not be called: the reference to the array was deleted beside the garbage collector, and now and then a run aborted.
// A variable that kept such a tensor even changed the caller's array in training.
// Here each tensor is a copy, and the array is let go of before the call returns.
#pragma once

#include <cstring>

#include "tensorflow/c/c_api.h"

namespace glimpse {

inline TF_Tensor* NewCopiedTensor(TF_DataType type, const int64_t* dims, int dim_count, void* data, size_t bytes,
                                  void (*deallocator)(void* data, size_t bytes, void* arg), void* deallocator_arg) {
  TF_Tensor* tensor = TF_AllocateTensor(type, dims, dim_count, bytes);
  if (bytes > 0) std::memcpy(TF_TensorData(tensor), data, bytes);
  deallocator(data, bytes, deallocator_arg);
  return tensor;
}

}  // namespace glimpse

#define TF_NewTensor glimpse::NewCopiedTensor
