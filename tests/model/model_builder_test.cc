// What a builder makes, and what it reports for faulty models.
#include "tinyml/model_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tinyml/convert.h"
#include "tinyml/model_file.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ModelBuilderTest, MakesAValidModel) {
  ModelBuilder b("layer");
  const TensorIndex x =
      b.AddInput("x", TensorType::kInt8, {1, 4}, PerTensor(0.5F, 3));
  const TensorIndex weights = b.AddConstant<int8_t>(
      "weights", {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}, PerChannel({0.1F, 0.2F}, 0));
  const TensorIndex y =
      b.AddTensor("y", TensorType::kInt8, {1, 2}, PerTensor(0.25F, -1));
  b.AddOperator(BuiltinOperator::kFullyConnected, {x, weights, kNoTensor}, {y},
                MakeOptions(FullyConnectedOptions{.keep_num_dims = true}), 4);
  b.SetOutputs({y});
  b.AddSignature();
  b.AddMetadata("note", BufferData({1, 2, 3}));
  const Result<Model> model = b.Build();
  ASSERT_TRUE(model.has_value()) << model.error().message;
  EXPECT_EQ(model->description, "layer");
  EXPECT_THAT(model->subgraphs[0].inputs, ElementsAre(x));
  EXPECT_THAT(model->subgraphs[0].outputs, ElementsAre(y));
  EXPECT_THAT(model->DataOf(model->subgraphs[0].tensors[weights]),
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(model->subgraphs[0].tensors[weights].quantization->zero_point,
              ElementsAre(0, 0));
  const Operator& op = model->subgraphs[0].operators[0];
  EXPECT_TRUE(op.options.As<FullyConnectedOptions>()->keep_num_dims);
  EXPECT_EQ(model->CodeOf(op).version, 4);
  EXPECT_EQ(model->signature_defs[0].outputs[0].name, "y");

  // And survives being written and read back.
  const auto file = MakeModelFile(*model, "layer");
  ASSERT_TRUE(file.has_value()) << file.error().message;
  const auto read = ReadModelBytes(file->bytes, file->owner, "layer");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_TRUE(read->model == *model);
}

TEST(ModelBuilderTest, SubgraphsMayBeBuiltInBetween) {
  ModelBuilder b;
  const TensorIndex condition = b.AddInput("condition", TensorType::kBool, {1});
  const TensorIndex x = b.AddInput("x", TensorType::kFloat32, {2});
  const auto branch = [&b](const char* name, BuiltinOperator code) {
    const int32_t subgraph = b.AddSubgraph(name);
    const TensorIndex in = b.AddInput("in", TensorType::kFloat32, {2});
    const TensorIndex out = b.AddTensor("out", TensorType::kFloat32, {2});
    b.AddOperator(code, {in}, {out});
    b.SetOutputs({out});
    b.SelectSubgraph(0);
    return subgraph;
  };
  const int32_t then_branch = branch("then", BuiltinOperator::kRelu);
  const int32_t else_branch = branch("else", BuiltinOperator::kTanh);
  const TensorIndex y = b.AddTensor("y", TensorType::kFloat32, {2});
  b.AddOperator(BuiltinOperator::kIf, {condition, x}, {y},
                MakeOptions(IfOptions{.then_subgraph_index = then_branch,
                                      .else_subgraph_index = else_branch}));
  b.SetOutputs({y});
  const Result<Model> model = b.Build();
  ASSERT_TRUE(model.has_value()) << model.error().message;
  EXPECT_EQ(model->subgraphs.size(), 3u);
  EXPECT_EQ(model->subgraphs[2].name, "else");
}

TEST(ModelBuilderTest, OperatorsShareTheirCodes) {
  ModelBuilder b;
  TensorIndex x = b.AddInput("x", TensorType::kFloat32, {2});
  const auto append = [&](auto add) {
    const TensorIndex y = b.AddTensor("y", TensorType::kFloat32, {2});
    add(y);
    x = y;
  };
  for (const int32_t version : {1, 1, 2}) {
    append([&](TensorIndex y) {
      b.AddOperator(BuiltinOperator::kTanh, {x}, {y}, {}, version);
    });
  }
  for (const char* code : {"Mine", "Mine", "Yours"}) {
    append([&](TensorIndex y) { b.AddCustomOperator(code, {x}, {y}, {1, 2}); });
  }
  b.SetOutputs({x});
  const Result<Model> model = b.Build();
  ASSERT_TRUE(model.has_value()) << model.error().message;
  EXPECT_EQ(model->operator_codes.size(), 4u);
  EXPECT_EQ(OperatorName(*model, model->subgraphs[0].operators[5]), "Yours");
}

std::string FaultOf(ModelBuilder& builder) {
  const Result<Model> model = builder.Build();
  return model ? "" : model.error().message;
}

TEST(ModelBuilderTest, FaultsAreFoundWhenItBuilds) {
  ModelBuilder short_constant;
  short_constant.AddConstant<float>("c", {3}, {1, 2});
  EXPECT_THAT(FaultOf(short_constant), HasSubstr("has 8 bytes"));

  ModelBuilder no_such_tensor;
  const TensorIndex x = no_such_tensor.AddInput("x", TensorType::kFloat32, {2});
  no_such_tensor.AddOperator(BuiltinOperator::kRelu, {x}, {7});
  no_such_tensor.SetOutputs({9});
  no_such_tensor.AddSignature();
  EXPECT_NE(FaultOf(no_such_tensor), "");

  ModelBuilder wrong_options;
  const TensorIndex a = wrong_options.AddInput("a", TensorType::kFloat32, {2});
  const TensorIndex b = wrong_options.AddTensor("b", TensorType::kFloat32, {2});
  wrong_options.AddOperator(BuiltinOperator::kSoftmax, {a}, {b},
                            MakeOptions(Conv2DOptions{}));
  wrong_options.SetOutputs({b});
  EXPECT_THAT(FaultOf(wrong_options), HasSubstr("Conv2DOptions"));
  // It starts afresh.
  EXPECT_TRUE(wrong_options.model().subgraphs[0].tensors.empty());
}

}  // namespace
}  // namespace tinyml
