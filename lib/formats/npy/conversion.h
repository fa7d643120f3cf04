// The elements of an array as those of a tensor of another type: what runs and
// samples have in common.
#ifndef TINYML_FORMATS_NPY_CONVERSION_H_
#define TINYML_FORMATS_NPY_CONVERSION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "tinyml/model.h"
#include "tinyml/npy.h"

namespace tinyml::npy {

// "[1,49,10,1]".
std::string ShapeText(std::span<const int64_t> shape);
std::string ShapeText(std::span<const int32_t> shape);

// "x.npy (float32 [600,49,10,1])": how messages name an array.
std::string Describe(const NpyArray& array);

bool IsFloat(TensorType type);    // float16, float32, float64.
bool IsInteger(TensorType type);  // Of a whole number of bytes.
// Types that a scale and a zero point make real numbers of.
bool IsQuantizedType(TensorType type);

// The width of an element in bytes. Requires a type that NumPy has.
size_t WidthOf(TensorType type);

// Element `i` of elements of `type`, which is a float or an integer.
double ElementAt(TensorType type, std::span<const uint8_t> bytes, size_t i);

// The first element that is not a number, or that is not finite, of elements of
// `type`; nothing if there is none, as of integers.
std::optional<size_t> FindNan(TensorType type, std::span<const uint8_t> bytes);
std::optional<size_t> FindNonFinite(TensorType type,
                                    std::span<const uint8_t> bytes);

// How elements of one type become those of another.
class Conversion {
 public:
  // Nothing where there is no way. Floats become other floats; floats and
  // quantized integers each other, by the scale and zero point of
  // `quantization` (may be null); integers 32-bit and 64-bit ones that are not
  // quantized.
  static std::optional<Conversion> Find(TensorType from, TensorType to,
                                        const Quantization* quantization);

  bool IsCopy() const { return from_ == to_; }
  // " (scale 0.5, zero point 3)" if they take part, otherwise "".
  std::string Parameters() const;

  // Converts all of `from` into `to`, which has as many elements. Returns the
  // first element that does not fit into the type, if there is one.
  std::optional<size_t> Convert(std::span<const uint8_t> from,
                                std::span<uint8_t> to) const;

 private:
  TensorType from_ = TensorType::kFloat32;
  TensorType to_ = TensorType::kFloat32;
  bool quantizes_ = false;
  float scale_ = 1;
  int64_t zero_point_ = 0;
};

}  // namespace tinyml::npy

#endif  // TINYML_FORMATS_NPY_CONVERSION_H_
