// Distribution files as they are read, and how they are chosen for a target.
#include "runtime/targets/distributions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "runtime/targets/profile.h"
#include "tests/support/paths.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// A distribution of upstream's 2024-05 with its CMSIS-NN for the Cortex-M4 and
// reference kernels for ESP32 chips; `more` adds to it or replaces.
std::string File(std::string_view name, std::string_view more = "") {
  return fmt::format(
      R"({{"schema_version": 1, "name": "{}", "title": "Made_Up {}",
          "runtime": {{"name": "tflm", "revision": "2024-05"}},
          "static_memory": false, "measured": true,
          "builds": [{{"on": ["cortex-m4"], "kernels": "cmsis-nn 2024-05"}},
                     {{"on": ["esp32"], "kernels": "reference"}}],
          "install": "nowhere", "identify": "not at all",
          "sources": [{{"what": "all", "where": "invented"}}]{}{}}})",
      name, name, more.empty() ? "" : ", ", more);
}

DistributionCatalogue Catalogue(const std::vector<std::string>& files) {
  const std::vector<std::string_view> texts(files.begin(), files.end());
  auto parsed = DistributionCatalogue::Parse(texts);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? *parsed : DistributionCatalogue();
}

std::string Refusal(const std::vector<std::string>& files) {
  const std::vector<std::string_view> texts(files.begin(), files.end());
  const auto parsed = DistributionCatalogue::Parse(texts);
  if (parsed) return "";
  EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid);
  return parsed.error().message;
}

TEST(DistributionsTest, AreTheFilesOfTheSourceTree) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(
           testing::SourcePath("lib/runtime/distributions"))) {
    std::ifstream in(entry.path(), std::ios::binary);
    files.emplace(std::istreambuf_iterator<char>(in),
                  std::istreambuf_iterator<char>());
  }
  EXPECT_EQ(files, std::set<std::string>(kEmbeddedDistributions.begin(),
                                         kEmbeddedDistributions.end()));
}

// Each can be chosen on every core that it is built for.
TEST(DistributionsTest, AreWellFormed) {
  const auto parsed = DistributionCatalogue::Parse(kEmbeddedDistributions);
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  for (const Distribution& distribution : parsed->distributions()) {
    int cores = 0;
    for (const std::string& core : CoreNames()) {
      if (BuildFor(distribution, core) == nullptr) continue;
      ++cores;
      const auto target =
          tinyml::Target::Parse(core + ":runtime=" + distribution.name);
      ASSERT_TRUE(target) << target.error().message;
      EXPECT_EQ(target->info().distribution, distribution.name);
      EXPECT_THAT(target->runtime().revision_note, IsEmpty());
      EXPECT_THAT(target->info().upstream_date, Not(IsEmpty()));
    }
    EXPECT_GT(cores, 0) << distribution.name;
  }
}

// What people install for a board is its default.
TEST(DistributionsTest, AreTheDefaultsOfBoards) {
  const auto of = [](const std::string& board) {
    const auto target = tinyml::Target::Parse(board);
    EXPECT_TRUE(target) << target.error().message;
    return target ? target->info().distribution : "";
  };
  EXPECT_EQ(of("nano-33-ble-sense"), "chirale-2.0.0");
  EXPECT_EQ(of("portenta-h7"), "chirale-2.0.0");
  EXPECT_EQ(of("nano-rp2040-connect"), "chirale-2.0.0");
  EXPECT_EQ(of("esp32-devkitc"), "esp-tflite-micro-1.4.0");
  EXPECT_EQ(of("esp32-p4-function-ev"), "esp-tflite-micro-1.4.0");
  EXPECT_EQ(of("raspberry-pi-pico"), "pico-tflmicro-2024-12");
  EXPECT_EQ(of("raspberry-pi-pico-2"), "pico-tflmicro-2024-12");
  EXPECT_EQ(of("nrf52840-dk"), "zephyr-4.4.0");
  EXPECT_EQ(of("teensy-4-0"), "");
  EXPECT_EQ(of("cortex-m4"), "");
  for (const std::string& name : TargetNames()) of(name);
}

