// The TFLite models of testdata/, and synthetic ones for the benchmarks. Each
// is checked when it is built.
#ifndef TINYML_TESTDATA_TFLITE_MODELS_H_
#define TINYML_TESTDATA_TFLITE_MODELS_H_

#include <cstdint>

#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml {

// A network of convolutions over a spectrogram, written twice: as int8 with one
// scale for each output channel, and as float32 with the same weights.
Result<Model> KeywordModel(bool quantized);

// sin(x) on [0, 2 pi] as the sum of 16 ramps: two fully connected layers.
Result<Model> SineFloat();

// A gesture classifier over a stream of accelerometer and gyroscope samples:
// SVDF, which keeps its state in a variable tensor, then a classifier.
Result<Model> GesturesWithState();

// A WHILE that scales its data a few times, an IF that keeps or negates it, and
// a running sum in a resource variable that a CALL_ONCE sets to zero.
Result<Model> ControlFlow();

// Float activations with int8 weights, as "dynamic range quantization" gives
// them: the runtime refuses that in Prepare.
Result<Model> HybridRefused();

// A batch size that is known only at run time, which the runtime cannot plan.
Result<Model> DynamicShape();

// An operator that only the application knows, before one that everybody does.
Result<Model> UnknownCustomOp();

// A chain whose memory plan was made ahead of time, in the metadata that the
// runtime honours: one tensor is left to the runtime (-1).
Result<Model> OfflinePlan();

// For the benchmarks: one fully connected layer whose weights take `bytes`.
Result<Model> ManyWeights(int64_t bytes);

// For the benchmarks: `count` operators with tensors of many sizes and
// lifetimes, so that the planner has work.
Result<Model> ManyOperators(int64_t count);

}  // namespace tinyml

#endif  // TINYML_TESTDATA_TFLITE_MODELS_H_
