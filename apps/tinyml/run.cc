// tinyml run: executes a model as the microcontroller would.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "apps/tinyml/commands.h"
#include "tinyml/interpreter.h"
#include "tinyml/model_file.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

struct Options {
  std::string model;
  std::string target = std::string(Target::kDefaultName);
  std::string seed;
  int invokes = 1;
  bool guard = false;
  bool plain = false;
  std::string format = "json";
};

void FillRandom(const RunningTensor& input, uint32_t& state) {
  const auto next = [&state] { return state = state * 1664525U + 1013904223U; };
  if (input.tensor->type == TensorType::kFloat32) {
    for (size_t i = 0; i + 4 <= input.writable.size(); i += 4) {
      const float value =
          static_cast<float>(next() >> 8) / 16777216.0F * 2.0F - 1.0F;
      std::memcpy(input.writable.data() + i, &value, 4);
    }
  } else {
    for (uint8_t& byte : input.writable) {
      byte = static_cast<uint8_t>(next() >> 24);
    }
  }
}

Result<ExitCode> Run(const Options& options, const Console& console) {
  const Result<Target> target = Target::Parse(options.target);
  if (!target) return Fail(target.error());
  const Result<ModelFile> file = ReadModelFile(options.model);
  if (!file) return Fail(file.error());
  InterpreterOptions interpreter_options;
  interpreter_options.guard = options.guard;
  interpreter_options.plain_kernels = options.plain;
  auto interpreter =
      Interpreter::Create(file->model, *target, interpreter_options);
  if (!interpreter) return Fail(interpreter.error());
  Warn(console, interpreter->Warnings());
  nlohmann::ordered_json json;
  json["invokes"] = nlohmann::ordered_json::array();
  auto state = static_cast<uint32_t>(std::stoul(options.seed, nullptr, 0));
  for (int i = 0; i < options.invokes; ++i) {
    for (const RunningTensor& input : interpreter->Inputs()) {
      FillRandom(input, state);
    }
    if (Status status = interpreter->Invoke(); !status) {
      return Fail(status.error());
    }
    nlohmann::ordered_json outputs = nlohmann::ordered_json::array();
    for (const RunningTensor& output : interpreter->Outputs()) {
      uint64_t hash = 0xcbf29ce484222325;
      for (const uint8_t b : output.bytes) hash = (hash ^ b) * 0x100000001b3;
      std::string hex;
      for (size_t k = 0; k < std::min<size_t>(256, output.bytes.size()); ++k) {
        hex += fmt::format("{:02x}", output.bytes[k]);
      }
      outputs.push_back({{"type", TensorTypeName(output.tensor->type)},
                         {"bytes", output.bytes.size()},
                         {"fnv1a64", fmt::format("{:016x}", hash)},
                         {"first256_hex", hex}});
    }
    json["invokes"].push_back({{"outputs", outputs}});
  }
  fmt::print("{}\n", json.dump(1));
  return ExitCode::kSuccess;
}

}  // namespace

void AddRunCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      AddCommand(app, "run", "Run a model as the microcontroller would",
                 "tinyml run person_detect.tflite --random-input 1");
  command->add_option("MODEL", options->model, "A .tflite file")->required();
  command->add_option("-t,--target", options->target, "The target");
  command->add_option("--random-input", options->seed, "The seed")->required();
  command->add_option("--invokes", options->invokes, "How often");
  command->add_option("-f,--format", options->format, "json");
  command->add_flag("--guard", options->guard, "");
  command->add_flag("--plain-kernels", options->plain, "");
  OnRun(command, context,
        [options, &context] { return Run(*options, context.console); });
}

}  // namespace tinyml::cli
