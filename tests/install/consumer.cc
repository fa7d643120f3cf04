// A third-party program: it includes only installed headers, and sizes the
// arena of the model that it is given.
#include <tinyml/arena.h>
#include <tinyml/model.h>
#include <tinyml/model_file.h>
#include <tinyml/options.h>
#include <tinyml/target.h>
#include <tinyml/version.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: consumer MODEL\n");
    return 2;
  }
  const int32_t shape[] = {1, 49, 10};
  const auto bytes = tinyml::StoredBytes(tinyml::TensorType::kInt16, shape);
  std::printf("tinyml %s: %s, %lld bytes\n", TINYML_VERSION_STRING,
              tinyml::TensorTypeName(tinyml::TensorType::kInt16).c_str(),
              static_cast<long long>(bytes.value_or(-1)));
  if (bytes != 980) return 1;

  tinyml::Operator op;
  op.options = tinyml::MakeOptions(tinyml::Conv2DOptions{
      .padding = tinyml::Padding::kValid, .stride_w = 2, .stride_h = 2});
  const auto* conv = op.options.As<tinyml::Conv2DOptions>();
  if (conv == nullptr || conv->stride_w != 2 ||
      op.options.As<tinyml::SoftmaxOptions>() != nullptr ||
      tinyml::EnumName(conv->padding) != "VALID") {
    return 1;
  }

  const auto file = tinyml::ReadModelFile(argv[1]);
  if (!file) {
    std::fprintf(stderr, "%s\n", file.error().message.c_str());
    return 1;
  }
  const auto target = tinyml::Target::Parse("cortex-m4+reference");
  if (!target) {
    std::fprintf(stderr, "%s\n", target.error().message.c_str());
    return 1;
  }
  const auto report = tinyml::SizeArena(file->model, *target);
  if (!report) {
    std::fprintf(stderr, "%s\n", report.error().message.c_str());
    return 1;
  }
  std::printf("%s needs %lld bytes on %s\n", file->name.c_str(),
              static_cast<long long>(report->required_arena_bytes),
              target->info().name.c_str());
  return report->arena_used_bytes > 0 &&
                 report->required_arena_bytes >= report->arena_used_bytes
             ? 0
             : 1;
}
