// Compares every allocation of AllocateTensors(), one by one, with the event
// logs recorded from the real runtime, for every real model on every target;
// and the computed struct layouts with the compilers' own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "base/file.h"
#include "base/json.h"
#include "formats/tflite/reader.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/abi/core_structs.h"
#include "runtime/simulate.h"
#include "tests/support/paths.h"
#include "tinyml/target.h"

namespace tinyml::runtime {
namespace {

namespace fs = std::filesystem;

Json ReadJson(const fs::path& path) {
  std::ifstream stream(path);
  return Json::parse(stream);
}

std::string PhaseOf(const Event& event) {
  switch (event.phase) {
    case Phase::kConstructor:
      return "ctor";
    case Phase::kResourceVariables:
      return "resvars";
    case Phase::kNodes:
      return "node_and_reg";
    case Phase::kBuiltinData:
      return "op_data";
    case Phase::kPlan:
      if (event.kind != EventKind::kPersistent) return "plan";
      return event.purpose == Purpose::kVariableTensor ? "variables"
                                                       : "scratch_handles";
    default:
      return std::string(ArenaPhaseName(event.phase));
  }
}

// One line for each event: phase, operator, kind, size and alignment, and where
// head, temp and tail are afterwards.
std::vector<std::string> OursAsText(const EventLog& events) {
  std::vector<std::string> lines;
  // The golden logs were made in an arena of 16 MiB.
  constexpr int64_t kArenaBytes = int64_t{16} << 20;
  Arena arena(kArenaBytes);
  for (const Event& event : events) {
    if (!arena.Apply(event)) {
      lines.push_back("does not fit");
      break;
    }
    if (event.kind == EventKind::kPlannerSpace) {
      lines.push_back("plan T planner");
      continue;
    }
    const char* kind = "";
    switch (event.kind) {
      case EventKind::kPersistent:
        kind = "P";
        break;
      case EventKind::kTemp:
        kind = "T";
        break;
      case EventKind::kResetTemps:
        kind = "R";
        break;
      default:
        kind = "Z";
        break;
    }
    std::string line = PhaseOf(event) + " " + kind;
    if (event.kind != EventKind::kResetTemps) {
      line += " " + std::to_string(event.size);
    }
    lines.push_back(line + " head " + std::to_string(arena.HeadBytes()) +
                    " tail " + std::to_string(arena.TailBytes()));
  }
  return lines;
}

std::vector<std::string> GoldenAsText(const Json& events) {
  std::vector<std::string> lines;
  for (const Json& event : events) {
    const auto phase = event[0].get<std::string>();
    const auto kind = event[3].get<std::string>();
    const auto size = event[4].get<int64_t>();
    // The planner takes all the memory that is left.
    constexpr int64_t kMostOfTheArena = int64_t{4} << 20;
    if (phase == "plan" && kind == "T" && size > kMostOfTheArena) {
      lines.push_back("plan T planner");
      continue;
    }
    std::string line = phase + " " + kind;
    if (kind != "R") line += " " + std::to_string(size);
    const int64_t head =
        std::max(event[6].get<int64_t>(), event[7].get<int64_t>());
    lines.push_back(line + " head " + std::to_string(head) + " tail " +
                    std::to_string(event[8].get<int64_t>()));
  }
  return lines;
}

// Compares one golden file; returns whether it holds a log.
bool CompareOne(const fs::path& golden_path, const fs::path& models) {
  const Json golden = ReadJson(golden_path);
  if (golden["status"] != "ok" || !golden.contains("events")) return false;
  const auto model_path =
      models / (golden["model"].get<std::string>() + ".tflite");
  const auto file = ReadFile(model_path);
  EXPECT_TRUE(file.has_value());
  ReadReport report;
  const auto model = ReadTflite(*file, model_path.string(), &report);
  EXPECT_TRUE(model.has_value()) << model.error().message;
  const auto target =
      tinyml::Target::Parse(golden["target"].get<std::string>());
  EXPECT_TRUE(target.has_value()) << target.error().message;
  if (!model || !target) return true;
  const auto simulation = Simulate(*model, target->runtime(),
                                   {golden["resource_variables"].get<int>()});
  EXPECT_TRUE(simulation.has_value())
      << golden_path << ": " << simulation.error().message;
  if (!simulation) return true;
  const auto ours = OursAsText(simulation->events);
  const auto theirs = GoldenAsText(golden["events"]);
  for (size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
    const std::string a = i < ours.size() ? ours[i] : "nothing";
    const std::string b = i < theirs.size() ? theirs[i] : "nothing";
    EXPECT_EQ(a, b) << golden_path << ", event " << i;
    if (a != b) break;
  }
  return true;
}

TEST(GoldenEventsTest, EveryAllocationOfEveryModelOnEveryTarget) {
  TINYML_REQUIRE_SHARED(shared);
  int logs = 0;
  for (const auto& folder :
       fs::directory_iterator(fs::path(*shared) / "golden")) {
    if (!folder.is_directory() || folder.path().filename() == "onnx") continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().filename() == "structs.json") continue;
      logs += CompareOne(entry.path(), fs::path(*shared) / "models") ? 1 : 0;
    }
  }
  EXPECT_GT(logs, 0);
  RecordProperty("logs", logs);
}

