// What is in a model, and whether the runtime runs it.
//
// Functions are pure and thread-safe. Sizes are in bytes.
#ifndef TINYML_INSPECT_H_
#define TINYML_INSPECT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/hazard.h"
#include "tinyml/model.h"
#include "tinyml/operator_id.h"
#include "tinyml/report.h"
#include "tinyml/target.h"

namespace tinyml {

struct InspectedTensor {
  int subgraph = 0;
  TensorIndex index = 0;
  std::string name;
  TensorType type = TensorType::kFloat32;
  std::vector<int32_t> shape;
  std::vector<float> scales;
  std::vector<int64_t> zero_points;
  int quantized_dimension = 0;
  int64_t constant_bytes = 0;  // 0: an activation.
  bool is_variable = false;
};

struct InspectedOperator {
  OperatorId id;
  std::string name;
  int version = 1;
  std::vector<TensorIndex> inputs;  // kNoTensor where omitted.
  std::vector<TensorIndex> outputs;
  int64_t macs = 0;          // One invocation.
  int64_t weight_bytes = 0;  // Of its constant inputs.
};

// How the model is quantized as a whole.
enum class ModelKind {
  kFloat,    // float32 activations and weights.
  kInteger,  // Integer activations.
  kHybrid,   // float32 activations, integer weights; the runtime refuses it.
  kMixed,    // Integer and float parts, joined by QUANTIZE and DEQUANTIZE.
};

// Whether the runtime runs the model on a target.
struct TargetVerdict {
  std::string target;
  int64_t required_arena_bytes = 0;  // 0 if refused.
  std::string refusal;               // Empty if it runs.
  std::vector<std::string> warnings;
  // The distribution that the target has; empty for upstream's sources.
  std::string distribution_title;
  std::vector<Hazard> hazards;
};

struct Inspection {
  int64_t size_bytes = 0;
  uint32_t format_version = 3;
  std::string description;
  ModelKind kind = ModelKind::kFloat;
  int subgraphs = 0;
  std::vector<TensorIndex> inputs;  // Of the main subgraph.
  std::vector<TensorIndex> outputs;
  std::vector<InspectedTensor> tensors;
  std::vector<InspectedOperator> operators;
  int64_t macs = 0;
  int64_t weight_bytes = 0;  // Each constant once.
  int64_t weight_count = 0;  // Elements.
  std::vector<std::string> metadata;
  std::vector<std::string> signatures;
  int resource_variables = 0;
  std::vector<TargetVerdict> targets;
};

// Inspects `model`, and asks the simulated runtime about each of `targets`.
TINYML_API Inspection Inspect(const Model& model,
                              const std::vector<Target>& targets);

struct InspectedFile {
  std::string path;
  std::string sha256;
  std::vector<std::string> notes;
};

// As text or JSON; fails with kUsage for another format. `style.per_operator`
// lists every operator and tensor in text; JSON always has them.
TINYML_API Result<std::string> FormatInspection(const InspectedFile& file,
                                                const Inspection& inspection,
                                                ReportFormat format,
                                                const ReportStyle& style = {});

}  // namespace tinyml

#endif  // TINYML_INSPECT_H_
