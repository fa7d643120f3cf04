// tinyml check: a project against its lock file.
#include "tinyml/check.h"

#include <fmt/format.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "apps/tinyml/commands.h"
#include "tinyml/output.h"
#include "tinyml/project.h"

namespace tinyml::cli {
namespace {

struct CheckFlags {
  std::string project = "tinyml.json";
  bool update = false;
  bool frozen = false;
  bool nearest = false;
  int threads = 0;
  CheckFormat format = CheckFormat::kText;
  std::string markdown;
  std::string junit;
  std::string output = "-";
};

Result<ExitCode> CheckAll(const CheckFlags& options, const Console& console) {
  if (options.update && options.frozen) {
    return Fail(ErrorCode::kUsage,
                "--update writes the lock, and --frozen forbids it");
  }
  const Result<Project> project = ReadProject(options.project, options.nearest);
  if (!project) return Fail(project.error());
  std::set<std::string> notes;
  for (const ProjectModel& model : project->models) {
    for (const ProjectTarget& target : model.targets) {
      const std::string& note = target.target.info().nearest_note;
      if (!note.empty() && notes.insert(note).second) console.Warning(note);
    }
  }
  const std::string lock_path = LockPathOf(options.project);
  std::optional<Lock> lock;
  if (access(lock_path.c_str(), F_OK) == 0) {
    Result<Lock> read = ReadLock(lock_path);
    if (!read) return Fail(std::move(read.error()));
    lock = std::move(*read);
  } else if (options.frozen) {
    console.Error(lock_path +
                  " is not there: run tinyml check once, and commit it");
    return ExitCode::kNo;
  }

  CheckOptions check;
  check.threads = options.threads;
  check.update = options.update;
  check.progress = [&console](int64_t done, int64_t of) {
    console.Progress("checking", done, of);
    return true;
  };
  const bool writes = options.update || !lock;
  Result<CheckResult> checked =
      CheckProject(*project, lock ? &*lock : nullptr, check);
  console.EndProgress();
  if (!checked) return Fail(std::move(checked.error()));
  CheckResult& result = *checked;

  std::vector<OutputFile> files;
  if (writes) {
    files = std::move(result.outputs);
    files.push_back(TextFile(lock_path, FormatLock(result.lock)));
  }
  const auto report = [&](const std::string& path, CheckFormat format) {
    if (path.empty()) return;
    const bool color = path == "-" && console.UsesColor(STDOUT_FILENO);
    files.push_back(
        TextFile(path, FormatCheck(result.document, format, color)));
  };
  report(options.output, options.format);
  report(options.markdown, CheckFormat::kMarkdown);
  report(options.junit, CheckFormat::kJunit);
  if (Status written = WriteFiles(files); !written) {
    return Fail(std::move(written.error()));
  }
  if (!lock) {
    console.Note("wrote " + lock_path + ": commit it");
  } else if (options.update) {
    console.Note("updated " + lock_path);
  }
  return Passes(result.document) ? ExitCode::kSuccess : ExitCode::kNo;
}

}  // namespace

void AddCheckCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<CheckFlags>();
  CLI::App* command = AddCommand(
      app, "check",
      "Check every model of a project against its budgets and its lock file",
      "tinyml check\n"
      "tinyml check --frozen --junit results.xml\n"
      "tinyml check firmware/tinyml.json --update");
  command->add_option("PROJECT", options->project,
                      "The project file, with its lock next to it: "
                      "tinyml.lock.json, written if it is missing (default: "
                      "tinyml.json)");
  AddNearestOption(command, options->nearest);
  AddOutputOption(command, options->output);
  static const std::map<std::string, CheckFormat> kFormats = {
      {"text", CheckFormat::kText},
      {"json", CheckFormat::kJson},
      {"markdown", CheckFormat::kMarkdown},
      {"junit", CheckFormat::kJunit}};
  AddFormatOption(command, {"text", "json", "markdown", "junit"},
                  [options](const std::string& name) {
                    options->format = kFormats.at(name);
                  });
  AddThreadsOption(command, options->threads);
  command->add_flag("--update", options->update,
                    "Accept the present state: write the lock and the outputs");
  command->add_flag("--frozen", options->frozen,
                    "Write no lock, and fail if there is none: for CI");
  command
      ->add_option("--markdown", options->markdown,
                   "Also write the result as Markdown")
      ->type_name("FILE");
  command
      ->add_option("--junit", options->junit,
                   "Also write the result as JUnit XML")
      ->type_name("FILE");
  OnRun(command, context,
        [options, &context] { return CheckAll(*options, context.console); });
}

}  // namespace tinyml::cli
