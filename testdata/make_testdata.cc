// Writes the models of testdata/, and synthetic ones for the benchmarks.
//
// usage: make_testdata DIR             writes every model into DIR
//        make_testdata --check DIR     exit 1 if a file in DIR differs
//        make_testdata --weights BYTES FILE    one layer with that many weights
//        make_testdata --operators COUNT FILE  that many operators in a row
//
// All content is computed here: weights come from a linear congruential
// generator, so that the files are the same wherever they are made. The
// quantization parameters are such as the runtime accepts.
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/tflite/writer.h"
#include "testdata/onnx_models.h"
#include "testdata/tflite_models.h"
#include "tinyml/model.h"

namespace tinyml {
namespace {

// The files are little-endian, as this program assumes the machine to be.
static_assert(std::endian::native == std::endian::little);

struct Entry {
  std::string_view file;
  std::function<Result<Model>()> make;
};

const std::vector<Entry>& Entries() {
  static const std::vector<Entry> entries = {
      {"keyword_int8.tflite", [] { return KeywordModel(true); }},
      {"keyword_float.tflite", [] { return KeywordModel(false); }},
      {"sine_float.tflite", SineFloat},
      {"gestures_with_state.tflite", GesturesWithState},
      {"control_flow.tflite", ControlFlow},
      {"hybrid_refused.tflite", HybridRefused},
      {"dynamic_shape.tflite", DynamicShape},
      {"unknown_custom_op.tflite", UnknownCustomOp},
      {"offline_plan.tflite", OfflinePlan},
  };
  return entries;
}

// The file of a model, or nothing after saying why there is none.
std::optional<std::string> Serialise(std::string_view name,
                                     const Result<Model>& model) {
  const auto bytes = model.and_then(WriteTflite);
  if (!bytes) {
    std::fprintf(stderr, "%s: %s\n", std::string(name).c_str(),
                 bytes.error().message.c_str());
    return std::nullopt;
  }
  return std::string(bytes->begin(), bytes->end());
}

bool Write(const std::filesystem::path& path,
           const std::optional<std::string>& bytes) {
  if (!bytes) return false;
  std::ofstream out(path, std::ios::binary);
  out << *bytes;
  out.close();
  if (!out) std::fprintf(stderr, "cannot write %s\n", path.c_str());
  return out.good();
}

bool Check(const std::filesystem::path& path,
           const std::optional<std::string>& bytes) {
  if (!bytes) return false;
  std::ifstream in(path, std::ios::binary);
  const std::string on_disk{std::istreambuf_iterator<char>(in), {}};
  if (on_disk == *bytes) return true;
  std::fprintf(stderr,
               "%s is not what make_testdata writes (%zu bytes, not %zu)\n",
               path.c_str(), on_disk.size(), bytes->size());
  return false;
}

int Usage() {
  std::fprintf(stderr,
               "usage: make_testdata DIR\n"
               "       make_testdata --check DIR\n"
               "       make_testdata --weights BYTES FILE\n"
               "       make_testdata --operators COUNT FILE\n");
  return 2;
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() == 3) {
    const int64_t number = std::atoll(arguments[1].c_str());
    const auto write_model = [&](const Result<Model>& model) {
      return Write(arguments[2], Serialise(arguments[2], model)) ? 0 : 1;
    };
    if (arguments[0] == "--weights" && number >= 1024) {
      return write_model(ManyWeights(number));
    }
    if (arguments[0] == "--operators" && number >= 1) {
      return write_model(ManyOperators(number));
    }
    return Usage();
  }
  const bool check = arguments.size() == 2 && arguments[0] == "--check";
  if (!check && arguments.size() != 1) return Usage();
  const std::filesystem::path folder = arguments.back();
  bool right = true;
  const auto handle = [&](std::string_view file,
                          const std::optional<std::string>& bytes) {
    const std::filesystem::path path = folder / file;
    right = (check ? Check(path, bytes) : Write(path, bytes)) && right;
  };
  for (const Entry& entry : Entries()) {
    handle(entry.file, Serialise(entry.file, entry.make()));
  }
  handle("gestures.onnx", GesturesOnnx());
  handle("gestures_quantized.onnx", GesturesQuantizedOnnx());
  handle("residual.onnx", ResidualOnnx());
  handle("streaming.onnx", StreamingOnnx());
  handle("unsupported.onnx", UnsupportedOnnx());
  handle("upsampling.onnx", UpsamplingOnnx());
  return right ? 0 : 1;
}

}  // namespace
}  // namespace tinyml

int main(int argc, char** argv) {
  return tinyml::Main(std::vector<std::string>(argv + 1, argv + argc));
}