TEST(DistributionsTest, RefusesMalformedFiles) {
  EXPECT_THAT(Refusal({"[]"}), HasSubstr("is not a JSON object"));
  EXPECT_EQ(Refusal({R"({"schema_version": 1, "name": "a"})"}),
            "distribution a: 'title' is missing");
  EXPECT_EQ(Refusal({File("a", R"("schema_version": 2)")}),
            "distribution a: 'schema_version' must be 1");
  EXPECT_EQ(Refusal({File("a", R"("colour": "red")")}),
            "distribution a: unknown key 'colour'");
  EXPECT_EQ(Refusal({File("a", R"("static_memory": "off")")}),
            "distribution a: 'static_memory' must be true or false");
  EXPECT_EQ(Refusal({File("a", R"("builds": [])")}),
            "distribution a: 'builds' must not be empty");
  EXPECT_EQ(Refusal({File("a", R"("adds": ["bool-cast"])")}),
            "distribution a: there is no change 'bool-cast'");
  EXPECT_EQ(Refusal({File("a", R"("lacks": ["tflm boolean-cast"])")}),
            "distribution a: there is no change 'tflm boolean-cast'");
  EXPECT_EQ(Refusal({File("a", R"("lacks_operators": ["ADDITION"])")}),
            "distribution a: there is no operator 'ADDITION'");
  EXPECT_EQ(Refusal({File("a"), File("b"), File("a")}),
            "two distributions are named a");
}

TEST(DistributionsTest, ChangeWhatTheRevisionHas) {
  const auto catalogue =
      Catalogue({File("a", R"("adds": ["tflm bool-cast"])"),
                 File("b", R"("lacks": ["tflm bool-cast"])")});
  const Distribution& a = *catalogue.Find("a");
  EXPECT_TRUE(a.adds.Has(Change::kBoolCast));
  EXPECT_FALSE(a.lacks.Has(Change::kBoolCast));
  ASSERT_EQ(a.added.size(), 1U);
  EXPECT_EQ(a.added[0].name, "bool-cast");
  EXPECT_TRUE(catalogue.Find("b")->lacks.Has(Change::kBoolCast));
  EXPECT_EQ(catalogue.Find("c"), nullptr);
}

TEST(DistributionsTest, AreListedForTheCoresThatTheyAreBuiltFor) {
  const auto catalogue = Catalogue(
      {File("every", R"("builds": [{"kernels": "reference"}])"), File("a")});
  EXPECT_THAT(NamesFor(catalogue, "cortex-m4"), ElementsAre("a", "every"));
  EXPECT_THAT(NamesFor(catalogue, "cortex-m7"), ElementsAre("every"));
  EXPECT_THAT(NamesFor(catalogue, "esp32s3"), ElementsAre("a", "every"));
}

class ChosenDistributionTest : public ::testing::Test {
 protected:
  LoadedProfile Load(const std::string& spec) {
    auto loaded = TryLoad(spec);
    EXPECT_TRUE(loaded) << loaded.error().message;
    return loaded ? *loaded : LoadedProfile();
  }
  std::string RefusalOf(const std::string& spec) {
    const auto loaded = TryLoad(spec);
    if (loaded) return "";
    EXPECT_EQ(loaded.error().code, ErrorCode::kUsage);
    return loaded.error().message;
  }
  Result<LoadedProfile> TryLoad(const std::string& spec) {
    return LoadProfile(ParseTargetSpec(spec).value(), spec,
                       RevisionCatalogue::Builtin(), catalogue_);
  }

