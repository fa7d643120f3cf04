// Running a model over samples in fixed blocks, each of which a thread does
// from beginning to end.
#ifndef TINYML_QUANTIZE_CALIBRATION_SAMPLE_RUNS_H_
#define TINYML_QUANTIZE_CALIBRATION_SAMPLE_RUNS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "tinyml/interpreter.h"
#include "tinyml/model.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"

namespace tinyml::quantize {

// The samples of each block: at most `most`, evenly spread. One block holds all
// of them if they must run in a row, as those of a model with state.
std::vector<std::vector<int64_t>> SampleBlocks(int64_t count, int64_t most,
                                               bool in_a_row);

// An interpreter for each of `threads` threads, every tensor readable at any
// time.
Result<std::vector<Interpreter>> MakeInterpreters(const Model& model,
                                                  const Target& target,
                                                  int threads);

// Reads sample `index` into the inputs of `interpreter`. False: it is left out.
Result<bool> ReadSample(const SampleSource& samples, int64_t index,
                        Interpreter& interpreter);

// Runs both models on sample `index`: `quantized` on what it makes of the
// inputs of the float model; from their first states if `reset`. False: left
// out.
Result<bool> RunBoth(const SampleSource& samples, int64_t index, bool reset,
                     Interpreter& float_model, Interpreter& quantized);

// Real values as bytes of the type and parameters of `to`, and back. Both take
// float32, int8, uint8 and int16; what has neither is left alone, and copied
// where sizes are equal.
void WriteValues(const RunningTensor& from, const RunningTensor& to);
// Nothing for other types.
std::vector<float> RealValues(const RunningTensor& tensor);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_CALIBRATION_SAMPLE_RUNS_H_
