// A catalogue of a few revisions, made by hand: what is read, found and
// inherited.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "runtime/targets/revisions.h"

// Designated initialisers leave members out on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A revision file; its commit is `digit` 40 times.
std::string File(std::string_view project, std::string_view name, char digit,
                 std::string_view date, std::string_view more = "") {
  return fmt::format(R"({{"schema_version": 1, "project": "{}", "name": "{}",)"
                     R"( "commit": "{}", "date": "{}"{}{}}})",
                     project, name, std::string(40, digit), date,
                     more.empty() ? "" : ", ", more);
}

//   tflm 2030-01 --> 2030-06 --> 2031-01 (default)
//                       \--> esp-tflite-micro 2.0 (default)
std::vector<std::string> Line() {
  return {
      File("tflm", "2031-01", 'c', "2031-01-20",
           R"("based_on": "tflm 2030-06", "default": true,
              "lacks": ["bool-cast"], "kernels": ["cmsis-nn 7.0"])"),
      File("tflm", "2030-01", 'a', "2030-01-10", R"("adds": ["bool-cast"])"),
      File("tflm", "2030-06", 'b', "2030-06-15",
           R"("based_on": "tflm 2030-01", "adds": ["rfft-scratch"],
              "also": ["dddddddddddddddddddddddddddddddddddddddd"])"),
      File("esp-tflite-micro", "2.0", 'e', "2030-07-01",
           R"("based_on": "tflm 2030-06", "default": true,
              "lacks": ["rfft-scratch"])"),
      File("cmsis-nn", "7.0", '7', "2030-12-01", R"("default": true)"),
      File("cmsis-nn", "6.0", '6', "2029-12-01"),
  };
}

Result<RevisionCatalogue> Parse(const std::vector<std::string>& files) {
  const std::vector<std::string_view> texts(files.begin(), files.end());
  return RevisionCatalogue::Parse(texts);
}

// The sentence with which `more` beside Line() is refused.
std::string RefusalBeside(const std::string& more) {
  std::vector<std::string> files = Line();
  files.push_back(more);
  const auto parsed = Parse(files);
  return parsed ? "" : parsed.error().message;
}

class RevisionCatalogueTest : public ::testing::Test {
 protected:
  const Revision& Find(std::string_view project, std::string_view spelling) {
    const auto found = catalogue_.Find(project, spelling);
    EXPECT_TRUE(found) << found.error().message;
    return **found;
  }
  bool Has(std::string_view project, std::string_view name, Change change) {
    return catalogue_.ChangesOf(Find(project, name)).Has(change);
  }

  RevisionCatalogue catalogue_ = Parse(Line()).value();
};

TEST_F(RevisionCatalogueTest, IsOrderedByProjectAndDate) {
  std::vector<std::string> names;
  for (const Revision& revision : catalogue_.revisions()) {
    names.push_back(revision.project + " " + revision.name);
  }
  EXPECT_THAT(
      names, ElementsAre("cmsis-nn 6.0", "cmsis-nn 7.0", "esp-tflite-micro 2.0",
                         "tflm 2030-01", "tflm 2030-06", "tflm 2031-01"));
}

TEST_F(RevisionCatalogueTest, ChangesAreInheritedUntilTheyAreLacking) {
  EXPECT_TRUE(Has("tflm", "2030-01", Change::kBoolCast));
  EXPECT_FALSE(Has("tflm", "2030-01", Change::kRfftScratch));
  EXPECT_TRUE(Has("tflm", "2030-06", Change::kBoolCast));
  EXPECT_TRUE(Has("tflm", "2030-06", Change::kRfftScratch));
  EXPECT_FALSE(Has("tflm", "2031-01", Change::kBoolCast));
  EXPECT_TRUE(Has("tflm", "2031-01", Change::kRfftScratch));
  // Another project's history is separate.
  EXPECT_TRUE(Has("esp-tflite-micro", "2.0", Change::kBoolCast));
  EXPECT_FALSE(Has("esp-tflite-micro", "2.0", Change::kRfftScratch));
}

TEST_F(RevisionCatalogueTest, EachProjectHasADefault) {
  EXPECT_EQ(catalogue_.Default("tflm").name, "2031-01");
  EXPECT_EQ(catalogue_.Default("cmsis-nn").name, "7.0");
}

TEST_F(RevisionCatalogueTest, FindsEverySpelling) {
  EXPECT_EQ(Find("tflm", "2030-06").name, "2030-06");
  EXPECT_EQ(Find("tflm", "bbbbbbb").name, "2030-06");
  EXPECT_EQ(Find("tflm", std::string(40, 'b')).name, "2030-06");
  EXPECT_EQ(Find("tflm", "ddddddd").name, "2030-06");  // A commit beside it.
  EXPECT_EQ(Find("cmsis-nn", "v7.0").name, "7.0");
}

