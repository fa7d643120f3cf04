// QuantizeModel as a whole, on nets made here and on the shared models.
#include "tinyml/quantize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "formats/tflite/writer.h"
#include "quantize/calibration/statistics.h"
#include "tests/support/float_net.h"
#include "tests/support/models.h"
#include "tests/support/paths.h"
#include "tinyml/arena.h"
#include "tinyml/interpreter.h"
#include "tinyml/model_file.h"
#include "tinyml/options.h"

namespace tinyml {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using tinyml::testing::FloatNet;
using tinyml::testing::MadeUpSamples;
using Op = BuiltinOperator;
using Activation = ActivationFunctionType;

// Convolutions, a global average and a classifier.
Model ConvNet() {
  FloatNet net(7);
  const TensorIndex x = net.Input({1, 8, 8, 3});
  TensorIndex y = net.Conv(x, 8, 3, {.activation = Activation::kRelu});
  y = net.Depthwise(y, 1, 3, {.activation = Activation::kRelu});
  y = net.Conv(y, 16, 1, {.stride = 2, .activation = Activation::kRelu});
  Pool2DOptions pool;
  pool.padding = Padding::kValid;
  pool.filter_height = pool.filter_width = 4;
  pool.stride_h = pool.stride_w = 1;
  y = net.Add(Op::kAveragePool2D, {y}, {1, 1, 1, 16}, pool);
  y = net.FullyConnected(net.Reshape(y, {1, 16}), 10);
  SoftmaxOptions softmax;
  softmax.beta = 1;
  y = net.Add(Op::kSoftmax, {y}, {1, 10}, softmax);
  return net.Take({y});
}

QuantizeResult Quantized(const Model& model, const QuantizationOptions& options,
                         int64_t samples = 24) {
  const MadeUpSamples source(samples, 1);
  auto result = QuantizeModel(model, &source, options);
  EXPECT_TRUE(result.has_value()) << result.error().message;
  return result ? std::move(*result) : QuantizeResult();
}

std::string Bytes(const Model& model) {
  const auto bytes = WriteTflite(model);
  return bytes ? std::string(bytes->begin(), bytes->end()) : "";
}

int FloatTensors(const Model& model) {
  int count = 0;
  for (const Subgraph& graph : model.subgraphs) {
    for (const Tensor& tensor : graph.tensors) {
      count += tensor.type == TensorType::kFloat32 ? 1 : 0;
    }
  }
  return count;
}

TEST(QuantizeModel, ProgressCancelsInEveryPhase) {
  FloatNet net;
  TensorIndex y = net.Conv(net.Input({1, 4, 4, 2}), 3, 3);
  y = net.FullyConnected(net.Reshape(y, {1, 48}), 4);
  const Model model = net.Take({y});
  const MadeUpSamples samples(8, 1);
  std::vector<std::string> phases;
  int64_t calls = 0;
  QuantizationOptions options;
  options.progress = [&](std::string_view what, int64_t, int64_t) {
    ++calls;
    if (phases.empty() || phases.back() != what) phases.emplace_back(what);
    return true;
  };
  ASSERT_TRUE(QuantizeModel(model, &samples, options).has_value());
  EXPECT_EQ(phases.front(), "calibrating");
  EXPECT_EQ(phases.back(), "comparing");
  const int64_t all = calls;
  for (int64_t last = 1; last <= all; last += 1 + all / 20) {
    calls = 0;
    options.progress = [&](std::string_view, int64_t, int64_t) {
      return ++calls < last;
    };
    const auto result = QuantizeModel(model, &samples, options);
    ASSERT_FALSE(result.has_value()) << last << " of " << all;
    EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  }
}

TEST(QuantizeModel, ANetOfLayersHasNoFloatInside) {
  const QuantizeResult result = Quantized(ConvNet(), {});
  EXPECT_EQ(FloatTensors(result.model), 0);
  EXPECT_TRUE(result.report.float_left.empty());
  ASSERT_EQ(result.report.outputs.size(), 1U);
  EXPECT_GT(result.report.outputs[0].snr_db, 30);
  EXPECT_EQ(result.report.samples, 24);
  EXPECT_EQ(result.report.weights.size(), 4U);
}

TEST(QuantizeModel, RefinementsBringItNearerThanFast) {
  const QuantizeResult slow = Quantized(ConvNet(), {});
  const QuantizeResult fast = Quantized(ConvNet(), {.fast = true});
  EXPECT_GT(slow.report.outputs[0].snr_db, fast.report.outputs[0].snr_db);
  EXPECT_FALSE(slow.report.passes.empty());
}

TEST(QuantizeModel, ScaleByChannelOrNot) {
  for (const bool per_tensor : {false, true}) {
    const QuantizeResult result =
        Quantized(ConvNet(), {.per_tensor = per_tensor, .fast = true});
    for (const QuantizedWeights& weights : result.report.weights) {
      EXPECT_EQ(weights.channels == 1, per_tensor) << weights.name;
    }
  }
}

TEST(QuantizeModel, DenseLayersHaveOneScaleForRuntimesThatReadNoMore) {
  for (const auto& [target, per_channel] :
       {std::pair{"cortex-m4", true},
        std::pair{"cortex-m4:runtime=chirale-2.0.0", false}}) {
    const QuantizeResult result = Quantized(
        ConvNet(), {.targets = {*Target::Parse(target)}, .fast = true});
    for (const Operator& op : result.model.subgraphs[0].operators) {
      const BuiltinOperator code = result.model.CodeOf(op).Code();
      if (code != BuiltinOperator::kFullyConnected &&
          code != BuiltinOperator::kConv2D) {
        continue;
      }
      const Tensor& weights = result.model.subgraphs[0].tensors[op.inputs[1]];
      EXPECT_EQ(weights.quantization->scale.size() > 1,
                per_channel || code == BuiltinOperator::kConv2D)
          << target << " " << weights.name;
    }
  }
}

TEST(QuantizeModel, TheSameBytesWhateverTheNumberOfThreads) {
  const std::string one = Bytes(Quantized(ConvNet(), {.threads = 1}).model);
  EXPECT_FALSE(one.empty());
  EXPECT_EQ(one, Bytes(Quantized(ConvNet(), {.threads = 3}).model));
  EXPECT_EQ(one, Bytes(Quantized(ConvNet(), {.threads = 3}).model));
}

// A part from other samples.
class Part : public SampleSource {
 public:
  Part(const SampleSource& all, int64_t from, int64_t count)
      : all_(all), from_(from), count_(count) {}
  int64_t Count() const override { return count_; }
  std::string NameOf(int64_t index) const override {
    return all_.NameOf(from_ + index);
  }
  Result<std::optional<std::string>> Read(
      int64_t index,
      std::span<const std::span<uint8_t>> inputs) const override {
    return all_.Read(from_ + index, inputs);
  }

