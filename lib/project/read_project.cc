// Reads tinyml.json.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/json_fields.h"
#include "base/macros.h"
#include "base/sha256.h"
#include "base/text.h"
#include "tinyml/hazard.h"
#include "tinyml/project.h"

namespace tinyml {
namespace {

constexpr size_t kMaxModels = 10000;
constexpr size_t kMaxTargets = 1000;

// `spec` with the path of a profile, if it is one, as seen from the working
// directory.
std::string SpecIn(const std::string& folder, const std::string& spec) {
  const std::string base = spec.substr(0, spec.find_first_of("+:"));
  const bool is_path =
      base.find('/') != std::string::npos || base.ends_with(".json");
  return is_path && !spec.starts_with('/') ? folder + spec : spec;
}

// `spec` without the overrides that name revisions.
std::string WithoutRevisions(const std::string& spec) {
  const size_t colon = spec.find(':');
  if (colon == std::string::npos) return spec;
  std::string kept;
  size_t at = colon + 1;
  while (at <= spec.size()) {
    const size_t comma = std::min(spec.find(',', at), spec.size());
    const std::string item = spec.substr(at, comma - at);
    if (!item.starts_with("runtime=") &&
        !item.starts_with("runtime.revision=") &&
        !item.starts_with("kernels.revision=") &&
        !item.starts_with("nearest=")) {
      kept += (kept.empty() ? ":" : ",") + item;
    }
    at = comma + 1;
  }
  return spec.substr(0, colon) + kept;
}

class Reader {
 public:
  Reader(std::string path, bool nearest) : nearest_(nearest) {
    project_.path = std::move(path);
    const size_t slash = project_.path.rfind('/');
    if (slash != std::string::npos) {
      project_.folder = project_.path.substr(0, slash + 1);
    }
  }

  Result<Project> Read() {
    TINYML_ASSIGN_OR_RETURN(const Json json, ReadJsonObject(project_.path));
    JsonFields fields(json, project_.path);
    std::string schema;
    fields.Get("$schema", schema);  // Editors need it.
    fields.Require("schema_version");
    fields.Integer("schema_version", 1, 1);
    budget_ = fields.Size("budget");
    fields.Get("allow_refused", allow_refused_);
    fields.Get("accept_hazards", accepted_hazards_);
    const Json& targets = fields.List("targets");
    fields.Require("models");
    const Json& models = fields.List("models");
    TINYML_RETURN_IF_ERROR(fields.Done());
    TINYML_RETURN_IF_ERROR(CheckHazardIds(accepted_hazards_, project_.path));
    if (models.size() > kMaxModels) {
      return Fail(ErrorCode::kInvalid, fmt::format("{}: more than {} models",
                                                   project_.path, kMaxModels));
    }
    TINYML_ASSIGN_OR_RETURN(targets_,
                            ReadTargets(targets, budget_, project_.path));
    for (const Json& model : models) {
      TINYML_RETURN_IF_ERROR(ReadModel(model));
    }
    return std::move(project_);
  }

 private:
  Result<ProjectTarget> ReadTarget(const Json& json,
                                   std::optional<int64_t> budget,
                                   const std::string& where) {
    ProjectTarget target;
    target.budget_bytes = budget;
    if (json.is_string()) {
      target.spec = json.get<std::string>();
    } else {
      JsonFields fields(json, where + ": an item of 'targets'");
      fields.Require("target");
      fields.Get("target", target.spec);
      if (const auto own = fields.Size("budget")) target.budget_bytes = own;
      TINYML_RETURN_IF_ERROR(fields.Done());
    }
    const auto known = parsed_.find(target.spec);
    if (known != parsed_.end()) {
      target.target = known->second;
      return target;
    }
    const std::string spec = SpecIn(project_.folder, target.spec);
    auto parsed = nearest_ ? Target::ParseNearest(spec) : Target::Parse(spec);
    if (!parsed) {
      Error error = std::move(parsed.error());
      // A name that does not exist is an error of the file, not of the command
      // line.
      if (error.code == ErrorCode::kUsage) error.code = ErrorCode::kInvalid;
      return Fail(Within(where, std::move(error)));
    }
    target.target = *parsed;
    parsed_.emplace(target.spec, std::move(*parsed));
    return target;
  }

