// The ONNX models of testdata/.
#ifndef TINYML_TESTDATA_ONNX_MODELS_H_
#define TINYML_TESTDATA_ONNX_MODELS_H_

#include <string>

namespace tinyml {

// The bytes of gestures.onnx: a small convolutional network as PyTorch exports
// them, with images in the order N, C, H, W and an open batch.
std::string GesturesOnnx();

// The bytes of gestures_quantized.onnx: one of the same kind with
// QuantizeLinear and DequantizeLinear around each operator, as ONNX Runtime's
// quantizer writes them: uint8, and int8 weights by channel.
std::string GesturesQuantizedOnnx();

// The bytes of residual.onnx: element-wise operators and a Transpose that
// nobody needs, with an input whose dimensions are all open.
std::string ResidualOnnx();

// The bytes of streaming.onnx: one step of an LSTM whose states come in and go
// out, as networks for audio streams have it.
std::string StreamingOnnx();

// The bytes of upsampling.onnx: a convolution that needs more padding below
// than above, and a transposed convolution whose padding is no multiple of its
// stride, as networks for segmentation have them.
std::string UpsamplingOnnx();

// The bytes of unsupported.onnx: two nodes of operators that TFLM cannot have,
// and one whose shapes do not fit.
std::string UnsupportedOnnx();

}  // namespace tinyml

#endif  // TINYML_TESTDATA_ONNX_MODELS_H_
