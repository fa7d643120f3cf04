// Sizes a model that is held in memory, and prints where its arena is fullest.
//
// usage: size_in_memory MODEL TARGET    e.g. keyword.tflite cortex-m4
#include <tinyml/arena.h>
#include <tinyml/model_file.h>
#include <tinyml/target.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: size_in_memory MODEL TARGET\n");
    return 2;
  }
  const auto fail = [](const tinyml::Error& error) {
    std::fprintf(stderr, "%s\n", error.message.c_str());
    return 1;
  };

  // It could come from a socket or a database as well. The vector is moved into
  // the result; an array that is part of the program would be shared instead:
  // ReadModelBytes(g_model, nullptr, "g_model").
  std::ifstream in(argv[1], std::ios::binary);
  std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
  const auto file = tinyml::ReadModelBytes(std::move(bytes), argv[1]);
  if (!file) return fail(file.error());

  const auto target = tinyml::Target::Parse(argv[2]);
  if (!target) return fail(target.error());
  const auto report = tinyml::SizeArena(file->model, *target);
  if (!report) return fail(report.error());

  std::printf("%s needs an arena of %lld bytes on %s\n", file->name.c_str(),
              static_cast<long long>(report->required_arena_bytes),
              target->info().name.c_str());
  if (!report->peak_operator) return 0;  // No operator has a buffer.
  std::printf(
      "it is fullest at %s\n",
      tinyml::DescribeOperator(file->model, *report->peak_operator).c_str());
  for (const tinyml::ArenaBuffer& buffer : report->buffers) {
    if (!buffer.IsLive(report->peak_scope)) continue;
    std::printf("  %8lld bytes at %8lld  %s\n",
                static_cast<long long>(buffer.size_bytes),
                static_cast<long long>(buffer.offset_bytes),
                buffer.kind == tinyml::ArenaBuffer::Kind::kScratch
                    ? "scratch"
                    : buffer.name.c_str());
  }
  return 0;
}
