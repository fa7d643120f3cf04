// Arena reports: as text, JSON, Markdown, CSV, HTML, SVG and JUnit XML.
//
// Every format is made from the same ArenaDocument. Functions are pure and
// thread-safe.
#ifndef TINYML_REPORT_H_
#define TINYML_REPORT_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/arena.h"
#include "tinyml/distributions.h"
#include "tinyml/export.h"
#include "tinyml/growth.h"
#include "tinyml/hazard.h"
#include "tinyml/model_file.h"
#include "tinyml/revisions.h"
#include "tinyml/run.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml {

enum class ReportFormat { kText, kJson, kMarkdown, kCsv, kHtml, kSvg, kJunit };

// Returns the format called `name`: "text", "json", "markdown", "csv", "html",
// "svg" or "junit".
TINYML_API std::optional<ReportFormat> FindReportFormat(std::string_view name);

// The model that a report is about.
struct ReportedModel {
  std::string path;
  std::string sha256;
  int64_t size_bytes = 0;
  int64_t operators = 0;  // Over all subgraphs.
  int64_t tensors = 0;
};

// The model's graph, as far as a reader of the memory map needs it.
struct ReportedGraph {
  struct Subgraph {
    std::vector<TensorIndex> inputs;
    std::vector<TensorIndex> outputs;
  };
  struct Operator {
    OperatorId id;
    std::string name;
    int64_t macs = 0;                 // One invocation.
    std::vector<TensorIndex> inputs;  // In its subgraph; kNoTensor if omitted.
    std::vector<TensorIndex> outputs;
  };
  std::vector<Subgraph> subgraphs;
  std::vector<Operator> operators;  // Over all subgraphs.
  // Like ArenaReport::scopes; empty if every target refuses the model.
  std::vector<OperatorId> scopes;
};

// One target's answer: a report, or why the runtime refuses the model there.
struct TargetAnswer {
  TargetInfo target;
  Result<ArenaReport> report;
};

struct ArenaDocument {
  ReportedModel model;
  ReportedGraph graph;
  std::vector<TargetAnswer> targets;
  std::optional<int64_t> budget_bytes;
  std::optional<GrowthReport> growth;  // Since an earlier report.
  bool strict = false;                 // Whether hazards are failures.
};

// Sizes `file` for each of `targets`. Targets that differ only in name or
// memory are simulated once. The graph is for JSON, HTML, SVG and comparisons.
TINYML_API ArenaDocument SizeOnTargets(
    const ModelFile& file, const std::vector<Target>& targets,
    const ArenaOptions& options = {},
    std::optional<int64_t> budget_bytes = std::nullopt, bool with_graph = true);

struct ReportStyle {
  bool per_operator = false;  // Text: a line for every operator.
  bool color = false;         // Text: ANSI colours.
};

// Returns whether `required_bytes` fit what the target has; nothing if the
// target does not say how much that is.
TINYML_API std::optional<bool> FitsRam(const TargetInfo& target,
                                       int64_t required_bytes);
TINYML_API std::optional<bool> FitsFlash(const TargetInfo& target,
                                         int64_t model_bytes);

// Returns the report, ending in a newline. JSON is one document as
// schema/arena-report.schema.json describes it; HTML is one self-contained
// file; SVG is the memory map of the first target.
TINYML_API std::string FormatArena(const ArenaDocument& document,
                                   ReportFormat format,
                                   const ReportStyle& style = {});

// A runtime that a target may have, and what a model needs with it.
struct SizedRuntime {
  RuntimeChoice choice;
  Result<ArenaReport> report;
};

struct RuntimeComparison {
  std::string model;  // Empty: a typical one that tinyml makes itself.
  std::vector<SizedRuntime> choices;
};

// Sizes `file`, or a keyword network if it is null, with each runtime that
// `target` may have. Fails only if that network is faulty.
TINYML_API Result<RuntimeComparison> CompareRuntimes(const Target& target,
                                                     const ModelFile* file);

// Returns what the profiles say: a table or, for one profile, all of it with
// the runtimes that may be chosen, as text or JSON. This and what follows fail
// with kUsage for another format.
TINYML_API Result<std::string> FormatTargets(
    const std::vector<TargetInfo>& targets, ReportFormat format,
    const ReportStyle& style = {}, const RuntimeComparison* runtimes = nullptr);

// Returns which distributions and revisions are known and what changed in each,
// as text or JSON.
TINYML_API Result<std::string> FormatRevisions(
    std::span<const Revision> revisions,
    std::span<const DistributionInfo> distributions, ReportFormat format);

// Returns which defects of runtimes and kernel libraries are known, as text,
// JSON or a table of Markdown.
TINYML_API Result<std::string> FormatHazards(
    std::span<const KnownHazard> hazards, ReportFormat format);

// A run of a model, and what was run.
struct RunDocument {
  std::string model_path;
  std::string sha256;
  TargetInfo target;
  bool verified = false;  // Whether RunOptions::verify was asked for.
  RunResult result;
};

// Returns the run as text or JSON.
TINYML_API Result<std::string> FormatRun(const RunDocument& document,
                                         ReportFormat format,
                                         const ReportStyle& style = {});

// Returns `bytes` with thousands separated by commas: "82,320".
TINYML_API std::string FormatBytes(int64_t bytes);

}  // namespace tinyml

#endif  // TINYML_REPORT_H_
