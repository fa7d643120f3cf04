// Samples: values for every input of a model, many times over, as calibration
// and evaluation read them.
#ifndef TINYML_SAMPLES_H_
#define TINYML_SAMPLES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml {

// An input of a model, for which samples are made.
struct SampleInput {
  std::string name;
  TensorType type = TensorType::kFloat32;
  std::vector<int32_t> shape;  // Of one sample; images are NHWC.
  // For an integer input: how real values become integers.
  std::optional<Quantization> quantization = std::nullopt;
};

// The inputs of the first subgraph of `model`.
TINYML_API std::vector<SampleInput> SampleInputsOf(const Model& model);

// Samples that are read one at a time, so that there may be any number. Const
// methods may be called from several threads.
class TINYML_API SampleSource {
 public:
  virtual ~SampleSource() = default;

  virtual int64_t Count() const = 0;
  // A sample's name in messages: "x.npy, sample 3", "cat.png".
  virtual std::string NameOf(int64_t index) const = 0;
  // Writes sample `index` into `inputs`, the bytes of each input in its type.
  // Returns nothing, or why this sample is skipped (a file that cannot be
  // decoded), without its name. Fails for what casts doubt on all of them: a
  // wrong shape, NaN.
  virtual Result<std::optional<std::string>> Read(
      int64_t index, std::span<const std::span<uint8_t>> inputs) const = 0;
  // What a user should know about how the samples were taken, a sentence each.
  virtual std::vector<std::string> Notes() const { return {}; }
};

struct SampleOptions {
  // At most this many, evenly spread; all if not set.
  std::optional<int64_t> limit = {};
  // "scale=1/255,mean=0,std=1,bgr" and more, see docs/quantization.md; empty:
  // pixels become 0 to 1, other numbers stay as they are.
  std::string preprocess = {};
};

// Opens `path` for a model with `inputs`: a .npy or .npz whose first axis
// counts samples, or a folder of those, of images or of WAV files, in the order
// of their names. Fails with kIo, with kInvalid for what does not match the
// inputs, with kUnsupported for inputs that it cannot make samples for, and
// with kUsage for preprocessing that does not apply.
TINYML_API Result<std::unique_ptr<SampleSource>> OpenSamples(
    const std::string& path, std::span<const SampleInput> inputs,
    const SampleOptions& options = {});

// Reads the class of each sample from a .npy file of integers, [N] or [N,1].
// Fails with kIo, and with kInvalid for anything else or a negative class.
TINYML_API Result<std::vector<int64_t>> ReadLabels(const std::string& path);

}  // namespace tinyml

#endif  // TINYML_SAMPLES_H_
