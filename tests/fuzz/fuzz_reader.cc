// libFuzzer: any bytes are read, and what can be read is sized, and written and
// read again, to the same size. Build with TINYML_BUILD_FUZZERS and clang;
// start from a folder of small models:
//
//   fuzz_reader -max_len=20000 corpus/ shared/ops/models/
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "model/graph.h"
#include "tinyml/arena.h"
#include "tinyml/target.h"

namespace tinyml {
namespace {

void Check(bool condition) {
  if (!condition) std::abort();
}

void Exercise(std::vector<uint8_t> bytes) {
  ReadReport report;
  const auto model = ReadTflite(ShareBytes(std::move(bytes)), "m", &report);
  if (!model) return;
  for (const Subgraph& subgraph : model->subgraphs) {
    (void)TopologicalOrder(subgraph);
  }
  static const Target kTarget = Target::Parse("cortex-m55").value();
  (void)SizeArena(*model, kTarget);
  const auto file = WriteTflite(*model);
  if (!file) return;
  const auto again = ReadTflite(ShareBytes(*file), "again", &report);
  Check(again.has_value());
  Check(report.dropped.empty());
  Check(WriteTflite(*again)->size() == file->size());
}

}  // namespace
}  // namespace tinyml

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Most inputs would fail at the identifier, so they all get it.
  std::vector<uint8_t> bytes(data, data + size);
  if (size >= 8) {
    constexpr uint8_t kIdentifier[] = {'T', 'F', 'L', '3'};
    std::copy(std::begin(kIdentifier), std::end(kIdentifier),
              bytes.begin() + 4);
  }
  tinyml::Exercise(std::move(bytes));
  return 0;
}
