#include "apps/tinyml/remedied_model.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "tinyml/convert.h"
#include "tinyml/output.h"
#include "tinyml/report.h"
#include "tinyml/target.h"

namespace tinyml::cli {
namespace {

std::string ArenaText(const RemediedArena& arena) {
  const auto text = [](std::optional<int64_t> bytes) {
    return bytes ? FormatBytes(*bytes) + " bytes" : std::string("refused");
  };
  return fmt::format("arena on {}: {}, before the remedies {}", arena.target,
                     text(arena.after_bytes), text(arena.before_bytes));
}

}  // namespace

Result<std::vector<AppliedRemedy>> RemedyModel(ModelFile& file,
                                               const ModelOutput& output,
                                               const Console& console) {
  std::vector<AppliedRemedy> none;
  if (output.keep_hazards || output.targets.empty()) return none;
  std::vector<Target> targets;
  for (const std::string& spec : output.targets) {
    auto target =
        output.nearest ? Target::ParseNearest(spec) : Target::Parse(spec);
    if (!target) return Fail(std::move(target.error()));
    targets.push_back(std::move(*target));
  }
  Result<RemedyResult> result = ApplyRemedies(file.model, targets);
  if (!result) return Fail(std::move(result.error()));
  if (result->applied.empty()) return none;
  Result<ModelFile> made = MakeModelFile(result->model, file.name);
  if (!made) return Fail(std::move(made.error()));
  made->warnings = std::move(file.warnings);
  for (const std::string& what : file.dropped) {
    made->warnings.push_back("not in the output: " + what);
  }
  made->from_onnx = file.from_onnx;
  made->transposes = std::move(file.transposes);
  file = std::move(*made);
  for (const std::string& line : RemedyLines(result->applied)) {
    console.Note("remedy: " + line);
  }
  for (const RemediedArena& arena : result->arenas) {
    console.Note(ArenaText(arena));
  }
  return std::move(result->applied);
}

}  // namespace tinyml::cli