 private:
  const SampleSource& all_;
  int64_t from_;
  int64_t count_;
};

TEST(QuantizeModel, MergedStatisticsEqualOneGo) {
  const MadeUpSamples all(20, 3);
  const Part front(all, 0, 7);
  const Part back(all, 7, 13);
  const Model model = ConvNet();
  const QuantizationOptions fast = {.fast = true};
  const auto whole = QuantizeModel(model, &all, fast);
  const auto a = QuantizeModel(model, &front, fast);
  const auto b = QuantizeModel(model, &back, fast);
  ASSERT_TRUE(whole && a && b);
  QuantizationOptions merged = fast;
  merged.statistics = {{"b.json", b->statistics}, {"a.json", a->statistics}};
  const auto from_files = QuantizeModel(model, nullptr, merged);
  ASSERT_TRUE(from_files.has_value()) << from_files.error().message;
  EXPECT_EQ(from_files->statistics, whole->statistics);
  EXPECT_EQ(Bytes(from_files->model), Bytes(whole->model));
  EXPECT_EQ(from_files->report.samples, 20);
  // One part from its file, the other from its samples.
  merged.statistics = {{"a.json", a->statistics}};
  const auto mixed = QuantizeModel(model, &back, merged);
  ASSERT_TRUE(mixed.has_value());
  EXPECT_EQ(Bytes(mixed->model), Bytes(whole->model));
}

TEST(QuantizeModel, StatisticsOfAnotherModelAreRefused) {
  const auto other = Quantized(ConvNet(), {.fast = true});
  FloatNet net;
  const TensorIndex x = net.Input({1, 4});
  const Model model = net.Take({net.FullyConnected(x, 2)});
  QuantizationOptions options;
  options.statistics = {{"old.json", other.statistics}};
  const auto result = QuantizeModel(model, nullptr, options);
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().message, HasSubstr("old.json"));
  EXPECT_THAT(result.error().message, HasSubstr("another model"));
}