  DistributionCatalogue catalogue_ =
      Catalogue({File("made-up-1.0", R"("lacks_operators": ["MUL"],
                              "adds": ["ambiq logistic-table"])"),
                 File("made-up-2.0", R"("upstream": {"commit": "0123456789",
                                           "date": "2024-07-14"})")});
};

TEST_F(ChosenDistributionTest, BringsRuntimeKernelsSwitchesAndPatches) {
  const LoadedProfile loaded = Load("cortex-m4:runtime=made-up-1.0");
  EXPECT_EQ(loaded.info.distribution, "made-up-1.0");
  EXPECT_EQ(loaded.info.distribution_title, "Made_Up made-up-1.0");
  EXPECT_EQ(loaded.info.runtime_release, "2024-05");
  EXPECT_EQ(loaded.info.kernels_name, "cmsis-nn");
  EXPECT_EQ(loaded.info.kernels_release, "2024-05");
  EXPECT_FALSE(loaded.info.static_memory);
  EXPECT_FALSE(loaded.target.static_memory);
  EXPECT_TRUE(loaded.target.kernels.dsp);
  EXPECT_TRUE(loaded.target.kernels.changes.Has(Change::kAmbiqLogisticTable));
  EXPECT_EQ(loaded.target.lacks_operators, OperatorsNamed({"MUL"}));
  EXPECT_EQ(loaded.target.lacks_operators.count(), 1U);
  EXPECT_THAT(loaded.target.revision_note, IsEmpty());
}

TEST_F(ChosenDistributionTest, NamesItsOwnCommitWhereItHasOne) {
  const LoadedProfile own = Load("cortex-m4:runtime=made-up-2.0");
  EXPECT_EQ(own.info.upstream_commit, "0123456789");
  EXPECT_EQ(own.target.runtime_label, "Made_Up made-up-2.0 (2024-07)");
  const LoadedProfile revision = Load("cortex-m4:runtime=made-up-1.0");
  EXPECT_THAT(revision.info.upstream_commit,
              StartsWith(revision.info.runtime_revision));
}

TEST_F(ChosenDistributionTest, HasOtherKernelsOnOtherCores) {
  const LoadedProfile loaded = Load("esp32s3:runtime=made-up-1.0");
  EXPECT_EQ(loaded.info.runtime_name, "tflm");
  EXPECT_EQ(loaded.info.kernels_name, "reference");
  EXPECT_EQ(loaded.info.kernels_release, "2024-05");
}

TEST_F(ChosenDistributionTest, GivesWayToOverridesInAnyOrder) {
  for (const char* spec :
       {"cortex-m4:runtime=made-up-1.0,kernels.revision=7.0.0",
        "cortex-m4:kernels.revision=7.0.0,runtime=made-up-1.0"}) {
    const LoadedProfile loaded = Load(spec);
    EXPECT_EQ(loaded.info.distribution, "made-up-1.0");
    EXPECT_EQ(loaded.info.kernels_release, "7.0.0");
    EXPECT_EQ(loaded.target.revision_note,
              "Made_Up made-up-1.0 comes with cmsis-nn 2024-05: the figures "
              "are those of its runtime with 7.0.0");
  }
  // The last runtime counts.
  EXPECT_EQ(
      Load("cortex-m4:runtime=2024-01,runtime=made-up-2.0").info.distribution,
      "made-up-2.0");
  const LoadedProfile upstream =
      Load("cortex-m4:runtime=made-up-2.0,runtime=2024-01");
  EXPECT_EQ(upstream.info.distribution, "");
  EXPECT_EQ(upstream.info.runtime_release, "2024-01");
  EXPECT_TRUE(upstream.target.static_memory);
}

TEST_F(ChosenDistributionTest, KeepsItsRuntimeUnderOtherKernels) {
  const LoadedProfile loaded = Load("cortex-m4+reference:runtime=made-up-1.0");
  EXPECT_EQ(loaded.info.distribution, "made-up-1.0");
  EXPECT_EQ(loaded.info.kernels_name, "reference");
  EXPECT_EQ(loaded.info.runtime_release, "2024-05");
  EXPECT_FALSE(loaded.target.static_memory);
  EXPECT_EQ(loaded.target.revision_note,
            "Made_Up made-up-1.0 comes with the kernels of cmsis-nn: the "
            "figures are those of its runtime with reference");
}

TEST_F(ChosenDistributionTest, RefusesWhatItIsNotBuiltFor) {
  EXPECT_EQ(RefusalOf("cortex-m7:runtime=made-up-1.0"),
            "distribution made-up-1.0 is not built for cortex-m7");
  EXPECT_EQ(RefusalOf("cortex-m4+esp-nn-ansi:runtime=made-up-1.0"),
            "Made_Up made-up-1.0 has no ESP-NN kernels");
}

TEST_F(ChosenDistributionTest, SuggestsNamesThatAreNear) {
  EXPECT_THAT(RefusalOf("cortex-m4:runtime=made-up-1.1"),
              HasSubstr("did you mean the distribution 'made-up-1.0'?"));
  EXPECT_THAT(RefusalOf("cortex-m4:runtime=made-up"),
              HasSubstr("did you mean the distribution 'made-up-1.0'?"));
  EXPECT_THAT(RefusalOf("cortex-m4:runtime=2023-13"),
              Not(HasSubstr("did you mean")));
}

}  // namespace
}  // namespace tinyml::runtime
