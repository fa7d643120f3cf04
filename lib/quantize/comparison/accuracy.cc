// CompareModels: a float model and the quantized one on labelled samples.
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/macros.h"
#include "base/parallel.h"
#include "base/text.h"
#include "quantize/comparison/compare.h"
#include "quantize/comparison/report.h"
#include "tinyml/quantize.h"

namespace tinyml {

using quantize::Compare;
using quantize::CompareOptions;
using quantize::Comparison;
using quantize::OutputsOf;

Result<Accuracy> CompareModels(const Model& float_model, const Model& quantized,
                               const SampleSource& samples,
                               const std::vector<int64_t>& labels, int threads,
                               const Progress& progress) {
  const int64_t count = samples.Count();
  if (!labels.empty() && std::ssize(labels) != count) {
    return Fail(ErrorCode::kInvalid,
                "there are " + std::to_string(labels.size()) + " labels for " +
                    Counted(count, "sample"));
  }
  constexpr int64_t kLeftOut = -1;
  std::vector<std::pair<int64_t, int64_t>> given(static_cast<size_t>(count),
                                                 {kLeftOut, kLeftOut});
  int64_t classes = 0;
  CompareOptions options;
  options.threads = ThreadsFor(threads, count);
  options.progress = progress;
  if (!labels.empty()) {
    options.visit = [&](int64_t index, std::span<const float> a,
                        std::span<const float> b) {
      const auto largest = [](std::span<const float> values) -> int64_t {
        return std::ranges::max_element(values) - values.begin();
      };
      given[index] = {largest(a), largest(b)};
    };
    classes = 1;
    const auto& graph = float_model.subgraphs[0];
    if (!graph.outputs.empty()) {
      classes = ElementCount(graph.tensors[graph.outputs[0]].shape).value_or(1);
    }
    for (const int64_t label : labels) {
      if (label < 0 || label >= classes) {
        return Fail(ErrorCode::kInvalid,
                    "label " + std::to_string(label) +
                        " is out of range: the output has " +
                        Counted(classes, "element"));
      }
    }
  }
  TINYML_ASSIGN_OR_RETURN(const Comparison comparison,
                          Compare(float_model, quantized, samples, options));
  Accuracy accuracy;
  accuracy.samples = comparison.samples;
  accuracy.classes = classes;
  accuracy.outputs = OutputsOf(float_model, comparison);
  if (labels.empty()) return accuracy;
  accuracy.confusion.assign(classes * classes, 0);
  for (size_t i = 0; i < given.size(); ++i) {
    if (given[i].first == kLeftOut) continue;
    accuracy.float_correct += given[i].first == labels[i] ? 1 : 0;
    accuracy.quantized_correct += given[i].second == labels[i] ? 1 : 0;
    accuracy.agree += given[i].first == given[i].second ? 1 : 0;
    ++accuracy.confusion[labels[i] * classes + given[i].second];
  }
  return accuracy;
}

}  // namespace tinyml
