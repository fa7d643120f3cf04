#include "ops/tensor_view.h"

#include "base/text.h"

namespace tinyml::ops {

int64_t TensorView::Elements() const { return Product(dims); }

std::string TensorView::Describe() const {
  std::string text =
      "'" + Printable(source->name) + "' (" + TensorTypeName(type) + " [";
  for (size_t i = 0; i < dims.size(); ++i) {
    if (i > 0) text += ",";
    text += std::to_string(dims[i]);
  }
  return text + "])";
}

int64_t Product(std::span<const int32_t> dims, size_t first, size_t last) {
  int64_t product = 1;
  for (size_t i = first; i < last; ++i) product *= dims[i];
  return product;
}

int64_t Product(std::span<const int32_t> dims) {
  return Product(dims, 0, dims.size());
}

}  // namespace tinyml::ops