TEST(QuantizeModel, Int16ActivationsAreNearerThanInt8) {
  const QuantizationOptions int16 = {.activations = TensorType::kInt16,
                                     .fast = true};
  const QuantizeResult wide = Quantized(ConvNet(), int16);
  const QuantizeResult narrow = Quantized(ConvNet(), {.fast = true});
  EXPECT_EQ(FloatTensors(wide.model), 0);
  EXPECT_GT(wide.report.outputs[0].snr_db, narrow.report.outputs[0].snr_db);
}

TEST(QuantizeModel, InputsAndOutputsMayStayFloat) {
  const QuantizeResult result =
      Quantized(ConvNet(), {.input_type = TensorType::kFloat32,
                            .output_type = TensorType::kFloat32,
                            .fast = true});
  const Subgraph& graph = result.model.subgraphs[0];
  const auto type = [&](TensorIndex t) { return graph.tensors[t].type; };
  EXPECT_EQ(type(graph.inputs[0]), TensorType::kFloat32);
  EXPECT_EQ(type(graph.outputs[0]), TensorType::kFloat32);
  EXPECT_EQ(FloatTensors(result.model), 2);
  EXPECT_EQ(
      graph.tensors[graph.outputs[0]].name,
      ConvNet().subgraphs[0].tensors[ConvNet().subgraphs[0].outputs[0]].name);
}

TEST(QuantizeModel, WhatCannotBeQuantizedSaysWhy) {
  const MadeUpSamples samples(4, 1);
  const auto refusal = [&](const Model& model) {
    const auto result = QuantizeModel(model, &samples, {.fast = true});
    return result ? std::string() : result.error().message;
  };
  const QuantizeResult quantized = Quantized(ConvNet(), {.fast = true});
  EXPECT_THAT(refusal(quantized.model), HasSubstr("already quantized"));

  Model integers = ConvNet();
  for (Tensor& tensor : integers.subgraphs[0].tensors) {
    tensor.type = TensorType::kInt32;
  }
  EXPECT_THAT(refusal(integers), HasSubstr("nothing to quantize"));

  Model open = ConvNet();
  open.subgraphs[0].tensors[0].shape = {1, 1, 8, 3};
  open.subgraphs[0].tensors[0].shape_signature = {1, -1, 8, 3};
  EXPECT_THAT(refusal(open), HasSubstr("open"));

  FloatNet net;
  const TensorIndex x = net.Input({1, 2});
  FullyConnectedOptions options;
  const TensorIndex weights =
      net.Floats({1, 2}, {1, std::numeric_limits<float>::quiet_NaN()});
  net.At(weights).name = "bad weights";
  const TensorIndex y = net.Add(
      Op::kFullyConnected, {x, weights, net.Floats({1}, {0})}, {1, 1}, options);
  EXPECT_THAT(refusal(net.Take({y})), HasSubstr("\"bad weights\" has NaN"));
}

