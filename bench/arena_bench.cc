// Sizing an arena: the whole of it for a model of testdata/, and the planner.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "formats/tflite/reader.h"
#include "runtime/arena/planner.h"
#include "tinyml/arena.h"
#include "tinyml/target.h"

namespace tinyml {
namespace {

constexpr char kKeyword[] = TINYML_SOURCE_DIR "/testdata/keyword_int8.tflite";

void BM_ParseTarget(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(Target::Parse("nano-33-ble-sense"));
  }
}
BENCHMARK(BM_ParseTarget);

void BM_SizeArena(benchmark::State& state, const std::string& name) {
  const Result<SharedBytes> file = ReadFile(kKeyword);
  if (!file) return state.SkipWithError(file.error().message.c_str());
  const Result<Model> model = ReadTflite(*file, kKeyword, nullptr);
  if (!model) return state.SkipWithError(model.error().message.c_str());
  const Result<Target> target = Target::Parse(name);
  if (!target) return state.SkipWithError(target.error().message.c_str());
  for (auto _ : state) {
    benchmark::DoNotOptimize(SizeArena(*model, *target));
  }
}
BENCHMARK_CAPTURE(BM_SizeArena, cortex_m4, "cortex-m4");
BENCHMARK_CAPTURE(BM_SizeArena, esp32s3, "esp32s3");

// Buffers of a few sizes, each alive for up to eight scopes.
void BM_GreedyPlan(benchmark::State& state) {
  uint32_t random = 1;
  std::vector<runtime::PlanBuffer> buffers;
  for (int32_t i = 0; i < state.range(0); ++i) {
    random = random * 1664525u + 1013904223u;
    const auto high = static_cast<int32_t>(random >> 16);
    buffers.push_back({.size = 16 * (1 + high % 256),
                       .first_used = i,
                       .last_used = i + (high >> 8) % 8,
                       .offline_offset = {}});
  }
  for (auto _ : state) benchmark::DoNotOptimize(runtime::GreedyPlan(buffers));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(BM_GreedyPlan)->RangeMultiplier(8)->Range(8, 8 << 9)->Complexity();

}  // namespace
}  // namespace tinyml
