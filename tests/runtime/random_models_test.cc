// Invariants of the simulation, on random models and several targets.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "runtime/arena/arena.h"
#include "runtime/arena/planner.h"
#include "runtime/simulate.h"
#include "tests/support/random_model.h"
#include "tinyml/model.h"
#include "tinyml/target.h"

namespace tinyml::runtime {
namespace {

constexpr uint32_t kModels = 400;

const std::vector<tinyml::Target>& Targets() {
  static const std::vector<tinyml::Target> kTargets = [] {
    std::vector<tinyml::Target> targets;
    for (const char* name : {"cortex-m4", "cortex-m55", "cortex-m0", "x86-64",
                             "x86-32", "esp32s3", "esp32p4", "rv32"}) {
      targets.push_back(tinyml::Target::Parse(name).value());
    }
    return targets;
  }();
  return kTargets;
}

void ExpectSameFigures(const Simulation& a, const Simulation& b) {
  EXPECT_EQ(a.replay.used_bytes, b.replay.used_bytes);
  EXPECT_EQ(a.replay.required_bytes, b.replay.required_bytes);
  EXPECT_EQ(a.replay.head_bytes, b.replay.head_bytes);
  ASSERT_EQ(a.buffers.size(), b.buffers.size());
  for (size_t i = 0; i < a.buffers.size(); ++i) {
    EXPECT_EQ(a.buffers[i].offset_bytes, b.buffers[i].offset_bytes);
    EXPECT_EQ(a.buffers[i].lifetime.first_used,
              b.buffers[i].lifetime.first_used);
    EXPECT_EQ(a.buffers[i].lifetime.last_used, b.buffers[i].lifetime.last_used);
  }
}

TEST(RandomModelsTest, AreValid) {
  for (uint32_t seed = 0; seed < kModels; ++seed) {
    const Status valid = ValidateModel(testing::RandomModel(seed));
    ASSERT_TRUE(valid.has_value())
        << "seed " << seed << ": " << valid.error().message;
  }
}

TEST(RandomModelsTest, TheRequiredArenaWorksAndSixteenLessDoesNot) {
  for (uint32_t seed = 0; seed < kModels; ++seed) {
    const Model model = testing::RandomModel(seed);
    for (const tinyml::Target& target : Targets()) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " on " +
                   target.info().name);
      const auto simulation = Simulate(model, target.runtime());
      ASSERT_TRUE(simulation.has_value()) << simulation.error().message;
      const int64_t required = simulation->replay.required_bytes;
      ASSERT_EQ(required % 16, 0);
      EXPECT_GE(required, simulation->replay.used_bytes);

      const ReplayResult fits = Replay(simulation->events, required);
      EXPECT_FALSE(fits.failed_event.has_value());
      EXPECT_EQ(fits.used_bytes, simulation->replay.used_bytes);
      const ReplayResult too_small = Replay(simulation->events, required - 16);
      EXPECT_TRUE(too_small.failed_event.has_value());
    }
  }
}

TEST(RandomModelsTest, ThePlanHolds) {
  for (uint32_t seed = 0; seed < kModels; ++seed) {
    const Model model = testing::RandomModel(seed);
    const auto simulation = Simulate(model, Targets().front().runtime());
    ASSERT_TRUE(simulation.has_value()) << simulation.error().message;
    // Byte by byte, and not by the planner's own arithmetic. Prescribed places
    // may overlap each other.
    if (!model.metadata.empty()) continue;
    std::vector<const PlannedBuffer*> owner;
    const auto scopes = static_cast<int>(simulation->scopes.size());
    for (int scope = 0; scope < scopes; ++scope) {
      owner.assign(simulation->replay.head_bytes, nullptr);
      for (const PlannedBuffer& buffer : simulation->buffers) {
        if (buffer.lifetime.first_used > scope ||
            buffer.lifetime.last_used < scope) {
          continue;
        }
        for (int64_t i = 0; i < buffer.size_bytes; ++i) {
          auto& byte = owner[buffer.offset_bytes + i];
          ASSERT_EQ(byte, nullptr) << "seed " << seed << ", scope " << scope;
          byte = &buffer;
        }
      }
    }
  }
}

TEST(RandomModelsTest, WritingAndReadingChangesNothing) {
  for (uint32_t seed = 0; seed < kModels; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Model model = testing::RandomModel(seed);
    auto bytes = WriteTflite(model);
    ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
    ReadReport report;
    const auto again =
        ReadTflite(ShareBytes(std::move(*bytes)), "written", &report);
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_EQ(model, *again);
    EXPECT_TRUE(report.dropped.empty());
    for (const tinyml::Target& target : Targets()) {
      const auto before = Simulate(model, target.runtime());
      const auto after = Simulate(*again, target.runtime());
      ASSERT_TRUE(before.has_value()) << before.error().message;
      ASSERT_TRUE(after.has_value()) << after.error().message;
      ExpectSameFigures(*before, *after);
    }
  }
}

}  // namespace
}  // namespace tinyml::runtime
