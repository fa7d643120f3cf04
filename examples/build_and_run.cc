// Builds a model, writes it as C sources, and runs it on real numbers.
//
// usage: build_and_run FOLDER    writes FOLDER/classifier.c and classifier.h
#include <tinyml/convert.h>
#include <tinyml/interpreter.h>
#include <tinyml/model_builder.h>
#include <tinyml/options.h>
#include <tinyml/output.h>
#include <tinyml/target.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

// Two features in, three probabilities out; int8 throughout.
tinyml::Result<tinyml::Model> BuildClassifier() {
  using tinyml::PerTensor;
  using tinyml::TensorIndex;
  using tinyml::TensorType;
  tinyml::ModelBuilder b("classifier");
  const TensorIndex features = b.AddInput("features", TensorType::kInt8, {1, 2},
                                          PerTensor(1.0f / 32, 0));
  const TensorIndex weights = b.AddConstant<int8_t>(
      "weights", {3, 2}, {127, 0, 0, 127, -127, -127}, PerTensor(1.0f / 64, 0));
  const TensorIndex bias = b.AddConstant<int32_t>("bias", {3}, {0, 0, 1024},
                                                  PerTensor(1.0f / 32 / 64, 0));
  const TensorIndex logits =
      b.AddTensor("logits", TensorType::kInt8, {1, 3}, PerTensor(1.0f / 8, 0));
  b.AddOperator(tinyml::BuiltinOperator::kFullyConnected,
                {features, weights, bias}, {logits},
                tinyml::MakeOptions(tinyml::FullyConnectedOptions{}), 4);
  // The runtime wants just these parameters of a SOFTMAX's output.
  const TensorIndex probabilities = b.AddTensor(
      "probabilities", TensorType::kInt8, {1, 3}, PerTensor(1.0f / 256, -128));
  b.AddOperator(tinyml::BuiltinOperator::kSoftmax, {logits}, {probabilities},
                tinyml::MakeOptions(tinyml::SoftmaxOptions{.beta = 1.0f}), 2);
  b.SetOutputs({probabilities});
  return b.Build();  // Which checks all of it.
}

tinyml::Status Run(const std::string& folder) {
  const auto model = BuildClassifier();
  if (!model) return tinyml::Fail(model.error());

  const auto file = tinyml::MakeModelFile(*model, "classifier");
  if (!file) return tinyml::Fail(file.error());
  const auto sources =
      tinyml::RenderModel(*file, {.output_path = folder + "/classifier.c"});
  if (!sources) return tinyml::Fail(sources.error());
  // Both files, or neither.
  if (const auto written = tinyml::WriteFiles(*sources); !written) {
    return written;
  }

  const auto target = tinyml::Target::Parse("cortex-m4");
  if (!target) return tinyml::Fail(target.error());
  auto interpreter = tinyml::Interpreter::Create(*model, *target);
  if (!interpreter) return tinyml::Fail(interpreter.error());
  for (const std::vector<float>& features :
       {std::vector{1.5f, 0.25f}, {-0.5f, 2.0f}, {-1.0f, -1.0f}}) {
    if (const auto set = interpreter->SetInput(0, features); !set) return set;
    if (const auto ran = interpreter->Invoke(); !ran) return ran;
    const auto probabilities = interpreter->GetOutput(0);
    if (!probabilities) return tinyml::Fail(probabilities.error());
    std::printf("%5.2f %5.2f ->", features[0], features[1]);
    for (const float p : *probabilities) std::printf(" %.3f", p);
    std::printf("\n");
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: build_and_run FOLDER\n");
    return 2;
  }
  const tinyml::Status status = Run(argv[1]);
  if (!status) std::fprintf(stderr, "%s\n", status.error().message.c_str());
  return status ? 0 : 1;
}
