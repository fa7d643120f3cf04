#include "formats/onnx/fold.h"

#include "base/macros.h"

namespace tinyml::onnx_import {

Result<bool> Fold(Lowering& lowering, const Node& node) {
  static_cast<void>(lowering);
  static_cast<void>(node);
  return false;
}

}  // namespace tinyml::onnx_import
