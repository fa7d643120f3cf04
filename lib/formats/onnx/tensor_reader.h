// Tensors of ONNX's protobuf format, with their data wherever it is.
#ifndef TINYML_FORMATS_ONNX_TENSOR_READER_H_
#define TINYML_FORMATS_ONNX_TENSOR_READER_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "base/file.h"
#include "formats/onnx/graph.h"
#include "tinyml/status.h"

namespace tinyml::onnx_format {
class TensorProto;
}  // namespace tinyml::onnx_format

namespace tinyml::onnx_import {

// The name of a type of ONNX's, for messages.
std::string TypeText(int32_t onnx_type);

class TensorReader {
 public:
  // Data in other files must lie in `folder` or below it.
  explicit TensorReader(std::string folder) : folder_(std::move(folder)) {}

  // `what` starts messages: "initializer 'w'". Half floats and doubles become
  // floats.
  Result<Constant> Read(const onnx_format::TensorProto& tensor,
                        const std::string& what);

 private:
  Result<SharedBytes> ReadExternal(const onnx_format::TensorProto& tensor,
                                   const std::string& what);

  std::string folder_;
  std::map<std::string, SharedBytes> external_;  // Files that were read.
};

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_TENSOR_READER_H_