TEST_F(RevisionCatalogueTest, NamesTheNearestOfAnUnknownOne) {
  const auto refusal = [&](std::string_view project, std::string_view name) {
    const auto found = catalogue_.Find(project, name);
    EXPECT_FALSE(found);
    return found ? "" : found.error().message;
  };
  EXPECT_THAT(refusal("tflm", "2030-07"),
              HasSubstr("nearest known: 2030-06 (bbbbbbbbbbbb), 2031-01"));
  EXPECT_THAT(refusal("cmsis-nn", "6.1"), HasSubstr("nearest known: 6.0"));
  EXPECT_THAT(refusal("tflm", "bbbbbb"), HasSubstr("is not known"));
  EXPECT_THAT(refusal("tflm", "7.0"), HasSubstr("is not known"));
  EXPECT_THAT(refusal("zephyr", "1"), HasSubstr("is not known"));
}

TEST_F(RevisionCatalogueTest, TheNearestKnownOneIsNotAfterADateOrAVersion) {
  std::vector<std::string> files = Line();
  files.push_back(File("cmsis-nn", "6.0.1-rc1", '1', "2029-12-02"));
  files.push_back(File("cmsis-nn", "2031-02", '2', "2031-02-01"));
  const RevisionCatalogue catalogue = Parse(files).value();
  const auto nearest = [&](std::string_view project, std::string_view name) {
    const auto found = catalogue.FindNearest(project, name);
    return found ? (*found)->name : "";
  };
  EXPECT_EQ(nearest("tflm", "2030-05"), "2030-01");
  EXPECT_EQ(nearest("tflm", "2030-06-14"), "2030-01");
  EXPECT_EQ(nearest("tflm", "2030-06-15"), "2030-06");
  EXPECT_EQ(nearest("tflm", "2040-01"), "2031-01");
  // Before all of them: the first.
  EXPECT_EQ(nearest("tflm", "2029-12"), "2030-01");
  EXPECT_EQ(nearest("cmsis-nn", "5.9"), "6.0");
  EXPECT_EQ(nearest("cmsis-nn", "6.0.1"), "6.0.1-rc1");
  EXPECT_EQ(nearest("cmsis-nn", "6.0.0~1"), "6.0");
  EXPECT_EQ(nearest("cmsis-nn", "v6.9.9"), "6.0.1-rc1");
  // A version after all others may be after those that have only a date.
  EXPECT_EQ(nearest("cmsis-nn", "8.0.0"), "2031-02");
  // Nothing tells when a commit was made.
  EXPECT_EQ(nearest("tflm", "0123456"), "2031-01");
  EXPECT_EQ(nearest("tflm", "1.0.0"), "2031-01");
  for (const char* none : {"", "soon", "7", "012345", "1.x", "v", "1.2.3.x"}) {
    EXPECT_EQ(nearest("tflm", none), "") << none;
  }
}

TEST_F(RevisionCatalogueTest, TheNewestIsTheLastByDate) {
  EXPECT_EQ(catalogue_.Newest("tflm").name, "2031-01");
  EXPECT_EQ(catalogue_.NewestKernels(Find("tflm", "2031-01"), "cmsis-nn")->name,
            "7.0");
  EXPECT_EQ(catalogue_.NewestKernels(Find("tflm", "2030-01"), "cmsis-nn"),
            nullptr);
}

TEST_F(RevisionCatalogueTest, AnAmbiguousCommitIsRefused) {
  std::vector<std::string> files = Line();
  std::string twin = File("tflm", "2032-01", 'b', "2032-01-01");
  twin.replace(twin.find(std::string(40, 'b')) + 39, 1, "0");
  files.push_back(twin);
  const auto catalogue = Parse(files);
  ASSERT_TRUE(catalogue) << catalogue.error().message;
  const auto found = catalogue->Find("tflm", "bbbbbbbb");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("is ambiguous: 2030-06"));
  EXPECT_FALSE(catalogue->FindNearest("tflm", "bbbbbbbb"));
}

TEST_F(RevisionCatalogueTest, ARuntimeBringsTheKernelsThatItWasBuiltWith) {
  const auto resolve = [&](std::string_view runtime, std::string_view kernels) {
    auto resolved =
        ResolveRevisions(catalogue_, "tflm", runtime, "cmsis-nn", kernels);
    EXPECT_TRUE(resolved) << resolved.error().message;
    return resolved.value();
  };
  EXPECT_EQ(resolve("2031-01", "").kernels->name, "7.0");
  EXPECT_EQ(resolve("2031-01", "").note, "");
  EXPECT_THAT(resolve("2031-01", "6.0").note,
              HasSubstr("was never built with cmsis-nn 6.0"));
  // One that names none takes the default, whatever else is named.
  EXPECT_EQ(resolve("2030-01", "").kernels->name, "7.0");
  EXPECT_EQ(resolve("2030-01", "6.0").note, "");
}