TEST(QuantizeModel, SamplesWithNaNFail) {
  MadeUpSamples samples(4, 1);
  samples.Shape([](std::vector<float>& values) {
    values[3] = std::numeric_limits<float>::quiet_NaN();
  });
  const auto result = QuantizeModel(ConvNet(), &samples, {});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(result.error().message, HasSubstr("not finite"));
}

TEST(QuantizeModel, ConstantSamplesAreWarnedOf) {
  MadeUpSamples samples(4, 1);
  samples.Shape([](std::vector<float>& values) {
    std::fill(values.begin(), values.end(), 0.0F);
  });
  const auto result = QuantizeModel(ConvNet(), &samples, {.fast = true});
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_THAT(result->report.warnings, Contains(HasSubstr("same in all")));
}

TEST(QuantizeModel, SamplesThatCannotBeReadAreLeftOutOrRefused) {
  MadeUpSamples samples(8, 1);
  samples.LeaveOut(4);
  const auto result = QuantizeModel(ConvNet(), &samples, {.fast = true});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->report.samples, 6);
  EXPECT_EQ(result->report.left_out.size(), 2U);
  EXPECT_FALSE(
      QuantizeModel(ConvNet(), &samples, {.fast = true, .strict = true}));
}

TEST(CompareModels, CountsLabels) {
  const Model model = ConvNet();
  const QuantizeResult result = Quantized(model, {.fast = true});
  const MadeUpSamples samples(10, 2);
  const std::vector<int64_t> labels(10, 3);
  const auto accuracy = CompareModels(model, result.model, samples, labels);
  ASSERT_TRUE(accuracy.has_value());
  EXPECT_EQ(accuracy->samples, 10);
  EXPECT_EQ(accuracy->classes, 10);
  int64_t sum = 0;
  for (size_t given = 0; given < 10; ++given) {
    sum += accuracy->confusion[30 + given];
  }
  EXPECT_EQ(sum, 10);
  EXPECT_EQ(accuracy->confusion[33], accuracy->quantized_correct);
  EXPECT_FALSE(CompareModels(model, result.model, samples, {1, 2}));
  EXPECT_FALSE(CompareModels(model, result.model, samples,
                             std::vector<int64_t>(10, 11)));
}

// Every float model: quantized, it passes Prepare on all targets that take the
// float one (QuantizeModel fails otherwise), and it runs.
TEST(QuantizeModel, SharedFloatModels) {
  TINYML_REQUIRE_SHARED(shared);
  int quantized = 0;
  std::vector<std::string> paths = testing::TfliteFilesIn(*shared + "/models");
  for (const auto& entry :
       std::filesystem::directory_iterator(*shared + "/models")) {
    if (entry.path().extension() == ".onnx") paths.push_back(entry.path());
  }
  for (const std::string& path : paths) {
    const auto file = ReadModelFile(path);
    if (!file) continue;
    const MadeUpSamples samples(2, 1);
    const auto result = QuantizeModel(file->model, &samples, {.fast = true});
    if (!result) {
      EXPECT_FALSE(result.error().message.starts_with("the quantized"))
          << path << ": " << result.error().message;
      continue;
    }
    ++quantized;
    for (const std::string& name : CoreNames()) {
      EXPECT_TRUE(SizeArena(result->model, *Target::Parse(name)))
          << path << " on " << name;
    }
    for (const char* name : {"x86-64", "cortex-m4", "cortex-m55"}) {
      auto interpreter =
          Interpreter::Create(result->model, *Target::Parse(name));
      ASSERT_TRUE(interpreter.has_value()) << path;
      EXPECT_TRUE(interpreter->Invoke()) << path << " on " << name;
    }
  }
  EXPECT_GE(quantized, 26);
}

}  // namespace
}  // namespace tinyml
