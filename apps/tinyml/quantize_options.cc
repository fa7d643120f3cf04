#include "apps/tinyml/quantize_options.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>

namespace tinyml::cli {
namespace {

std::string PassTable() {
  std::string table;
  for (const QuantizePass& pass : ListQuantizePasses()) {
    table += fmt::format("{:<31} {}\n", pass.name, pass.description);
  }
  return table;
}

// An option that is given once for each of several names.
void AddNames(CLI::App* command, const std::string& name,
              std::vector<std::string>& names, const std::string& type_name,
              const std::string& description) {
  command->add_option(name, names, description + " (repeatable)")
      ->type_name(type_name)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void AddSampleOptions(CLI::App* command, QuantizeCommand& options) {
  constexpr const char* kGroup = "Samples";
  command
      ->add_option("-c,--calibration", options.calibration,
                   "Samples to choose ranges from: a .npy or .npz whose first "
                   "axis counts them, or a folder of those, of images or of "
                   "WAV files")
      ->type_name("DATA")
      ->group(kGroup);
  command
      ->add_option("--samples", options.samples.limit,
                   "Calibrate on N of them, evenly spread; default: all")
      ->type_name("N")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40).description(""))
      ->group(kGroup);
  command
      ->add_option("--preprocess", options.samples.preprocess,
                   "How numbers become values, (number * scale - mean) / std: "
                   "scale=1/255,mean=0.5,std=0.5 or by channel "
                   "mean=0.485:0.456:0.406; bgr; rate=16000, windows of WAV "
                   "files")
      ->type_name("HOW")
      ->group(kGroup);
  command
      ->add_flag("--strict", options.quantize.strict,
                 "Fail for a sample that cannot be read instead of leaving it "
                 "out")
      ->group(kGroup);
  command
      ->add_flag("--reset", options.quantize.reset,
                 "Forget variables and other state before every sample")
      ->group(kGroup);
  command
      ->add_option("--save-stats", options.save_statistics,
                   "Save what calibration saw")
      ->type_name("FILE")
      ->group(kGroup);
  command
      ->add_option("--stats", options.statistics,
                   "Take what --save-stats saved, beside --calibration or "
                   "instead of it (repeatable)")
      ->type_name("FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(kGroup);
  command
      ->add_option("--eval", options.evaluation,
                   "Samples to compare the two models on")
      ->type_name("DATA")
      ->group(kGroup);
  command
      ->add_option("--labels", options.labels,
                   "The class of each of --eval's samples, integers: counts "
                   "how often the largest output is right")
      ->type_name("FILE.npy")
      ->group(kGroup);
}

void AddTypes(CLI::App* command, QuantizationOptions& quantize) {
  AddChoice<TensorType>(
      command, "--activations",
      {{"int8", TensorType::kInt8}, {"int16", TensorType::kInt16}},
      "int8|int16", "Type of activations; default: int8",
      [&quantize](TensorType type) { quantize.activations = type; });
  const std::map<std::string, TensorType> ports = {
      {"int8", TensorType::kInt8},
      {"int16", TensorType::kInt16},
      {"float32", TensorType::kFloat32}};
  AddChoice<TensorType>(
      command, "--input-type", ports, "int8|int16|float32",
      "Type of the model's inputs; default: that of activations",
      [&quantize](TensorType type) { quantize.input_type = type; });
  AddChoice<TensorType>(
      command, "--output-type", ports, "int8|int16|float32",
      "Type of the model's outputs; default: that of activations",
      [&quantize](TensorType type) { quantize.output_type = type; });
  command->add_flag("--per-tensor", quantize.per_tensor,
                    "One scale for all channels of weights");
  AddChoice<RangeMethod>(
      command, "--method",
      {{"auto", RangeMethod::kAuto},
       {"minmax", RangeMethod::kMinMax},
       {"percentile", RangeMethod::kPercentile},
       {"mse", RangeMethod::kMse},
       {"entropy", RangeMethod::kEntropy}},
      "auto|minmax|percentile|mse|entropy",
      "How ranges of activations are chosen; default: auto, what measures "
      "best",
      [&quantize](RangeMethod method) { quantize.method = method; });
  command->add_flag("--fast", quantize.fast,
                    "Leave out the refinements, which take time");
  AddNames(command, "--keep-float", quantize.keep_float, "NAME",
           "Compute the tensor of that name in float32");
  AddNames(command, "--int16", quantize.int16, "NAME",
           "Compute the tensor of that name in int16");
  AddNames(command, "--skip", quantize.skip, "PASS",
           "Leave out a pass or a refinement");
  command->add_flag_callback(
      "--list-passes", [] { throw CLI::CallForVersion(PassTable(), 0); },
      "List the passes and refinements that --skip takes");
  command
      ->add_option("--threads", quantize.threads,
                   "How many to use; default: as many as there are cores")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
}

}  // namespace

void AddQuantizeOptions(CLI::App* command, QuantizeCommand& options) {
  AddModelArgument(command, options.model);
  AddModelOutput(command, options.output);
  AddTypes(command, options.quantize);
  AddSampleOptions(command, options);
  command
      ->add_option("--report", options.report,
                   "Also write the report as JSON, with every tensor")
      ->type_name("FILE.json");
  command->add_flag("--all-tensors", options.all_tensors,
                    "Show every tensor in text, not only the worst");
  AddFormatOption(command, {"text", "json"}, options.format);
}

}  // namespace tinyml::cli
