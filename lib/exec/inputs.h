// The values that a model is run on, in the form that its inputs take.
#ifndef TINYML_EXEC_INPUTS_H_
#define TINYML_EXEC_INPUTS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tinyml/interpreter.h"
#include "tinyml/run.h"
#include "tinyml/status.h"

namespace tinyml::exec {

// Fills the inputs of an interpreter, sample by sample. Not thread-safe.
class InputFeeder {
 public:
  // Checks and converts everything at once, for a graph with these `inputs`.
  // Fails like RunModel.
  static Result<InputFeeder> Create(std::span<const RunningTensor> inputs,
                                    const RunOptions& options);

  int64_t samples() const { return samples_; }
  // Which inputs were converted and how, a sentence each.
  const std::vector<std::string>& notes() const { return notes_; }

  // Writes the values of `sample` into `inputs`, which are those of Create or
  // of another interpreter of the same model. Random values are the generator's
  // next ones. Does not allocate.
  void Feed(int64_t sample, std::span<const RunningTensor> inputs);
  // Restarts the random generator.
  void Restart() { state_ = seed_.value_or(0); }

 private:
  InputFeeder() = default;
  Status AddArray(const RunningTensor& input, const NpyArray& array,
                  bool batch);

  std::optional<uint32_t> seed_;
  uint32_t state_ = 0;
  int64_t samples_ = 1;
  // By input: the bytes of all samples, in the input's type.
  std::vector<std::vector<uint8_t>> values_;
  std::vector<std::string> notes_;
};

}  // namespace tinyml::exec

#endif  // TINYML_EXEC_INPUTS_H_
