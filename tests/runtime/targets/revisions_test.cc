#include "runtime/targets/revisions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "runtime/simulate.h"
#include "runtime/targets/profile.h"
#include "tests/support/paths.h"
#include "tinyml/model_file.h"
#include "tinyml/options.h"
#include "tinyml/target.h"

namespace tinyml::runtime {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ReadText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string RefusalOf(std::string_view project, std::string_view spelling) {
  const auto found = RevisionCatalogue::Builtin().Find(project, spelling);
  return found ? "" : found.error().message;
}

int64_t RequiredOn(const Target& target) {
  const auto file = ReadModelFile(testing::TestdataPath("keyword_int8.tflite"));
  const auto simulation = Simulate(file->model, target);
  return simulation ? simulation->replay.required_bytes : -1;
}

TEST(RevisionsTest, AreTheFilesOfTheSourceTree) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(
           testing::SourcePath("lib/runtime/revisions"))) {
    if (entry.path().extension() == ".json") {
      files.insert(ReadText(entry.path()));
    }
  }
  EXPECT_EQ(files, std::set<std::string>(kEmbeddedRevisions.begin(),
                                         kEmbeddedRevisions.end()));
}

TEST(RevisionsTest, AreWellFormed) {
  const auto parsed = RevisionCatalogue::Parse(kEmbeddedRevisions);
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  // Each upstream change belongs to some revision, and the newest have all: one
  // that only lasted for a while is superseded, not reverted.
  ChangeSet all;
  for (const char* project :
       {"tflm", "esp-tflite-micro", "cmsis-nn", "esp-nn"}) {
    all.Add(parsed->ChangesOf(parsed->Newest(project)));
  }
  for (const ChangeInfo& info : AllChanges().first(kUpstreamChangeCount)) {
    EXPECT_TRUE(all.Has(info.change)) << info.name;
    EXPECT_EQ(info.commit.size(), 12U) << info.name;
  }
}

std::vector<std::string_view> NamesOf(
    const std::vector<RevisionChange>& changes) {
  std::vector<std::string_view> names;
  for (const RevisionChange& change : changes) names.push_back(change.name);
  return names;
}

// The table that the build makes of the files says what they say.
TEST(RevisionsTest, TheTableIsTheFiles) {
  const auto parsed = RevisionCatalogue::Parse(kEmbeddedRevisions);
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  const RevisionCatalogue& builtin = RevisionCatalogue::Builtin();
  ASSERT_EQ(builtin.revisions().size(), parsed->revisions().size());
  for (size_t i = 0; i < builtin.revisions().size(); ++i) {
    const Revision& made = builtin.revisions()[i];
    const Revision& read = parsed->revisions()[i];
    const std::string label = read.project + " " + read.name;
    EXPECT_EQ(made.project + " " + made.name, label);
    EXPECT_EQ(made.commit, read.commit) << label;
    EXPECT_EQ(made.date, read.date) << label;
    EXPECT_EQ(made.upstream_commit, read.upstream_commit) << label;
    EXPECT_EQ(made.based_on, read.based_on) << label;
    EXPECT_EQ(made.is_default, read.is_default) << label;
    EXPECT_EQ(made.measured, read.measured) << label;
    EXPECT_EQ(made.note, read.note) << label;
    EXPECT_EQ(made.also, read.also) << label;
    EXPECT_EQ(made.kernels, read.kernels) << label;
    EXPECT_EQ(NamesOf(made.added), NamesOf(read.added)) << label;
    EXPECT_EQ(NamesOf(made.lacking), NamesOf(read.lacking)) << label;
    EXPECT_EQ(builtin.ChangesOf(made), parsed->ChangesOf(read)) << label;
    ASSERT_EQ(made.releases.size(), read.releases.size()) << label;
    for (size_t j = 0; j < made.releases.size(); ++j) {
      EXPECT_EQ(made.releases[j].what, read.releases[j].what);
      EXPECT_EQ(made.releases[j].version, read.releases[j].version);
      EXPECT_EQ(made.releases[j].note, read.releases[j].note);
    }
  }
}

