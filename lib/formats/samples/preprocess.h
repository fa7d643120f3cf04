// What "--preprocess" says: how the numbers of a file become those of an input.
#ifndef TINYML_FORMATS_SAMPLES_PREPROCESS_H_
#define TINYML_FORMATS_SAMPLES_PREPROCESS_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "tinyml/samples.h"
#include "tinyml/status.h"

namespace tinyml::samples {

// value = (number * scale - mean) / std, with one of each for all channels or
// one for each.
struct Preprocess {
  std::optional<double> scale;  // Not set: what the kind of sample does.
  std::vector<double> mean = {0};
  std::vector<double> std = {1};
  bool changes_values = false;  // Any of these three was given.
  bool bgr = false;             // Images: blue first.
  std::optional<int> rate;      // Audio: the sampling rate that is wanted.
  bool windows = false;         // Audio: every whole window of a file.

  double Apply(double number, size_t channel, double default_scale) const {
    return (number * scale.value_or(default_scale) -
            mean[mean.size() == 1 ? 0 : channel]) /
           std[std.size() == 1 ? 0 : channel];
  }
};

// Reads "scale=1/255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225,bgr". Fails
// with kUsage for what it does not know, and for numbers that cannot be.
Result<Preprocess> ParsePreprocess(std::string_view text);

// Fails with kUsage unless the numbers for each channel are as many as
// `channels` of `input`.
Status CheckChannels(const Preprocess& preprocess, size_t channels,
                     const SampleInput& input);

}  // namespace tinyml::samples

#endif  // TINYML_FORMATS_SAMPLES_PREPROCESS_H_