struct Malformed {
  std::string file;
  std::string sentence;
};

TEST(RevisionFileTest, EachFaultIsNamed) {
  const std::string good = File("tflm", "2032-01", '1', "2032-01-01");
  ASSERT_EQ(RefusalBeside(good), "");
  const auto with = [&](std::string_view more) {
    return File("tflm", "2032-01", '1', "2032-01-01", more);
  };
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  const Malformed faults[] = {
      {"[]", "is not a JSON object"},
      {"{", "is not a JSON object"},
      {changed("\"project\"", "\"projekt\""), "'project' is missing"},
      {changed("\"schema_version\": 1", "\"schema_version\": 2"),
       "'schema_version' must be 1"},
      {changed("\"2032-01\"", "7"), "'name' must be a string"},
      {changed(std::string(40, '1'), "1234567"), "40 digits of a commit"},
      {changed(std::string(40, '1'), std::string(40, 'g')),
       "40 digits of a commit"},
      {changed("2032-01-01", "soon"), "'date' must be a date"},
      {with(R"("colour": "red")"), "unknown key 'colour'"},
      {with(R"("default": 1)"), "'default' must be true or false"},
      {with(R"("also": "1")"), "'also' must be a list"},
      {with(R"("also": [1])"), "'also' must be a list of strings"},
      {with(R"("also": ["1"])"), "40 digits of a commit"},
      {with(R"("upstream_commit": "1")"), "40 digits of a commit"},
      {with(R"("releases": ["1.0"])"), "'releases[0]'"},
      {with(R"("adds": ["better-kernels"])"),
       "there is no change 'better-kernels' of tflm"},
      {with(R"("based_on": "tflm 1999-01")"), "'based_on' leads nowhere"},
      {with(R"("based_on": "tflm 2032-01")"), "'based_on' leads nowhere"},
      {with(R"("default": true)"), "tflm needs one default revision"},
      {File("zephyr", "1", '1', "2032-01-01"),
       "zephyr needs one default revision"},
      {File("tflm", "2030-06", '1', "2032-01-01"),
       "two revisions of tflm are both 2030-06"},
      {File("tflm", "2032-01", 'd', "2032-01-01"), "two revisions of tflm"},
  };
  for (const auto& [file, sentence] : faults) {
    EXPECT_THAT(RefusalBeside(file), HasSubstr(sentence)) << file;
  }
}

TEST(RevisionTest, KernelLibrariesHaveProjects) {
  EXPECT_EQ(KernelProject("cmsis-nn", "tflm"), "cmsis-nn");
  EXPECT_EQ(KernelProject("esp-nn", "esp-tflite-micro"), "esp-nn");
  EXPECT_EQ(KernelProject("esp-nn-ansi", "esp-tflite-micro"), "esp-nn");
  // The reference kernels are the runtime's own.
  EXPECT_EQ(KernelProject("reference", "tflm"), "tflm");
}

TEST(RevisionTest, ReportsPrintTwelveDigits) {
  EXPECT_EQ(ShortCommit({.project = "tflm",
                         .name = "x",
                         .commit = "00112233445566778899aabbccddeeff00112233"}),
            "001122334455");
}

TEST(TargetTest, SizesAlikeIfOnlyTheNameDiffers) {
  const Target one = {.name = "one", .runtime_name = "tflm"};
  Target two = one;
  two.name = "two";
  EXPECT_TRUE(one.SizesAlike(two));
  // Reports have it among their warnings.
  two.revision_note = "noted";
  EXPECT_FALSE(one.SizesAlike(two));
  two = one;
  two.abi.short_enums = true;
  EXPECT_FALSE(one.SizesAlike(two));
  two = one;
  two.kernels.dsp = true;
  EXPECT_FALSE(one.SizesAlike(two));
  two = one;
  two.kernels.changes.Remove(Change::kBoolCast);
  EXPECT_FALSE(one.SizesAlike(two));
}

TEST(ChangeSetTest, IsASet) {
  ChangeSet set;
  EXPECT_FALSE(set.Has(Change::kBoolCast));
  set.Add(Change::kBoolCast);
  EXPECT_TRUE(set.Has(Change::kBoolCast));
  ChangeSet other;
  other.Add(Change::kRfftScratch);
  set.Add(other);
  set.Remove(Change::kBoolCast);
  EXPECT_EQ(set, other);
  EXPECT_TRUE(ChangeSet::All().Has(Change::kBoolCast));
}

TEST(ChangesTest, AreFoundByProjectAndName) {
  for (const ChangeInfo& info : AllChanges()) {
    EXPECT_EQ(FindChange(info.project, info.name), &info) << info.name;
  }
  EXPECT_EQ(FindChange("tflm", "better-kernels"), nullptr);
  EXPECT_EQ(FindChange("cmsis-nn", "bool-cast"), nullptr);
}

}  // namespace
}  // namespace tinyml::runtime
