// The result of quantizing, as text and JSON.
#ifndef TINYML_QUANTIZE_REPORT_H_
#define TINYML_QUANTIZE_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/hazard.h"
#include "tinyml/model.h"
#include "tinyml/model_file.h"
#include "tinyml/quantize.h"
#include "tinyml/remedy.h"
#include "tinyml/report.h"

namespace tinyml {

// An input or an output of the quantized model.
struct QuantizedPort {
  std::string name;
  TensorType type = TensorType::kInt8;
  std::vector<int32_t> shape;
  float scale = 0;  // 0: it is not quantized.
  int64_t zero_point = 0;
};

// The arena on one target; nothing if the target refuses the model.
struct QuantizedArena {
  std::string target;
  std::optional<int64_t> before_bytes;
  std::optional<int64_t> after_bytes;
  // The distribution that the target has; empty for upstream's sources.
  std::string distribution_title = {};
  std::vector<Hazard> hazards;  // That the quantized model meets.
};

struct QuantizeDocument {
  ReportedModel model;      // As given.
  ReportedModel quantized;  // The path is that of the output.
  std::vector<QuantizedPort> inputs;
  std::vector<QuantizedPort> outputs;
  std::vector<QuantizedArena> arenas;
  // What was rewritten for the targets; the caller adds these, too.
  std::vector<AppliedRemedy> remedies;
  QuantizeReport report;
  std::string evaluated_on;  // The samples that `accuracy` is for.
  std::optional<Accuracy> accuracy;
};

// Describes the quantization of `before`; `after` is the quantized model. The
// caller adds the arenas and the accuracy.
TINYML_API QuantizeDocument DescribeQuantization(const ModelFile& before,
                                                 const ModelFile& after,
                                                 QuantizeReport report);

// Returns the report as text or JSON, and fails with kUsage for another format.
// JSON is one document as schema/quantize-report.schema.json describes it.
// ReportStyle::per_operator lists every tensor instead of the worst.
TINYML_API Result<std::string> FormatQuantization(
    const QuantizeDocument& document, ReportFormat format,
    const ReportStyle& style = {});

}  // namespace tinyml

#endif  // TINYML_QUANTIZE_REPORT_H_
