// Folders of WAV files.
#ifndef TINYML_FORMATS_SAMPLES_AUDIO_H_
#define TINYML_FORMATS_SAMPLES_AUDIO_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "formats/samples/preprocess.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"

namespace tinyml::samples {

// The waveform of each of `files`: channels mixed, values from -1 to 1, the
// start of a longer file (or every whole window of it, if preprocessing says
// so), a shorter one followed by zeros. The span must outlive the source. Fails
// with kInvalid unless there is one input with the shape of a waveform.
Result<std::unique_ptr<SampleSource>> OpenAudio(
    std::vector<std::string> files, std::span<const SampleInput> inputs,
    const Preprocess& preprocess);

}  // namespace tinyml::samples

#endif  // TINYML_FORMATS_SAMPLES_AUDIO_H_
