// Folders of images.
#ifndef TINYML_FORMATS_SAMPLES_IMAGES_H_
#define TINYML_FORMATS_SAMPLES_IMAGES_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "formats/samples/preprocess.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"

namespace tinyml::samples {

// An image for each of `files`, decoded when it is read and resized to the
// input. The span must outlive the source. Fails with kInvalid unless there is
// one input that has the shape of an image of 1, 3 or 4 channels.
Result<std::unique_ptr<SampleSource>> OpenImages(
    std::vector<std::string> files, std::span<const SampleInput> inputs,
    const Preprocess& preprocess);

}  // namespace tinyml::samples

#endif  // TINYML_FORMATS_SAMPLES_IMAGES_H_
