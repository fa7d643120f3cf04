#include "tinyml/convert.h"

#include <fmt/format.h>
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "base/file.h"
#include "base/macros.h"
#include "base/sha256.h"
#include "formats/carray/names.h"
#include "formats/carray/resolver.h"
#include "formats/carray/sources.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "model/strip.h"
#include "tinyml/version.h"

namespace tinyml {
namespace {

struct FormOfExtension {
  std::string_view extension;
  OutputForm form;
};

constexpr FormOfExtension kForms[] = {
    {".cc", OutputForm::kCpp},      {".cpp", OutputForm::kCpp},
    {".cxx", OutputForm::kCpp},     {".c", OutputForm::kC},
    {".h", OutputForm::kHeader},    {".hpp", OutputForm::kHeader},
    {".S", OutputForm::kAssembler}, {".tflite", OutputForm::kTflite},
};

bool HasBuffersOutside(const Model& model) {
  return std::ranges::any_of(model.buffers, &Buffer::outside_flatbuffer);
}

// How many constants lie in the file so that their elements straddle the
// boundaries of their size, where a load of one faults on many cores.
size_t MisalignedConstants(const ModelFile& file) {
  size_t count = 0;
  for (const Subgraph& subgraph : file.model.subgraphs) {
    for (const Tensor& tensor : subgraph.tensors) {
      const std::span<const uint8_t> data = file.model.DataOf(tensor);
      const std::ptrdiff_t element_bytes = TensorTypeBits(tensor.type) / 8;
      if (data.empty() || element_bytes < 2) continue;
      if ((data.data() - file.bytes.data()) % element_bytes != 0) ++count;
    }
  }
  return count;
}

// Writes `model` and reads it again, so that nothing is embedded that is not
// what was meant.
Result<ModelFile> Written(const Model& model, std::string name) {
  TINYML_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, WriteTflite(model));
  const SharedBytes shared = ShareBytes(std::move(bytes));
  TINYML_ASSIGN_OR_RETURN(Model again, ReadTflite(shared, name, nullptr));
  if (!(again == model)) {
    return Fail(ErrorCode::kInternal,
                name + ": the rewritten model differs from the original");
  }
  ModelFile written;
  written.name = std::move(name);
  written.owner = shared.owner;
  written.bytes = shared.bytes;
  written.model = std::move(again);
  return written;
}

Result<ModelFile> Rewrite(const ModelFile& file, const Model& model) {
  TINYML_ASSIGN_OR_RETURN(ModelFile rewritten, Written(model, file.name));
  rewritten.warnings = file.warnings;
  for (const std::string& what : file.dropped) {
    rewritten.warnings.push_back("not in the output: " + what);
  }
  return rewritten;
}

std::string Banner(const ModelFile& file) {
  const carray::PathParts input = carray::SplitPath(file.name);
  return fmt::format(
      "// Written by tinyml {} from {}: changes will be lost.\n"
      "// Model: {} bytes, SHA-256 {}\n"
      "\n",
      TINYML_VERSION_STRING, carray::CommentText(input.stem + input.extension),
      file.bytes.size(), Sha256Hex(file.bytes));
}

// A name that #include, a comment and a Makefile can carry.
Status CheckFileName(const carray::PathParts& path) {
  if (path.stem.empty()) {
    return Fail(
        ErrorCode::kUsage,
        fmt::format("the output needs a name before \"{}\"", path.extension));
  }
  const bool odd = std::ranges::any_of(path.stem, [](char c) {
    return (c >= 0 && c < ' ') || c == '"' || c == '\\' || c == '\x7f';
  });
  if (odd) {
    return Fail(ErrorCode::kUsage,
                "an output name with quotation marks, backslashes or control "
                "characters cannot be included by a source file");
  }
  return {};
}

Status CheckArenas(const std::vector<ArenaConstant>& arenas) {
  for (const ArenaConstant& arena : arenas) {
    if (arena.required_arena_bytes > INT32_MAX) {
      return Fail(ErrorCode::kUnsupported,
                  fmt::format("the arena on {} is {} bytes, more than an int "
                              "can say",
                              arena.target, arena.required_arena_bytes));
    }
  }
  return {};
}

OutputFile ModelBytes(const ModelFile& file, std::string path) {
  return {std::move(path),
          [owner = file.owner, bytes = file.bytes](const Sink& sink) {
            return sink(
                {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
          }};
}

std::vector<OutputFile> SourcesOf(const carray::Unit& unit, OutputForm form) {
  switch (form) {
    case OutputForm::kCpp:
      return {carray::CppSource(unit), carray::DeclaringHeader(unit)};
    case OutputForm::kC:
      return {carray::CSource(unit), carray::DeclaringHeader(unit)};
    case OutputForm::kHeader:
      return {carray::SelfContainedHeader(unit)};
    case OutputForm::kAssembler:
      return {carray::AssemblerSource(unit), carray::AssemblerData(unit),
              carray::DeclaringHeader(unit)};
    case OutputForm::kTflite:
      break;
  }
  return {};
}

}  // namespace

Result<ModelFile> MakeModelFile(const Model& model, std::string name) {
  return Written(model, std::move(name));
}

Result<ModelFile> PrepareModel(ModelFile file, const PrepareOptions& options) {
  const bool outside = HasBuffersOutside(file.model);
  const bool anew = outside || file.misaligned;
  if (!options.strip && !anew) {
    if (const size_t count = MisalignedConstants(file); count > 0) {
      file.warnings.push_back(fmt::format(
          "{}: {} not aligned in the file to the size of {} elements, so that "
          "reading them faults on many cores; --strip writes the model anew, "
          "aligned",
          file.name,
          count == 1 ? "1 constant is" : fmt::format("{} constants are", count),
          count == 1 ? "its" : "their"));
    }
    return file;
  }
  if (outside) {
    file.warnings.push_back(
        "buffers that lay past the FlatBuffer's end, where the runtime does "
        "not look, were moved into it");
  }
  if (!options.strip) return Rewrite(file, file.model);
  TINYML_ASSIGN_OR_RETURN(ModelFile stripped,
                          Rewrite(file, StripModel(file.model)));
  if (!anew && stripped.bytes.size() >= file.bytes.size()) {
    file.warnings.push_back("there is nothing to strip");
    return file;
  }
  return stripped;
}

Result<OutputForm> OutputFormOf(std::string_view path) {
  if (path == "-") {
    return Fail(ErrorCode::kUsage,
                "standard output has no extension that says what to write: a "
                "header or a .tflite");
  }
  const std::string extension = carray::SplitPath(path).extension;
  const auto* const found =
      std::ranges::find(kForms, extension, &FormOfExtension::extension);
  if (found != std::end(kForms)) return found->form;
  return Fail(ErrorCode::kUsage,
              fmt::format("the extension of {} does not say what to write: use "
                          ".cc, .cpp, .c, .h, .S or .tflite",
                          path));
}

Result<std::vector<OutputFile>> RenderModel(const ModelFile& prepared,
                                            const ConvertOptions& options) {
  OutputForm form = OutputForm::kTflite;
  if (options.form.has_value()) {
    form = *options.form;
  } else {
    TINYML_ASSIGN_OR_RETURN(form, OutputFormOf(options.output_path));
  }
  TINYML_RETURN_IF_ERROR(CheckArenas(options.arenas));
  carray::Unit unit;
  TINYML_ASSIGN_OR_RETURN(unit.names,
                          carray::MakeNames(options, prepared.name));
  unit.path = carray::SplitPath(options.output_path);
  unit.data = BufferData(prepared.owner, prepared.bytes);
  unit.array_style = options.array_style;
  unit.arenas = options.arenas;

  const bool to_stdout = options.output_path == "-";
  const bool single_file =
      form == OutputForm::kHeader || form == OutputForm::kTflite;
  if (to_stdout && (!single_file || options.resolver)) {
    return Fail(ErrorCode::kUsage,
                "only a single file can go to standard output: a .h or .tflite "
                "without the resolver");
  }
  std::vector<OutputFile> files;
  if (form == OutputForm::kTflite) {
    files.push_back(ModelBytes(prepared, options.output_path));
  }
  if (form != OutputForm::kTflite || options.resolver) {
    if (!to_stdout) TINYML_RETURN_IF_ERROR(CheckFileName(unit.path));
    unit.banner = Banner(prepared);
    for (OutputFile& file : SourcesOf(unit, form)) {
      files.push_back(std::move(file));
    }
  }
  if (options.resolver) {
    TINYML_ASSIGN_OR_RETURN(std::vector<OutputFile> resolver,
                            carray::ResolverFiles(unit, prepared.model, form));
    std::ranges::move(resolver, std::back_inserter(files));
  }
  return files;
}

}  // namespace tinyml