TEST(RevisionsTest, AreFoundByNameTagAndCommit) {
  const RevisionCatalogue& catalogue = RevisionCatalogue::Builtin();
  for (const char* spelling : {"1.1.2", "v1.1.2", "596b084", "596b08401a63",
                               "596b08401a63da3a2e1b40868c442f582a99ae26"}) {
    const auto found = catalogue.Find("esp-nn", spelling);
    ASSERT_TRUE(found.has_value()) << spelling;
    EXPECT_EQ((*found)->name, "1.1.2");
  }
  // A merge with the same sources.
  EXPECT_EQ((*catalogue.Find("esp-nn", "5d3fc68"))->name, "1.2.0");
  // The version of a release that is not the revision's own name.
  EXPECT_EQ((*catalogue.Find("esp-nn", "1.2.0~1"))->name, "1.2.0");
  EXPECT_EQ((*catalogue.Find("esp-nn", "1.2.4"))->name, "1.2.3");
}

// What esp-tflite-micro 1.4.0 gets where nothing pins ESP-NN, and what the
// figures of this project's goldens are for.
TEST(RevisionsTest, TheNewestKernelsAreNotTheDefault) {
  const RevisionCatalogue& catalogue = RevisionCatalogue::Builtin();
  const Revision& runtime = catalogue.Default("esp-tflite-micro");
  EXPECT_EQ(catalogue.NewestKernels(runtime, "esp-nn")->name, "1.2.6");
  EXPECT_EQ(catalogue.NewestKernels(runtime, "cmsis-nn"), nullptr);
  EXPECT_EQ(catalogue.Default("esp-nn").name, "1.2.3");
  EXPECT_EQ(catalogue.Newest("cmsis-nn").name, "2026-07");
}

TEST(RevisionsTest, TheNearestStandInOnlyIfThatIsAskedFor) {
  EXPECT_FALSE(tinyml::Target::Parse("esp32s3:kernels.revision=1.5.0"));
  const auto target =
      tinyml::Target::ParseNearest("esp32s3:kernels.revision=1.5.0");
  ASSERT_TRUE(target.has_value()) << target.error().message;
  // Its name can be given back.
  EXPECT_EQ(target->info().name, "esp32s3:kernels.revision=1.5.0,nearest=true");
  EXPECT_TRUE(tinyml::Target::Parse(target->info().name));
  EXPECT_EQ(target->info().kernels_release, "1.2.6");
  EXPECT_EQ(target->info().kernels_requested, "1.5.0");
  EXPECT_EQ(target->info().runtime_requested, "");
  EXPECT_EQ(target->info().nearest_note,
            "revision '1.5.0' of esp-nn is not known: these are the figures of "
            "the nearest known one, 1.2.6 (c0876179f1cf)");
  EXPECT_EQ(target->runtime().nearest_note, target->info().nearest_note);
  // Where all are known nothing is added, and other faults stay faults.
  const auto known =
      tinyml::Target::ParseNearest("esp32s3:kernels.revision=1.1.2");
  EXPECT_EQ(known->info().name, "esp32s3:kernels.revision=1.1.2");
  EXPECT_EQ(known->info().nearest_note, "");
  const auto wrong = tinyml::Target::ParseNearest("cortex-m4:runtime=soon");
  ASSERT_FALSE(wrong.has_value());
  EXPECT_THAT(wrong.error().message, HasSubstr("'soon' of tflm is not known"));
  EXPECT_THAT(wrong.error().message, Not(HasSubstr("nearest=true")));
}

TEST(RevisionsTest, BothRevisionsCanBeUnknown) {
  const auto target = tinyml::Target::Parse(
      "cortex-m4:runtime=2026-11,kernels.revision=0123456,nearest=true");
  ASSERT_TRUE(target.has_value()) << target.error().message;
  EXPECT_EQ(target->info().runtime_release, "2026-08");
  EXPECT_EQ(target->info().kernels_release, "2026-07");
  EXPECT_EQ(target->info().runtime_requested, "2026-11");
  EXPECT_EQ(target->info().kernels_requested, "0123456");
  EXPECT_THAT(target->info().nearest_note,
              HasSubstr("'0123456' of cmsis-nn is not known, nor when it was "
                        "made: these are the figures of the newest known one"));
}

