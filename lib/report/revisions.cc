// The known upstream revisions, as text and as JSON.
#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/macros.h"
#include "report/json_parts.h"
#include "report/one_of_formats.h"
#include "tinyml/report.h"
#include "tinyml/revisions.h"

namespace tinyml {
namespace {

constexpr size_t kShortCommit = 12;

std::string_view Heading(std::string_view project) {
  if (project == "tflm") return "tflm: tensorflow/tflite-micro";
  if (project == "esp-tflite-micro") {
    return "esp-tflite-micro: espressif/esp-tflite-micro";
  }
  if (project == "cmsis-nn") return "cmsis-nn: ARM-software/CMSIS-NN";
  return "esp-nn: espressif/esp-nn";
}

std::string Text(std::span<const Revision> revisions) {
  size_t width = 8;
  for (const Revision& revision : revisions) {
    width = std::max(width, revision.name.size());
  }
  std::string text;
  std::string_view project;
  for (const Revision& revision : revisions) {
    if (revision.project != project) {
      project = revision.project;
      text += fmt::format("{}{}\n", text.empty() ? "" : "\n", Heading(project));
    }
    text += fmt::format("  {:<{}}  {}  {}  {}{}\n", revision.name, width,
                        revision.commit.substr(0, kShortCommit), revision.date,
                        revision.measured ? "measured" : "read",
                        revision.is_default ? ", default" : "");
    const auto line = [&](std::string_view what, std::string_view rest) {
      text += fmt::format("  {:<{}}  {} {}\n", "", width, what, rest);
    };
    for (const RevisionRelease& release : revision.releases) {
      line("in", fmt::format("{} {}{}{}", release.what, release.version,
                             release.note.empty() ? "" : ": ", release.note));
    }
    if (!revision.kernels.empty()) line("with", revision.kernels.front());
    for (const RevisionChange& change : revision.added) {
      line("+",
           fmt::format("{} {}: {}", change.commit, change.name, change.what));
    }
    for (const RevisionChange& change : revision.lacking) {
      line("-",
           fmt::format("{} {}: {}", change.commit, change.name, change.what));
    }
    if (!revision.note.empty()) line("note:", revision.note);
  }
  text +=
      "\nmeasured: figures were compared with those of the real code; read: "
      "only its source was\n+ and -: what figures depend on that it has more, "
      "or less, than the revision that it is described from\n";
  return text;
}

Json ChangesJson(const std::vector<RevisionChange>& changes) {
  Json list = Json::array();
  for (const RevisionChange& change : changes) {
    list.push_back(report::ChangeJson(change));
  }
  return list;
}

Json RevisionJson(const Revision& revision) {
  Json json = {
      {"project", revision.project},    {"name", revision.name},
      {"commit", revision.commit},      {"date", revision.date},
      {"default", revision.is_default}, {"measured", revision.measured},
      {"based_on", revision.based_on},  {"kernels", revision.kernels},
      {"also", revision.also},          {"note", revision.note}};
  if (!revision.upstream_commit.empty()) {
    json["upstream_commit"] = revision.upstream_commit;
  }
  json["releases"] = Json::array();
  for (const RevisionRelease& release : revision.releases) {
    json["releases"].push_back({{"what", release.what},
                                {"version", release.version},
                                {"note", release.note}});
  }
  json["adds"] = ChangesJson(revision.added);
  json["lacks"] = ChangesJson(revision.lacking);
  return json;
}

}  // namespace

Result<std::string> FormatRevisions(std::span<const Revision> revisions,
                                    ReportFormat format) {
  TINYML_RETURN_IF_ERROR(
      report::OneOfFormats("a list of revisions", format,
                           {ReportFormat::kText, ReportFormat::kJson}));
  if (format != ReportFormat::kJson) return Text(revisions);
  Json list = Json::array();
  for (const Revision& revision : revisions) {
    list.push_back(RevisionJson(revision));
  }
  const Json json = {{"schema_version", 1}, {"revisions", std::move(list)}};
  return report::DocumentText(json);
}

}  // namespace tinyml
