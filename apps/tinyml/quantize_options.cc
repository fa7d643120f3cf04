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
                   "Calibrate on N of them, evenly spread (default: all)")
      ->type_name("N")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40).description(""))
      ->group(kGroup);
  command
      ->add_option("--preprocess", options.samples.preprocess,
                   "How numbers become values, (number * scale - mean) / std: "
                   "scale=1/255,mean=0.5,std=0.5, or for each channel "
                   "mean=0.485:0.456:0.406; bgr for images; rate=16000 and "
                   "windows for WAV files")
      ->type_name("HOW")
      ->group(kGroup);
  command
      ->add_flag("--strict-samples", options.quantize.strict,
                 "Fail for a sample that cannot be read instead of leaving it "
                 "out")
      ->group(kGroup);
  command
      ->add_option("--save-stats", options.save_statistics,
                   "Write the statistics of calibration")
      ->type_name("FILE")
      ->group(kGroup);
  AddRepeatable(command, "--stats", options.statistics, "FILE",
                "Statistics that --save-stats wrote, with or without "
                "--calibration (repeatable)")
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
      "int8|int16", "Type of activations (default: int8)",
      [&quantize](TensorType type) { quantize.activations = type; });
  const std::map<std::string, TensorType> ports = {
      {"int8", TensorType::kInt8},
      {"int16", TensorType::kInt16},
      {"float32", TensorType::kFloat32}};
  AddChoice<TensorType>(
      command, "--input-type", ports, "int8|int16|float32",
      "Type of the model's inputs (default: that of activations)",
      [&quantize](TensorType type) { quantize.input_type = type; });
  AddChoice<TensorType>(
      command, "--output-type", ports, "int8|int16|float32",
      "Type of the model's outputs (default: that of activations)",
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
      "How ranges of activations are chosen (default: auto, whatever measures "
      "best)",
      [&quantize](RangeMethod method) { quantize.method = method; });
  command->add_flag("--fast", quantize.fast,
                    "Leave out the refinements that take time");
  AddRepeatable(command, "--keep-float", quantize.keep_float, "NAME",
                "Compute the tensor of that name in float32 (repeatable)");
  AddRepeatable(command, "--int16", quantize.int16, "NAME",
                "Compute the tensor of that name in int16 (repeatable)");
  AddRepeatable(command, "--skip", quantize.skip, "PASS",
                "Leave out a pass or a refinement (repeatable)");
  command->add_flag_callback(
      "--list-passes", [] { throw CLI::CallForVersion(PassTable(), 0); },
      "List the passes and refinements that --skip takes");
  AddResetOption(command, quantize.reset);
  AddThreadsOption(command, quantize.threads);
}

}  // namespace

void AddQuantizeOptions(CLI::App* command, QuantizeCommand& options) {
  AddModelArgument(command, options.model);
  AddModelOutput(command, options.output);
  AddFormatOption(command, {"text", "json"}, options.format);
  AddStrictOption(command, options.strict);
  AddTypes(command, options.quantize);
  AddSampleOptions(command, options);
  command
      ->add_option("--report", options.report,
                   "Also write the report as JSON, with every tensor")
      ->type_name("FILE.json");
  command->add_flag("--all-tensors", options.all_tensors,
                    "Show every tensor in text, not only the worst");
}

}  // namespace tinyml::cli
