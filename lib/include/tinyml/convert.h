// Turns a model into what a firmware project compiles: C or C++ sources, an
// assembler file, or a smaller .tflite file.
//
//   auto file = ReadModelFile("person_detect.tflite");
//   auto prepared = PrepareModel(std::move(*file), {.strip = true});
//   auto outputs = RenderModel(*prepared, {.output_path = "src/model.cc"});
//   Status written = WriteFiles(*outputs);
//
// (Each step is a Result to be checked.) The functions keep no state and may be
// called from any thread.
#ifndef TINYML_CONVERT_H_
#define TINYML_CONVERT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/model_file.h"
#include "tinyml/output.h"
#include "tinyml/status.h"

namespace tinyml {

struct PrepareOptions {
  // Leave out what the runtime never reads.
  bool strip = false;
};

// Returns the model as it is to be embedded: `bytes` are what goes into the
// firmware, and `model` is what they say. Without options, and unless the
// runtime could not read them, they are the input's bytes.
TINYML_API Result<ModelFile> PrepareModel(ModelFile file,
                                          const PrepareOptions& options);

// Returns `model` as a file that messages call `name`. Fails with kUnsupported
// for a model that is too large for one.
TINYML_API Result<ModelFile> MakeModelFile(const Model& model,
                                           std::string name);

enum class OutputForm : uint8_t {
  kCpp,        // A C++ source with a header beside it.
  kC,          // A C source with a header beside it.
  kHeader,     // Everything in one header.
  kAssembler,  // An assembler source, the model's bytes and a header beside it.
  kTflite,     // The model file.
};

// Returns the form that `path`'s extension means: .cc, .cpp, .cxx, .c, .h,
// .hpp, .S, .tflite. Fails with kUsage for any other.
TINYML_API Result<OutputForm> OutputFormOf(std::string_view path);

enum class SymbolStyle : uint8_t {
  kDefault,  // g_model, g_model_len.
  kTflm,     // g_<base>_model_data, g_<base>_model_data_size.
};

// How the array is written.
enum class ArrayStyle : uint8_t {
  kString,   // A string literal: compiles about twenty times faster.
  kNumbers,  // One number for each byte, for compilers other than gcc and
             // clang.
};

// The arena that the model needs on one target.
struct ArenaConstant {
  std::string target;  // As the command line spells it: "cortex-m4".
  int64_t required_arena_bytes = 0;
  std::string runtime_name;
  std::string runtime_revision;
  // What it comes in: "Chirale_TensorFLowLite 2.0.0"; empty for upstream's
  // sources.
  std::string distribution_title = {};
  std::string kernels_name;
  std::string kernels_revision;
};

struct ConvertOptions {
  std::string output_path = {};
  // Instead of what the path's extension says; "-" needs it.
  std::optional<OutputForm> form = {};
  // The array's name; empty: what the style says.
  std::string symbol = {};
  SymbolStyle style = SymbolStyle::kDefault;
  ArrayStyle array_style = ArrayStyle::kString;
  // Also write a function that registers the model's operators.
  bool resolver = false;
  // The header gets a constant for each of them.
  std::vector<ArenaConstant> arenas = {};
};

// Returns the files to write; they share the bytes of `prepared`. Fails with
// kUsage for a name that C cannot use, and with kUnsupported for a resolver of
// operators that the runtime does not have.
TINYML_API Result<std::vector<OutputFile>> RenderModel(
    const ModelFile& prepared, const ConvertOptions& options);

// Returns the custom operators of `model` that do not come with the runtime:
// the application must define and register them.
TINYML_API std::vector<std::string> ApplicationOperators(const Model& model);

}  // namespace tinyml

#endif  // TINYML_CONVERT_H_