  Result<std::vector<ProjectTarget>> ReadTargets(const Json& list,
                                                 std::optional<int64_t> budget,
                                                 const std::string& where) {
    std::vector<ProjectTarget> targets;
    std::map<std::string, int> keys;
    std::set<std::string> specs;
    if (list.size() > kMaxTargets) {
      return Fail(ErrorCode::kInvalid,
                  fmt::format("{}: more than {} targets", where, kMaxTargets));
    }
    for (const Json& item : list) {
      TINYML_ASSIGN_OR_RETURN(ProjectTarget target,
                              ReadTarget(item, budget, where));
      if (!specs.insert(target.spec).second) {
        return Fail(ErrorCode::kInvalid,
                    fmt::format("{}: target '{}' appears twice", where,
                                Printable(target.spec)));
      }
      target.key = WithoutRevisions(target.spec);
      ++keys[target.key];
      targets.push_back(std::move(target));
    }
    for (ProjectTarget& target : targets) {
      if (keys[target.key] > 1) target.key = target.spec;
    }
    return targets;
  }

  static Status CheckHazardIds(const std::vector<std::string>& ids,
                               const std::string& where) {
    for (const std::string& id : ids) {
      if (FindKnownHazard(id)) continue;
      std::vector<std::string> known;
      for (KnownHazard& hazard : KnownHazards()) {
        known.push_back(std::move(hazard.id));
      }
      const std::string_view nearest = ClosestTo(id, known);
      return Fail(
          ErrorCode::kInvalid,
          fmt::format("{}: 'accept_hazards': there is no hazard '{}'{}", where,
                      Printable(id),
                      nearest.empty()
                          ? std::string()
                          : fmt::format("; did you mean '{}'?", nearest)));
    }
    return {};
  }

  Status ReadModel(const Json& json) {
    ProjectModel model;
    if (json.is_string()) {
      // Only a path: everything else is as the project says.
      Json object = Json::object();
      object["path"] = json;
      return ReadModel(object);
    }
    const std::string number =
        fmt::format("{}: model {}", project_.path, project_.models.size() + 1);
    JsonFields fields(json, number);
    fields.Require("path");
    fields.Get("path", model.path);
    const size_t slash = model.path.rfind('/') + 1;  // npos + 1 is 0.
    model.name = model.path.substr(slash, model.path.rfind('.') - slash);
    if (model.path.rfind('.') == std::string::npos ||
        model.path.rfind('.') <= slash) {
      model.name = model.path.substr(slash);
    }
    fields.Get("name", model.name);
    const std::string where =
        fmt::format("{}: model '{}'", project_.path, Printable(model.name));
    const auto budget = fields.Size("budget");
    const Json& targets = fields.List("targets");
    model.allow_refused = allow_refused_;
    fields.Get("allow_refused", model.allow_refused);
    fields.Get("accept_hazards", model.accepted_hazards);
    if (const auto count = fields.Integer("resource_variables", 0, 1 << 20)) {
      model.resource_variables = static_cast<int>(*count);
    }
    fields.Get("strip", model.prepare.strip);
    const Json& onnx = fields.Object("onnx");
    const Json& quantize = fields.Object("quantize");
    const Json& outputs = fields.List("outputs");
    TINYML_RETURN_IF_ERROR(fields.Done());
    TINYML_RETURN_IF_ERROR(CheckHazardIds(model.accepted_hazards, where));
    model.accepted_hazards.insert(model.accepted_hazards.end(),
                                  accepted_hazards_.begin(),
                                  accepted_hazards_.end());
    if (!names_.insert(model.name).second) {
      return Fail(
          ErrorCode::kInvalid,
          where + ": another model has this name; give one with 'name'");
    }
    if (!onnx.is_null()) {
      TINYML_RETURN_IF_ERROR(ReadOnnx(onnx, where, model.onnx));
    }
    if (!quantize.is_null()) {
      TINYML_ASSIGN_OR_RETURN(model.quantization,
                              ReadQuantization(quantize, where));
    }
    if (!targets.is_null()) {
      TINYML_ASSIGN_OR_RETURN(
          model.targets,
          ReadTargets(targets, budget ? budget : budget_, where));
    } else {
      model.targets = targets_;
      if (budget) {
        for (ProjectTarget& target : model.targets) {
          target.budget_bytes = budget;
        }
      }
    }
    if (model.targets.empty()) {
      return Fail(ErrorCode::kInvalid,
                  where +
                      ": no target: name one in 'targets', here or for all "
                      "models");
    }
    for (const Json& item : outputs) {
      TINYML_RETURN_IF_ERROR(ReadOutput(item, where, model));
    }
    const Json settings = {{"onnx", onnx},
                           {"quantize", quantize},
                           {"strip", model.prepare.strip},
                           {"outputs", outputs}};
    Sha256Stream hash;
    hash.Add(settings.dump(-1, ' ', false, Json::error_handler_t::replace));
    model.settings_sha256 = hash.Finish();
    project_.models.push_back(std::move(model));
    return {};
  }