TEST(RevisionsTest, UnknownOnesAreRefusedWithTheNearestNamed) {
  EXPECT_THAT(RefusalOf("tflm", "2025-05"),
              HasSubstr("nearest known: 2025-06 (3200ccd18268)"));
  EXPECT_THAT(RefusalOf("tflm", "2023-10"),
              HasSubstr("nearest known: 2024-01"));
  EXPECT_THAT(RefusalOf("esp-nn", "1.1.3"),
              HasSubstr("nearest known: 1.1.2 (596b08401a63)"));
  EXPECT_THAT(RefusalOf("esp-nn", "1.5.0"), HasSubstr("nearest known: 1.2.6"));
  // Six digits are too few, and a name is no prefix.
  EXPECT_NE(RefusalOf("tflm", "4b2bdd"), "");
  EXPECT_NE(RefusalOf("tflm", "2024"), "");
  EXPECT_NE(RefusalOf("tflm", ""), "");
  // Those of another project.
  EXPECT_NE(RefusalOf("cmsis-nn", "1.1.2"), "");
}

TEST(RevisionsTest, ARuntimeBringsItsKernelsAlong) {
  const auto old = tinyml::Target::Parse("cortex-m4:runtime=2024-01");
  ASSERT_TRUE(old.has_value()) << old.error().message;
  EXPECT_EQ(old->info().runtime_revision, "4b2bdd1a6cc2");
  EXPECT_EQ(old->info().kernels_revision, "bfc54edb61e8");
  EXPECT_EQ(old->info().kernels_release, "5.0.0");
  EXPECT_EQ(old->runtime().revision_note, "");
  const auto reference = tinyml::Target::Parse("x86-64:runtime=4b2bdd1");
  ASSERT_TRUE(reference.has_value());
  EXPECT_EQ(reference->info().kernels_revision, "4b2bdd1a6cc2");
  const auto switched =
      tinyml::Target::Parse("cortex-m4+reference:runtime=2025-06");
  ASSERT_TRUE(switched.has_value());
  EXPECT_EQ(switched->info().kernels_revision, "3200ccd18268");
}

TEST(RevisionsTest, PairsThatWereNeverBuiltAreNoted) {
  for (const char* spec :
       {"cortex-m4:runtime=2024-01,kernels.revision=2026-06",
        "cortex-m4:kernels.revision=2026-06,runtime=2024-01"}) {
    const auto target = tinyml::Target::Parse(spec);
    ASSERT_TRUE(target.has_value()) << spec;
    EXPECT_EQ(target->info().kernels_release, "2026-06");
    EXPECT_THAT(target->runtime().revision_note,
                HasSubstr("was never built with cmsis-nn 2026-06"));
  }
  // Espressif's manifest takes any of these.
  const auto esp = tinyml::Target::Parse("esp32s3:kernels.revision=1.1.2");
  ASSERT_TRUE(esp.has_value());
  EXPECT_EQ(esp->runtime().revision_note, "");
}

TEST(RevisionsTest, ReferenceKernelsAreTheRuntimesOwn) {
  const auto target = tinyml::Target::Parse("x86-64:kernels.revision=2024-01");
  ASSERT_FALSE(target.has_value());
  EXPECT_EQ(target.error().code, ErrorCode::kUsage);
  EXPECT_THAT(target.error().message, HasSubstr("the runtime's own"));
}

// A new revision is one data file, and its place in the list of texts.
TEST(RevisionsTest, ANewRevisionIsOneDataFile) {
  const std::string made_up = ReadText(
      testing::SourcePath("tests/runtime/targets/data/made_up_revision.json"));
  std::vector<std::string_view> texts(kEmbeddedRevisions.begin(),
                                      kEmbeddedRevisions.end());
  texts.push_back(made_up);
  const auto catalogue = RevisionCatalogue::Parse(texts);
  ASSERT_TRUE(catalogue.has_value()) << catalogue.error().message;
  const auto load = [&](std::string_view spec) {
    return LoadProfile(*ParseTargetSpec(spec), std::string(spec), *catalogue);
  };
  const auto made_up_target = load("cortex-m4:runtime=2030-01");
  ASSERT_TRUE(made_up_target.has_value()) << made_up_target.error().message;
  EXPECT_EQ(made_up_target->info.runtime_revision, "001122334455");
  EXPECT_EQ(made_up_target->info.kernels_release, "2026-06");
  const auto current = load("cortex-m4");
  ASSERT_TRUE(current.has_value());
  // It lacks the members of the per-channel FULLY_CONNECTED, and no more.
  ChangeSet expected = current->target.kernels.changes;
  expected.Remove(Change::kFullyConnectedPerChannel);
  EXPECT_EQ(made_up_target->target.kernels.changes, expected);
  EXPECT_LT(RequiredOn(made_up_target->target), RequiredOn(current->target));
  // The catalogue that ships does not have it.
  EXPECT_FALSE(tinyml::Target::Parse("cortex-m4:runtime=2030-01").has_value());
}

