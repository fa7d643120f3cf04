// Runs ONNX's own backend cases (Debian's libonnx-testdata) through the import
// and the interpreter.
//
// usage: tinyml_onnx_suite [--list] [--case NAME]... [FOLDER]
//
// Each case is a model with one operator, its inputs and the expected outputs.
// A case counts if all its operators are among those that the import has, in
// inference form with numeric tensors. Prints "N passed, N refused, N failed";
// with --list a line for each case that did not pass. Refused means that the
// import or the runtime said, with a reason, that the runtime cannot have it;
// such a case is run again with all inputs but the first constant. Exits 1 if a
// case failed, or fewer than 85 % of the counted passed, and 77 where the cases
// are not installed.
#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "formats/onnx/graph.h"
#include "formats/onnx/import.h"
#include "formats/onnx/lowering.h"
#include "tinyml/interpreter.h"
#include "tinyml/model_file.h"

namespace tinyml::onnx_import {
namespace {

namespace fs = std::filesystem;

constexpr double kPassedShare = 0.85;
constexpr double kTolerance = 1e-4;
constexpr double kHalfTolerance = 1e-3;

// An input or output as the case's model declares it.
struct Declared {
  std::string name;
  int type = 0;  // In ONNX's numbering.
};

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A tensor of the case, read by the import's own reader: as the initializer of
// an otherwise empty model. Nothing if its type is not `type`, the one that the
// case's model declares: some cases have bfloat16 as uint16.
std::optional<Constant> ReadTensorFile(const fs::path& path, int type) {
  onnx::ModelProto model;
  auto* opset = model.add_opset_import();
  opset->set_version(13);
  auto* tensor = model.mutable_graph()->add_initializer();
  if (!tensor->ParseFromString(ReadText(path))) return std::nullopt;
  if (tensor->data_type() != type) return std::nullopt;
  tensor->set_name("t");
  const std::string bytes = model.SerializeAsString();
  const auto graph = ReadGraph(
      {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, "");
  if (!graph || graph->values.empty()) return std::nullopt;
  return graph->values[0].constant;
}

enum class Verdict { kPassed, kRefused, kFailed, kNotCounted };

struct Outcome {
  Verdict verdict = Verdict::kFailed;
  std::string reason;
};

// Why the case is outside the scope of the import, or "".
std::string WhyNotCounted(const onnx::GraphProto& graph) {
  for (const auto& node : graph.node()) {
    if (FindOnnxOperator(node.domain() == "ai.onnx" ? "" : node.domain(),
                         node.op_type()) == nullptr) {
      return "operator " + node.domain() + "." + node.op_type();
    }
    for (const auto& attribute : node.attribute()) {
      if (attribute.name() == "training_mode" && attribute.i() != 0) {
        return "training form";
      }
    }
  }
  for (const auto* list : {&graph.input(), &graph.output()}) {
    for (const auto& info : *list) {
      if (!info.type().has_tensor_type()) return "no tensor";
      const int type = info.type().tensor_type().elem_type();
      if (type == onnx::TensorProto::STRING ||
          type == onnx::TensorProto::COMPLEX64 ||
          type == onnx::TensorProto::COMPLEX128) {
        return "strings or complex numbers";
      }
    }
  }
  return "";
}

// Writes `constant` into an input of the type that the runtime uses for it.
bool Write(const Constant& constant, const RunningTensor& input) {
  const auto store = [&](const auto& values) {
    using T = typename std::decay_t<decltype(values)>::value_type;
    if (input.writable.size() != values.size() * sizeof(T)) return false;
    if (!values.empty()) {
      std::memcpy(input.writable.data(), values.data(), input.writable.size());
    }
    return true;
  };
  switch (input.tensor->type) {
    case TensorType::kFloat32:
      return store(constant.AsFloat());
    case TensorType::kInt32: {
      const auto wide = constant.AsInt64();
      return store(std::vector<int32_t>(wide.begin(), wide.end()));
    }
    default: {
      const auto bytes = constant.data.bytes();
      return store(std::vector<uint8_t>(bytes.begin(), bytes.end()));
    }
  }
}

std::vector<double> Numbers(const RunningTensor& tensor) {
  Constant constant;
  constant.type = tensor.tensor->type;
  constant.data = BufferData(
      std::vector<uint8_t>(tensor.bytes.begin(), tensor.bytes.end()));
  const auto values = constant.AsFloat();
  return {values.begin(), values.end()};
}

std::string Compare(const Constant& expected, int type,
                    const RunningTensor& got) {
  // Values that are rounded to half precision there are not here.
  const double tolerance =
      type == onnx::TensorProto::FLOAT16 ? kHalfTolerance : kTolerance;
  const std::vector<float> values = expected.AsFloat();
  const std::vector<double> numbers = Numbers(got);
  if (numbers.size() != values.size()) {
    return fmt::format("{} values instead of {}", numbers.size(),
                       values.size());
  }
  double largest = 1e-6;
  for (const float value : values) {
    if (std::isfinite(value)) {
      largest = std::max(largest, std::fabs(double{value}));
    }
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const double a = values[i];
    const double b = numbers[i];
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    if (std::fabs(a - b) <= tolerance * largest) continue;
    return fmt::format("value {} is {} instead of {}", i, b, a);
  }
  return "";
}

Outcome RunSet(const fs::path& folder, Interpreter& interpreter,
               const std::vector<Declared>& inputs,
               const std::vector<Declared>& outputs) {
  const auto find = [](const std::vector<RunningTensor>& tensors,
                       const std::string& name) {
    return std::find_if(tensors.begin(), tensors.end(),
                        [&](const RunningTensor& tensor) {
                          return tensor.tensor->name == name;
                        });
  };
  const auto running = interpreter.Inputs();
  for (size_t i = 0; i < inputs.size(); ++i) {
    const auto value =
        ReadTensorFile(folder / fmt::format("input_{}.pb", i), inputs[i].type);
    if (!value) return {Verdict::kNotCounted, "input of another kind"};
    const auto input = find(running, inputs[i].name);
    if (input == running.end()) return {Verdict::kFailed, "input is missing"};
    if (!Write(*value, *input)) {
      return {Verdict::kFailed,
              "input " + inputs[i].name + " has another size"};
    }
  }
  if (const Status status = interpreter.Invoke(); !status) {
    return {Verdict::kRefused, status.error().message};
  }
  const auto results = interpreter.Outputs();
  for (size_t i = 0; i < outputs.size(); ++i) {
    const fs::path path = folder / fmt::format("output_{}.pb", i);
    const auto expected = ReadTensorFile(path, outputs[i].type);
    if (!expected) return {Verdict::kNotCounted, "output of another kind"};
    const auto output = find(results, outputs[i].name);
    if (output == results.end()) return {Verdict::kFailed, "output is missing"};
    const std::string difference = Compare(*expected, outputs[i].type, *output);
    if (!difference.empty()) {
      return {Verdict::kFailed, outputs[i].name + ": " + difference};
    }
  }
  return {Verdict::kPassed, ""};
}

// As RunCase, with all inputs but the first as initializers: shapes, indices
// and pads are inputs in many cases, and constants in every model that was
// trained, as the runtime needs them to be.
Outcome RunWithConstants(const fs::path& folder, const Target& target) {
  onnx::ModelProto model;
  if (!model.ParseFromString(ReadText(folder / "model.onnx"))) {
    return {Verdict::kNotCounted, "no model"};
  }
  const fs::path data = folder / "test_data_set_0";
  auto* graph = model.mutable_graph();
  OnnxOptions options;
  options.io_layout = IoLayout::kOriginal;
  std::vector<Declared> inputs;
  std::vector<Declared> outputs;
  for (const auto& info : graph->output()) {
    outputs.push_back({info.name(), info.type().tensor_type().elem_type()});
  }
  for (int i = 0; i < graph->input_size(); ++i) {
    const std::string name = graph->input(i).name();
    const int type = graph->input(i).type().tensor_type().elem_type();
    const fs::path path = data / fmt::format("input_{}.pb", i);
    if (i == 0) {
      const auto value = ReadTensorFile(path, type);
      if (!value) return {Verdict::kNotCounted, "input of another kind"};
      options.input_shapes.push_back({name, value->shape});
      inputs.push_back({name, type});
      continue;
    }
    auto* tensor = graph->add_initializer();
    if (!tensor->ParseFromString(ReadText(path))) {
      return {Verdict::kNotCounted, "input of another kind"};
    }
    tensor->set_name(name);
  }
  while (graph->input_size() > 1) graph->mutable_input()->RemoveLast();
  const std::string bytes = model.SerializeAsString();
  const auto imported =
      ImportOnnx({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()},
                 "", options);
  if (!imported) {
    return {imported.error().code == ErrorCode::kUnsupported ? Verdict::kRefused
                                                             : Verdict::kFailed,
            imported.error().message};
  }
  auto interpreter = Interpreter::Create(imported->model, target);
  if (!interpreter) return {Verdict::kRefused, interpreter.error().message};
  return RunSet(data, *interpreter, inputs, outputs);
}

Outcome RunCase(const fs::path& folder, const Target& target) {
  onnx::ModelProto model;
  if (!model.ParseFromString(ReadText(folder / "model.onnx"))) {
    return {Verdict::kNotCounted, "no model"};
  }
  const std::string why = WhyNotCounted(model.graph());
  if (!why.empty()) return {Verdict::kNotCounted, why};
  const auto declared = [](const auto& list) {
    std::vector<Declared> result;
    for (const auto& info : list) {
      result.push_back({info.name(), info.type().tensor_type().elem_type()});
    }
    return result;
  };
  const std::vector<Declared> inputs = declared(model.graph().input());
  const std::vector<Declared> outputs = declared(model.graph().output());
  // Some cases leave shapes to their data.
  OnnxOptions options;
  options.io_layout = IoLayout::kOriginal;
  const fs::path first_set = folder / "test_data_set_0";
  for (size_t i = 0; i < inputs.size(); ++i) {
    const auto value = ReadTensorFile(first_set / fmt::format("input_{}.pb", i),
                                      inputs[i].type);
    if (!value) return {Verdict::kNotCounted, "input of another kind"};
    if (Elements(value->shape) == 0) {
      return {Verdict::kNotCounted, "empty tensors"};
    }
    options.input_shapes.push_back({inputs[i].name, value->shape});
  }
  const auto file = ReadModelFile((folder / "model.onnx").string(), options);
  if (!file) {
    return {file.error().code == ErrorCode::kUnsupported ? Verdict::kRefused
                                                         : Verdict::kFailed,
            file.error().message};
  }
  auto interpreter = Interpreter::Create(file->model, target);
  if (!interpreter) return {Verdict::kRefused, interpreter.error().message};
  Outcome outcome = {Verdict::kNotCounted, "no data"};
  for (int set = 0;; ++set) {
    const fs::path data = folder / fmt::format("test_data_set_{}", set);
    if (!fs::exists(data)) break;
    outcome = RunSet(data, *interpreter, inputs, outputs);
    if (outcome.verdict != Verdict::kPassed) break;
  }
  return outcome;
}

int Main(int argc, char** argv) {
  bool list = false;
  std::set<std::string> wanted;
  fs::path root = "/usr/share/libonnx-testdata/data/node";
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--list") {
      list = true;
    } else if (argument == "--case" && i + 1 < argc) {
      wanted.insert(argv[++i]);
    } else {
      root = argument;
    }
  }
  if (!fs::exists(root)) {
    std::cout << "skipped: no " << root << " (Debian's libonnx-testdata)\n";
    return 77;
  }
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(root)) {
    folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  const Target target = *Target::Parse("x86-64");
  std::map<Verdict, int> counts;
  int with_constants = 0;
  for (const fs::path& folder : folders) {
    const std::string name = folder.filename().string();
    if (!wanted.empty() && wanted.count(name) == 0) continue;
    Outcome outcome = RunCase(folder, target);
    if (outcome.verdict == Verdict::kRefused) {
      Outcome again = RunWithConstants(folder, target);
      with_constants += again.verdict == Verdict::kPassed ? 1 : 0;
      if (again.verdict != Verdict::kNotCounted) outcome = std::move(again);
    }
    ++counts[outcome.verdict];
    if (outcome.verdict == Verdict::kFailed ||
        ((list || !wanted.empty()) && outcome.verdict != Verdict::kPassed)) {
      constexpr const char* kNames[] = {"passed", "refused", "failed",
                                        "not counted"};
      std::cout << fmt::format("{} {}: {}\n",
                               kNames[static_cast<int>(outcome.verdict)], name,
                               outcome.reason);
    }
  }
  const int passed = counts[Verdict::kPassed];
  const int refused = counts[Verdict::kRefused];
  const int failed = counts[Verdict::kFailed];
  const int counted = passed + refused + failed;
  std::cout << fmt::format(
      "{} passed ({} with all inputs but the first constant), {} refused, {} "
      "failed ({} others not counted)\n",
      passed, with_constants, refused, failed, counts[Verdict::kNotCounted]);
  return failed > 0 || passed < kPassedShare * counted ? 1 : 0;
}

}  // namespace
}  // namespace tinyml::onnx_import

int main(int argc, char** argv) {
  return tinyml::onnx_import::Main(argc, argv);
}
