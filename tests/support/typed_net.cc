#include "tests/support/typed_net.h"

#include <gtest/gtest.h>

#include <utility>

#include "tinyml/run.h"
#include "tinyml/target.h"

namespace tinyml::testing {

TensorIndex TypedNet::Weights(Dims shape, int32_t axis) {
  const int64_t count = ElementCount(shape).value_or(0);
  if (IsFloat()) {
    return AddConstant<float>(Name("w"), std::move(shape),
                              Many<float>(count, 1.0f));
  }
  std::vector<float> scales(static_cast<size_t>(shape[axis]));
  for (size_t i = 0; i < scales.size(); ++i) {
    scales[i] = 0.01f + 0.001f * static_cast<float>(i % 7);
  }
  return AddConstant<int8_t>(Name("w"), std::move(shape),
                             Many<int8_t>(count, 127.0f),
                             PerChannel(std::move(scales), axis));
}

TensorIndex TypedNet::Bias(int32_t channels, std::optional<TensorType> type) {
  if (!type) {
    type = IsFloat() ? TensorType::kFloat32
                     : (type_ == TensorType::kInt8 ? TensorType::kInt32
                                                   : TensorType::kInt64);
  }
  const Dims shape = {channels};
  switch (*type) {
    case TensorType::kFloat32:
      return AddConstant<float>(Name("b"), shape, Many<float>(channels, 1.0f));
    case TensorType::kInt32:
      return AddConstant<int32_t>(Name("b"), shape,
                                  Many<int32_t>(channels, 2000.0f));
    default:
      return AddConstant<int64_t>(Name("b"), shape,
                                  Many<int64_t>(channels, 2000.0f));
  }
}

TensorIndex TypedNet::Conv(TensorIndex input, int32_t outputs, Dims filter,
                           Dims shape, Conv2DOptions options) {
  if (options.stride_h == 0) options.stride_h = options.stride_w = 1;
  const TensorIndex weights =
      Weights({outputs, filter[0], filter[1], At(input).shape.back()}, 0);
  const TensorIndex bias = Bias(outputs);
  return Add(BuiltinOperator::kConv2D, {input, weights, bias},
             Values(std::move(shape)), options);
}

TensorIndex TypedNet::Depthwise(TensorIndex input, Dims filter, Dims shape,
                                DepthwiseConv2DOptions options) {
  if (options.stride_h == 0) options.stride_h = options.stride_w = 1;
  if (options.depth_multiplier == 0) options.depth_multiplier = 1;
  const int32_t outputs = At(input).shape.back() * options.depth_multiplier;
  const TensorIndex weights = Weights({1, filter[0], filter[1], outputs}, 3);
  const TensorIndex bias = Bias(outputs);
  return Add(BuiltinOperator::kDepthwiseConv2D, {input, weights, bias},
             Values(std::move(shape)), options);
}

Model TypedNet::Take(TensorIndex output) {
  SetOutputs({output});
  Result<Model> model = Build();
  EXPECT_TRUE(model.has_value()) << model.error().message;
  return model ? *std::move(model) : Model();
}

std::vector<uint8_t> ReferenceResults(const Model& model,
                                      std::string_view target) {
  const Status valid = ValidateModel(model);
  EXPECT_TRUE(valid.has_value()) << (valid ? "" : valid.error().message);
  const auto parsed = Target::Parse(target);
  RunOptions options;
  options.random_seed = 7;
  options.invokes = 2;
  options.plain_kernels = true;
  const auto run = RunModel(model, *parsed, options);
  EXPECT_TRUE(run.has_value()) << (run ? "" : run.error().message);
  std::vector<uint8_t> bytes;
  if (!run) return bytes;
  for (const RunTensor& output : run->outputs) {
    bytes.insert(bytes.end(), output.bytes.begin(), output.bytes.end());
  }
  return bytes;
}

}  // namespace tinyml::testing
