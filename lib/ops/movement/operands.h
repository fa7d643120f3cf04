// Checks that kernels that move data share.
#ifndef TINYML_OPS_MOVEMENT_OPERANDS_H_
#define TINYML_OPS_MOVEMENT_OPERANDS_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "base/macros.h"
#include "ops/kernel.h"

namespace tinyml::ops {

// Refuses unless the first `inputs` inputs and `outputs` outputs are present.
Status CheckOperands(const OpContext& op, int inputs, int outputs);

// Refuses a type that the runtime's kernel does not run.
Status CheckRuns(const OpContext& op, const TensorView& view,
                 std::initializer_list<TensorType> types);

// The bytes of an element in memory, as the runtime counts them: int4 in the
// arena takes a whole byte. 0 for types without a size. Source: tflite-micro
// 90b983c2b3f1, micro/memory_helpers.cc, TfLiteTypeSizeOf.
int64_t ElementBytes(TensorType type);

// How many elements of `width` bytes the memory of `view` holds.
inline int64_t Capacity(const TensorView& view, int64_t width) {
  return static_cast<int64_t>(view.bytes.size()) / width;
}

// Refuses unless `view` has memory for `elements` elements of `width` bytes.
Status CheckHolds(const OpContext& op, const TensorView& view, int64_t elements,
                  int64_t width);

// Value `i` of a tensor that is read as int32 whatever its type. Requires that
// its memory holds it.
int32_t Int32At(const TensorView& view, int64_t i);
int64_t Int64At(const TensorView& view, int64_t i);

// The same for a tensor of int32 or int64, by its type.
inline int64_t IndexAt(const TensorView& view, int64_t i) {
  return view.type == TensorType::kInt64 ? Int64At(view, i) : Int32At(view, i);
}

// Fills `elements` elements of 1, 2, 4 or 8 bytes with the one at `value`.
void FillElements(uint8_t* to, int64_t elements, const uint8_t* value,
                  int64_t width);

// Fills all of `view`, part of which the runtime leaves unwritten, with zeros.
void Clear(const TensorView& view);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_MOVEMENT_OPERANDS_H_