TEST(RevisionsTest, MalformedFilesAreRefused) {
  const std::string good = ReadText(
      testing::SourcePath("tests/runtime/targets/data/made_up_revision.json"));
  const auto fault_of = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    std::vector<std::string_view> texts(kEmbeddedRevisions.begin(),
                                        kEmbeddedRevisions.end());
    texts.push_back(text);
    const auto parsed = RevisionCatalogue::Parse(texts);
    return parsed ? "" : parsed.error().message;
  };
  EXPECT_EQ(fault_of("2030-01", "2030-02"), "");
  EXPECT_THAT(fault_of("fully-connected-per-channel", "per-channel"),
              HasSubstr("there is no change 'per-channel' of tflm"));
  EXPECT_THAT(fault_of("tflm 2026-08", "tflm 2026-09"),
              HasSubstr("'based_on' leads nowhere"));
  EXPECT_THAT(fault_of("00112233445566778899aabbccddeeff00112233", "0011223"),
              HasSubstr("40 digits"));
  EXPECT_THAT(fault_of("\"2030-01\"", "\"2026-08\""),
              HasSubstr("two revisions of tflm"));
  EXPECT_THAT(fault_of("\"lacks\"", "\"looks\""),
              HasSubstr("unknown key 'looks'"));
}

TEST(RevisionsTest, OperatorsThatCameLaterAreRefused) {
  Model model;
  model.subgraphs.emplace_back();
  model.buffers.emplace_back();
  OperatorCode code;
  code.builtin_code = BuiltinOperator::kReverseV2;
  model.operator_codes.push_back(code);
  model.subgraphs[0].operators.emplace_back();
  const auto target = tinyml::Target::Parse("cortex-m4:runtime=2025-06");
  ASSERT_TRUE(target.has_value());
  const auto simulation = Simulate(model, target->runtime());
  ASSERT_FALSE(simulation.has_value());
  EXPECT_THAT(simulation.error().message,
              AllOf(HasSubstr("3200ccd18268 has no such operator"),
                    HasSubstr("41a9c8a6c3f0 of 2025-07-10")));
  const auto now =
      Simulate(model, tinyml::Target::Parse("cortex-m4")->runtime());
  ASSERT_FALSE(now.has_value());
  EXPECT_THAT(now.error().message, Not(HasSubstr("no such operator")));
}

// The kernel of January 2024 allocates multipliers for int8 and int16 only, and
// writes them for uint8 too: the real one crashes. Later ones check the type.
TEST(RevisionsTest, ConvolutionsThatCrashWhilePreparingAreRefused) {
  for (BuiltinOperator code :
       {BuiltinOperator::kConv2D, BuiltinOperator::kDepthwiseConv2D}) {
    Model model;
    model.buffers.emplace_back();
    Subgraph& graph = model.subgraphs.emplace_back();
    for (int i = 0; i < 3; ++i) {
      Tensor& tensor = graph.tensors.emplace_back();
      tensor.type = TensorType::kUInt8;
      tensor.shape = {1, 1, 1, 1};
      Quantization& quantization = tensor.quantization.emplace();
      quantization.scale = {1};
      quantization.zero_point = {0};
    }
    model.operator_codes.emplace_back().builtin_code = code;
    Operator op;
    op.inputs = {0, 1};
    op.outputs = {2};
    op.options = code == BuiltinOperator::kConv2D
                     ? MakeOptions(Conv2DOptions{})
                     : MakeOptions(DepthwiseConv2DOptions{});
    graph.operators.push_back(op);
    const auto target = tinyml::Target::Parse("cortex-m4:runtime=2024-01");
    const auto simulation = Simulate(model, target->runtime());
    ASSERT_FALSE(simulation.has_value());
    EXPECT_THAT(simulation.error().message,
                HasSubstr("crashes this revision while it prepares"));
  }
}

}  // namespace
}  // namespace tinyml::runtime
