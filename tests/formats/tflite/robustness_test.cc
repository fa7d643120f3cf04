// Damaged files: each real model cut off at 64 places, and with single bytes
// changed. Whatever comes in, an answer or one sentence comes out, in bounded
// memory. The number of changes to each model is small by default;
// TINYML_FLIPS raises it.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>

#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "model/graph.h"
#include "tests/support/models.h"
#include "tests/support/paths.h"
#include "tests/support/sanitizer.h"
#include "tinyml/arena.h"
#include "tinyml/target.h"

namespace tinyml {
namespace {

constexpr int kTruncations = 64;
constexpr int kDefaultFlips = 40;

// Everything takes a few megabytes. The sanitizer quarantines freed memory,
// over 1 GiB of it.
constexpr int64_t kMostBytes = int64_t{testing::kAddressSanitizer ? 8 : 1}
                               << 30;

// The most memory that the process has held at once so far.
int64_t PeakBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

// Expects that memory use during its lifetime stays within the bounds.
class BoundsCheck {
 public:
  BoundsCheck() = default;
  BoundsCheck(const BoundsCheck&) = delete;
  BoundsCheck& operator=(const BoundsCheck&) = delete;
  ~BoundsCheck() {
    // An earlier peak belongs to another test.
    const int64_t peak = PeakBytes();
    EXPECT_TRUE(peak == peak_before_ || peak < kMostBytes)
        << "it took the process to " << peak << " bytes";
  }

 private:
  int64_t peak_before_ = PeakBytes();
};

// Small and the same everywhere. Source of the constants: Knuth, MMIX.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Below(uint64_t limit) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return (state_ >> 33) % limit;
  }

 private:
  uint64_t state_;
};

// Sizes the model's arena on one target after another.
void ExerciseRuntime(const Model& model) {
  static const std::vector<Target> kTargets = [] {
    std::vector<Target> targets;
    for (const char* name : {"cortex-m4", "cortex-m55", "esp32s3", "esp32p4",
                             "x86-64", "cortex-m0"}) {
      targets.push_back(Target::Parse(name).value());
    }
    return targets;
  }();
  static size_t next = 0;
  const auto report = SizeArena(model, kTargets[next++ % kTargets.size()]);
  if (report) return;
  const std::string& message = report.error().message;
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  EXPECT_TRUE(report.error().code == ErrorCode::kUnsupported ||
              report.error().code == ErrorCode::kInvalid)
      << message;
}

// Reads the file and, if it can be read, does with the model what commands do.
void Exercise(std::vector<uint8_t> bytes) {
  const BoundsCheck bounds;
  ReadReport report;
  const auto model = ReadTflite(ShareBytes(std::move(bytes)), "m", &report);
  if (!model) {
    const std::string& message = model.error().message;
    EXPECT_TRUE(message.starts_with("m: ")) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    EXPECT_LT(message.size(), 600u) << message;
    EXPECT_EQ(model.error().code, ErrorCode::kInvalid);
    return;
  }
  for (const Subgraph& subgraph : model->subgraphs) {
    (void)TopologicalOrder(subgraph);
  }
  ExerciseRuntime(*model);
  const auto file = WriteTflite(*model);
  ASSERT_TRUE(file) << file.error().message;
  const auto again = ReadTflite(ShareBytes(*file), "again", nullptr);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(*again == *model) << "what was written reads as another model";
}

int Flips() {
  const char* given = std::getenv("TINYML_FLIPS");
  return given == nullptr ? kDefaultFlips : std::atoi(given);
}

class RobustnessTest : public ::testing::Test {
 protected:
  // The bytes of every shared model.
  static std::vector<std::pair<std::string, std::vector<uint8_t>>> Models(
      const std::string& shared) {
    std::vector<std::pair<std::string, std::vector<uint8_t>>> models;
    for (const auto& path : testing::TfliteFilesIn(shared + "/models")) {
      const auto file = ReadFile(path);
      if (!file) continue;
      models.emplace_back(
          path, std::vector<uint8_t>(file->bytes.begin(), file->bytes.end()));
    }
    return models;
  }
};

TEST_F(RobustnessTest, TruncatedModels) {
  TINYML_REQUIRE_SHARED(shared);
  for (const auto& [path, bytes] : Models(*shared)) {
    for (int i = 0; i < kTruncations; ++i) {
      SCOPED_TRACE(path + " cut at " + std::to_string(i) + "/64");
      const size_t length = bytes.size() * static_cast<size_t>(i) / 64;
      Exercise(
          {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)});
    }
  }
}

TEST_F(RobustnessTest, ModelsWithOneByteChanged) {
  TINYML_REQUIRE_SHARED(shared);
  const int flips = Flips();
  uint64_t seed = 1;
  for (const auto& [path, bytes] : Models(*shared)) {
    Random random(seed++);
    for (int i = 0; i < flips; ++i) {
      // Half of the changes near the start, where the structure often is.
      const uint64_t range =
          i % 2 == 0 ? bytes.size() : std::min<uint64_t>(bytes.size(), 4096);
      const auto at = static_cast<size_t>(random.Below(range));
      std::vector<uint8_t> changed = bytes;
      changed[at] ^= static_cast<uint8_t>(1 + random.Below(255));
      SCOPED_TRACE(path + ", byte " + std::to_string(at) + ", change " +
                   std::to_string(i));
      Exercise(std::move(changed));
    }
  }
}

// The same without the shared folder.
TEST_F(RobustnessTest, EveryByteOfASmallModel) {
  const auto good = *WriteTflite(testing::GoodModel());
  for (size_t at = 0; at < good.size(); ++at) {
    for (uint8_t value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      std::vector<uint8_t> changed = good;
      changed[at] = value;
      SCOPED_TRACE("byte " + std::to_string(at) + " = " +
                   std::to_string(value));
      Exercise(std::move(changed));
    }
    Exercise({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(at)});
  }
}

}  // namespace
}  // namespace tinyml
