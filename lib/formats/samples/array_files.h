// Samples in .npy and .npz files: one file, or a folder of them.
#ifndef TINYML_FORMATS_SAMPLES_ARRAY_FILES_H_
#define TINYML_FORMATS_SAMPLES_ARRAY_FILES_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "formats/samples/preprocess.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"

namespace tinyml::samples {

// Files that together have an array for each input: an archive or, where there
// is one input, an array; otherwise an array for each input, in their order.
struct ArrayFiles {
  std::string name;  // As messages name them.
  std::vector<std::string> paths;
};

// Opens one such group. The span must outlive the source, here and below.
// Fails as OpenSamples.
Result<std::unique_ptr<SampleSource>> OpenArrays(
    const ArrayFiles& files, std::span<const SampleInput> inputs,
    const Preprocess& preprocess);

// Opens several, one after another; files are read when they are needed. One
// that is damaged counts as a sample that cannot be read.
Result<std::unique_ptr<SampleSource>> OpenArrayFolder(
    std::vector<ArrayFiles> groups, std::span<const SampleInput> inputs,
    const Preprocess& preprocess);

}  // namespace tinyml::samples

#endif  // TINYML_FORMATS_SAMPLES_ARRAY_FILES_H_
