// QUANTIZE directly after the operator whose result it quantizes.
#ifndef TINYML_TRANSFORM_RAISE_QUANTIZE_H_
#define TINYML_TRANSFORM_RAISE_QUANTIZE_H_

#include "tinyml/model.h"

namespace tinyml::transform {

// Moves each QUANTIZE from float to int8 before the movement and the clamps
// that only it reads, which then work on int8; clamps that its own range
// includes go. Of equal QUANTIZEs of one tensor, only the first converts.
void RaiseQuantize(Model& model, size_t subgraph);

}  // namespace tinyml::transform

#endif  // TINYML_TRANSFORM_RAISE_QUANTIZE_H_
