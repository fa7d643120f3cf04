// The known upstream revisions, as text and as JSON.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/json.h"
#include "base/macros.h"
#include "report/json_parts.h"
#include "report/one_of_formats.h"
#include "report/runtime_words.h"
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

std::string_view Measured(bool measured) {
  return measured ? "measured" : "read";
}

std::string KernelsText(const DistributionBuild& build) {
  std::string text = build.kernels;
  if (!build.kernels_revision.empty()) text += " " + build.kernels_revision;
  if (!build.on.empty()) {
    text += fmt::format(" on {}", fmt::join(build.on, ", "));
  }
  return text;
}

std::string DistributionsText(std::span<const DistributionInfo> distributions) {
  size_t width = 8;
  for (const DistributionInfo& distribution : distributions) {
    width = std::max(width, distribution.name.size());
  }
  std::string text = "distributions: runtimes as people install them\n";
  for (const DistributionInfo& distribution : distributions) {
    text += fmt::format("  {:<{}}  {}, {}\n", distribution.name, width,
                        distribution.title, Measured(distribution.measured));
    const auto line = [&](std::string_view what, std::string_view rest) {
      text += fmt::format("  {:<{}}  {} {}\n", "", width, what, rest);
    };
    std::string runtime =
        distribution.runtime_name + " " + distribution.runtime_revision;
    if (!distribution.upstream_commit.empty() ||
        !distribution.upstream_date.empty()) {
      runtime = fmt::format("{}, sized as {}",
                            report::UpstreamText(distribution.upstream_commit,
                                                 distribution.upstream_date),
                            runtime);
    }
    line("is",
         runtime + (distribution.static_memory ? "" : ", static memory off"));
    for (const DistributionBuild& build : distribution.builds) {
      line("with", KernelsText(build));
    }
    line("from", distribution.install);
    for (const RevisionChange& change : distribution.added) {
      line("+", fmt::format("{}: {}", change.name, change.what));
    }
    for (const RevisionChange& change : distribution.lacking) {
      line("-", fmt::format("{}: {}", change.name, change.what));
    }
    if (!distribution.lacks_operators.empty()) {
      line("without",
           fmt::format("{}", fmt::join(distribution.lacks_operators, ", ")));
    }
    if (!distribution.note.empty()) line("note:", distribution.note);
  }
  return text + "\n";
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
                        Measured(revision.measured),
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

Json DistributionJson(const DistributionInfo& distribution) {
  Json json = {{"name", distribution.name},
               {"title", distribution.title},
               {"runtime",
                {{"name", distribution.runtime_name},
                 {"revision", distribution.runtime_revision}}},
               {"upstream_commit", distribution.upstream_commit},
               {"upstream_date", distribution.upstream_date},
               {"static_memory", distribution.static_memory},
               {"measured", distribution.measured},
               {"lacks_operators", distribution.lacks_operators},
               {"install", distribution.install},
               {"identify", distribution.identify},
               {"note", distribution.note}};
  json["builds"] = Json::array();
  for (const DistributionBuild& build : distribution.builds) {
    Json item = {
        {"on", build.on},
        {"kernels",
         {{"name", build.kernels}, {"revision", build.kernels_revision}}}};
    if (build.features) item["features"] = *build.features;
    json["builds"].push_back(std::move(item));
  }
  json["adds"] = ChangesJson(distribution.added);
  json["lacks"] = ChangesJson(distribution.lacking);
  json["sources"] = Json::array();
  for (const ProfileSource& source : distribution.sources) {
    json["sources"].push_back({{"what", source.what}, {"where", source.where}});
  }
  return json;
}

}  // namespace

Result<std::string> FormatRevisions(
    std::span<const Revision> revisions,
    std::span<const DistributionInfo> distributions, ReportFormat format) {
  TINYML_RETURN_IF_ERROR(
      report::OneOfFormats("a list of revisions", format,
                           {ReportFormat::kText, ReportFormat::kJson}));
  if (format != ReportFormat::kJson) {
    return DistributionsText(distributions) + Text(revisions);
  }
  Json known = Json::array();
  for (const DistributionInfo& distribution : distributions) {
    known.push_back(DistributionJson(distribution));
  }
  Json list = Json::array();
  for (const Revision& revision : revisions) {
    list.push_back(RevisionJson(revision));
  }
  const Json json = {{"schema_version", 1},
                     {"distributions", std::move(known)},
                     {"revisions", std::move(list)}};
  return report::DocumentText(json);
}

}  // namespace tinyml
