// Provisional entry point: arena-size only, until the command line is in.
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "base/file.h"
#include "formats/tflite/reader.h"
#include "tinyml/arena.h"
#include "tinyml/report.h"
#include "tinyml/target.h"

int main(int argc, char** argv) {
  std::vector<std::string> targets;
  std::string path;
  std::string format = "text";
  bool per_op = false;
  for (int i = 2; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--target")) {
      targets.push_back(argv[++i]);
    } else if (!std::strcmp(argv[i], "--format")) {
      format = argv[++i];
    } else if (!std::strcmp(argv[i], "--per-op")) {
      per_op = true;
    } else {
      path = argv[i];
    }
  }
  auto file = tinyml::ReadFile(path);
  if (!file) return std::fprintf(stderr, "%s\n", file.error().message.c_str()), 4;
  tinyml::ReadReport report;
  auto model = tinyml::ReadTflite(*file, path, &report);
  if (!model) {
    return std::fprintf(stderr, "%s\n", model.error().message.c_str()), 3;
  }
  if (targets.empty()) targets.push_back("nano-33-ble-sense");
  tinyml::ArenaDocument document;
  document.model.path = path;
  document.model.size_bytes = static_cast<int64_t>(file->bytes.size());
  bool any = false;
  for (const std::string& spec : targets) {
    auto target = tinyml::Target::Parse(spec);
    if (!target) {
      return std::fprintf(stderr, "%s\n", target.error().message.c_str()), 2;
    }
    auto sized = tinyml::SizeArena(*model, *target);
    any |= sized.has_value();
    document.targets.push_back({target->info(), std::move(sized)});
  }
  std::fputs(tinyml::FormatArena(document, *tinyml::FindReportFormat(format),
                                 {per_op, false})
                 .c_str(),
             stdout);
  return any ? 0 : 3;
}