// Our definition of a struct that the golden files measure.
const std::map<std::string, const StructDef*>& Structs() {
  static const std::map<std::string, const StructDef*> kStructs = [] {
    std::map<std::string, const StructDef*> structs;
    for (const StructDef* def : {&kSingleArenaBufferAllocator,
                                 &kGreedyMemoryPlanner,
                                 &kLinearMemoryPlanner,
                                 &kMicroAllocator,
                                 &kMicroBuiltinDataAllocator,
                                 &kSubgraphAllocations,
                                 &kTfLiteEvalTensor,
                                 &kTfLiteNode,
                                 &kNodeAndRegistration,
                                 &kScratchBufferHandle,
                                 &kAllocationInfo,
                                 &kTfLiteQuantization,
                                 &kTfLiteQuantizationParams,
                                 &kTfLiteTensor,
                                 &kTfLiteAffineQuantization,
                                 &kMicroResourceVariables,
                                 &kTfLiteAddParams,
                                 &kTfLiteArgMaxParams,
                                 &kTfLiteArgMinParams,
                                 &kTfLiteBatchMatMulParams,
                                 &kTfLiteCallOnceParams,
                                 &kTfLiteCastParams,
                                 &kTfLiteConcatenationParams,
                                 &kTfLiteConvParams,
                                 &kTfLiteCumsumParams,
                                 &kTfLiteDepthToSpaceParams,
                                 &kTfLiteDepthwiseConvParams,
                                 &kTfLiteDivParams,
                                 &kTfLiteFullyConnectedParams,
                                 &kTfLiteGatherParams,
                                 &kTfLiteIfParams,
                                 &kTfLiteL2NormParams,
                                 &kTfLiteLeakyReluParams,
                                 &kTfLiteMirrorPaddingParams,
                                 &kTfLiteMulParams,
                                 &kTfLitePackParams,
                                 &kTfLitePaddingValues,
                                 &kTfLitePoolParams,
                                 &kTfLiteReducerParams,
                                 &kTfLiteReshapeParams,
                                 &kTfLiteResizeBilinearParams,
                                 &kTfLiteResizeNearestNeighborParams,
                                 &kTfLiteShapeParams,
                                 &kTfLiteSoftmaxParams,
                                 &kTfLiteSpaceToDepthParams,
                                 &kTfLiteSplitParams,
                                 &kTfLiteSplitVParams,
                                 &kTfLiteSqueezeParams,
                                 &kTfLiteStridedSliceParams,
                                 &kTfLiteSubParams,
                                 &kTfLiteSVDFParams,
                                 &kTfLiteTransposeConvParams,
                                 &kTfLiteUnidirectionalSequenceLSTMParams,
                                 &kTfLiteUnpackParams,
                                 &kTfLiteVarHandleParams,
                                 &kTfLiteWhileParams}) {
      structs.emplace(def->name, def);
    }
    structs.emplace("internal::ScratchBufferRequest", &kScratchBufferRequest);
    return structs;
  }();
  return kStructs;
}

TEST(GoldenStructsTest, LayoutsAreTheCompilers) {
  TINYML_REQUIRE_SHARED(shared);
  int compared = 0;
  for (const auto& folder :
       fs::directory_iterator(fs::path(*shared) / "golden")) {
    const fs::path path = folder.path() / "structs.json";
    if (!fs::exists(path)) continue;
    // The folder's name is a target's, in characters allowed in file names.
    std::string name = folder.path().filename().string();
    if (const size_t at = name.find("__"); at != std::string::npos) {
      name.replace(at, 2, ":");
      name.replace(name.rfind('-'), 1, "=");
    }
    const auto target = tinyml::Target::Parse(name);
    ASSERT_TRUE(target.has_value()) << name << ": " << target.error().message;
    const Json golden = ReadJson(path);
    for (const auto& [key, measured] : golden["sizeof_alignof"].items()) {
      const auto found = Structs().find(key);
      if (found == Structs().end()) continue;
      const Layout layout = LayoutOf(*found->second, target->runtime().abi);
      EXPECT_EQ(layout.size, measured[0].get<int64_t>()) << name << " " << key;
      EXPECT_EQ(layout.alignment, measured[1].get<int64_t>())
          << name << " " << key;
      ++compared;
    }
  }
  EXPECT_GT(compared, 0);
}

}  // namespace
}  // namespace tinyml::runtime