  static Status ReadOnnx(const Json& json, const std::string& where,
                         OnnxOptions& onnx) {
    JsonFields fields(json, where + ": 'onnx'");
    if (fields.Choice("io_layout", {"nhwc", "original"}) == 1) {
      onnx.io_layout = IoLayout::kOriginal;
    }
    const Json& shapes = fields.Object("input_shapes");
    if (!shapes.is_null()) {
      constexpr size_t kMaxRank = 32;  // More than any operator takes.
      for (const auto& [name, dims] : shapes.items()) {
        OnnxOptions::InputShape shape{name, {}};
        bool right = dims.is_array() && dims.size() <= kMaxRank;
        for (size_t i = 0; right && i < dims.size(); ++i) {
          right = dims[i].is_number_unsigned() &&
                  dims[i].get<uint64_t>() - 1 < INT32_MAX;
          if (right) shape.shape.push_back(dims[i].get<int64_t>());
        }
        if (!right) {
          fields.Fault(fmt::format(
              "'input_shapes' of '{}' must be a list of positive integers",
              Printable(name)));
        }
        onnx.input_shapes.push_back(std::move(shape));
      }
    }
    return fields.Done();
  }

  static Result<ProjectQuantization> ReadQuantization(
      const Json& json, const std::string& where) {
    ProjectQuantization quantization;
    QuantizationOptions& options = quantization.options;
    JsonFields fields(json, where + ": 'quantize'");
    fields.Require("calibration");
    fields.Get("calibration", quantization.calibration);
    quantization.samples.limit = fields.Integer("samples", 1, int64_t{1} << 40);
    fields.Get("preprocess", quantization.samples.preprocess);
    if (fields.Choice("activations", {"int8", "int16"}) == 1) {
      options.activations = TensorType::kInt16;
    }
    constexpr TensorType kPorts[] = {TensorType::kInt8, TensorType::kInt16,
                                     TensorType::kFloat32};
    const std::vector<std::string> ports = {"int8", "int16", "float32"};
    if (const auto port = fields.Choice("input_type", ports)) {
      options.input_type = kPorts[*port];
    }
    if (const auto port = fields.Choice("output_type", ports)) {
      options.output_type = kPorts[*port];
    }
    constexpr RangeMethod kMethods[] = {
        RangeMethod::kAuto, RangeMethod::kMinMax, RangeMethod::kPercentile,
        RangeMethod::kMse, RangeMethod::kEntropy};
    if (const auto method = fields.Choice(
            "method", {"auto", "minmax", "percentile", "mse", "entropy"})) {
      options.method = kMethods[*method];
    }
    fields.Get("per_tensor", options.per_tensor);
    fields.Get("fast", options.fast);
    fields.Get("strict", options.strict);
    fields.Get("reset", options.reset);
    fields.Get("keep_float", options.keep_float);
    fields.Get("int16", options.int16);
    fields.Get("skip", options.skip);
    TINYML_RETURN_IF_ERROR(fields.Done());
    return quantization;
  }

  Status ReadOutput(const Json& json, const std::string& where,
                    ProjectModel& model) {
    ProjectOutput output;
    if (json.is_string()) {
      output.path = json.get<std::string>();
    } else {
      JsonFields fields(json, where + ": an item of 'outputs'");
      fields.Require("path");
      fields.Get("path", output.path);
      fields.Get("name", output.convert.symbol);
      if (fields.Choice("style", {"default", "tflm"}) == 1) {
        output.convert.style = SymbolStyle::kTflm;
      }
      if (fields.Choice("array", {"string", "numbers"}) == 1) {
        output.convert.array_style = ArrayStyle::kNumbers;
      }
      fields.Get("resolver", output.convert.resolver);
      const Json& targets = fields.List("targets");
      TINYML_RETURN_IF_ERROR(fields.Done());
      TINYML_ASSIGN_OR_RETURN(output.targets,
                              ReadTargets(targets, std::nullopt, where));
    }
    if (auto form = OutputFormOf(output.path); !form) {
      return FailAbout({}, where, ErrorCode::kInvalid, form.error().message);
    }
    if (!outputs_.insert(output.path).second) {
      return Fail(ErrorCode::kInvalid,
                  fmt::format("{}: output '{}' appears twice", where,
                              Printable(output.path)));
    }
    output.convert.output_path = PathIn(project_, output.path);
    model.outputs.push_back(std::move(output));
    return {};
  }

  const bool nearest_;
  Project project_;
  std::optional<int64_t> budget_;
  bool allow_refused_ = false;
  std::vector<std::string> accepted_hazards_;
  std::vector<ProjectTarget> targets_;
  std::map<std::string, Target> parsed_;
  std::set<std::string> names_;
  std::set<std::string> outputs_;
};

}  // namespace

std::string PathIn(const Project& project, const std::string& path) {
  return path.starts_with('/') ? path : project.folder + path;
}

Result<Project> ReadProject(const std::string& path, bool nearest) {
  return Reader(path, nearest).Read();
}

}  // namespace tinyml
