// Reading and writing .tflite files.
#include <benchmark/benchmark.h>

#include <string>

#include "base/file.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"

namespace tinyml {
namespace {

constexpr char kKeyword[] = TINYML_SOURCE_DIR "/testdata/keyword_int8.tflite";

// With the FlatBuffers verifier and the model validator, as always.
void BM_ReadTflite(benchmark::State& state) {
  const Result<SharedBytes> file = ReadFile(kKeyword);
  if (!file) return state.SkipWithError(file.error().message.c_str());
  for (auto _ : state) {
    benchmark::DoNotOptimize(ReadTflite(*file, kKeyword, nullptr));
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(file->bytes.size()));
}
BENCHMARK(BM_ReadTflite);

void BM_WriteTflite(benchmark::State& state) {
  const Result<SharedBytes> file = ReadFile(kKeyword);
  if (!file) return state.SkipWithError(file.error().message.c_str());
  const Result<Model> model = ReadTflite(*file, kKeyword, nullptr);
  if (!model) return state.SkipWithError(model.error().message.c_str());
  for (auto _ : state) benchmark::DoNotOptimize(WriteTflite(*model));
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(file->bytes.size()));
}
BENCHMARK(BM_WriteTflite);

}  // namespace
}  // namespace tinyml
