// Quantizes a model of one input with samples that the program makes itself,
// and compares what both models say.
//
// usage: quantize_samples MODEL OUTPUT    e.g. sine_float.tflite sine.tflite
#include <tinyml/convert.h>
#include <tinyml/interpreter.h>
#include <tinyml/model_file.h>
#include <tinyml/output.h>
#include <tinyml/quantize.h>
#include <tinyml/samples.h>
#include <tinyml/target.h>

#include <cstdio>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

// Every element of sample i is i / 100 * 2 pi.
class Angles : public tinyml::SampleSource {
 public:
  static float At(int64_t index) {
    return static_cast<float>(index) * 0.0628318f;
  }
  int64_t Count() const override { return 100; }
  std::string NameOf(int64_t index) const override {
    return "angle " + std::to_string(index);
  }
  // Several threads may call this at the same time.
  tinyml::Result<std::optional<std::string>> Read(
      int64_t index,
      std::span<const std::span<uint8_t>> inputs) const override {
    const float angle = At(index);
    for (const std::span<uint8_t> input : inputs) {
      for (size_t i = 0; i + sizeof angle <= input.size(); i += sizeof angle) {
        std::memcpy(input.data() + i, &angle, sizeof angle);
      }
    }
    return std::nullopt;  // It is not left out.
  }
};

tinyml::Result<float> FirstOutput(tinyml::Interpreter& interpreter,
                                  float angle) {
  if (auto set = interpreter.SetInput(0, {&angle, 1}); !set) {
    return tinyml::Fail(set.error());
  }
  if (auto ran = interpreter.Invoke(); !ran) return tinyml::Fail(ran.error());
  const auto values = interpreter.GetOutput(0);
  if (!values) return tinyml::Fail(values.error());
  return values->at(0);
}

tinyml::Status Run(const char* path, const char* output) {
  const auto file = tinyml::ReadModelFile(path);
  if (!file) return tinyml::Fail(file.error());

  tinyml::QuantizationOptions options;
  // Returning false would cancel.
  options.progress = [](std::string_view what, int64_t done, int64_t of) {
    if (done == of)
      std::printf("%.*s\n", static_cast<int>(what.size()), what.data());
    return true;
  };
  const Angles angles;
  const auto quantized = tinyml::QuantizeModel(file->model, &angles, options);
  if (!quantized) return tinyml::Fail(quantized.error());

  const auto made = tinyml::MakeModelFile(quantized->model, output);
  if (!made) return tinyml::Fail(made.error());
  const auto files = tinyml::RenderModel(*made, {.output_path = output});
  if (!files) return tinyml::Fail(files.error());
  if (const auto written = tinyml::WriteFiles(*files); !written) return written;

  const auto target = tinyml::Target::Parse("cortex-m4");
  if (!target) return tinyml::Fail(target.error());
  auto real = tinyml::Interpreter::Create(file->model, *target);
  if (!real) return tinyml::Fail(real.error());
  auto integer = tinyml::Interpreter::Create(quantized->model, *target);
  if (!integer) return tinyml::Fail(integer.error());
  for (int64_t i = 0; i < angles.Count(); i += 20) {
    const auto a = FirstOutput(*real, Angles::At(i));
    if (!a) return tinyml::Fail(a.error());
    const auto b = FirstOutput(*integer, Angles::At(i));
    if (!b) return tinyml::Fail(b.error());
    std::printf("%.3f: %6.3f as floats, %6.3f as integers\n", Angles::At(i), *a,
                *b);
  }
  for (const tinyml::QuantizedOutput& y : quantized->report.outputs) {
    std::printf("%s: %.1f dB\n", y.name.c_str(), y.snr_db);
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: quantize_samples MODEL OUTPUT\n");
    return 2;
  }
  const tinyml::Status status = Run(argv[1], argv[2]);
  if (!status) std::fprintf(stderr, "%s\n", status.error().message.c_str());
  return status ? 0 : 1;
}
