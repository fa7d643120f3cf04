// Operators that work element by element or along axes: refusals and requests
// worked out by hand from the runtime's source.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "model/append.h"
#include "runtime/simulate.h"
#include "tests/support/one_operator.h"
#include "tinyml/model_builder.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MakeTensor;
using testing::OneOperator;

// Makes tensor `index` a constant of int32 values.
void SetConstant(Model& model, size_t index,
                 const std::vector<int32_t>& values) {
  model.subgraphs[0].tensors[index].buffer =
      AppendBuffer(model, BufferOf(values));
  std::erase(model.subgraphs[0].inputs, static_cast<TensorIndex>(index));
}

Target MakeTarget(KernelLibrary library) {
  Target target;
  target.kernels.library = library;
  return target;
}

Result<Simulation> Allocate(const Model& model,
                            KernelLibrary library = KernelLibrary::kReference) {
  return Simulate(model, MakeTarget(library));
}

std::vector<int64_t> ScratchBytes(const Simulation& simulation) {
  std::vector<int64_t> bytes;
  for (const auto& request : simulation.scratch) bytes.push_back(request.bytes);
  return bytes;
}

Model Int8Add(float input_scale, float output_scale) {
  return OneOperator(BuiltinOperator::kAdd,
                     {MakeTensor(TensorType::kInt8, {4}, input_scale),
                      MakeTensor(TensorType::kInt8, {4}, input_scale),
                      MakeTensor(TensorType::kInt8, {4}, output_scale)});
}

TEST(Add, OutputMultiplierMustStayBelowOne) {
  // 2 * 0.5 / (2^20 * output scale): 0.5, then 1.
  EXPECT_TRUE(Allocate(Int8Add(0.5F, std::ldexp(1.0F, -19))));
  const auto refused = Allocate(Int8Add(0.5F, std::ldexp(1.0F, -20)));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              HasSubstr("the output's multiplier is 1"));
}

TEST(Add, Int16ZeroPointAbortsOnlyWithoutBroadcastOnReferenceKernels) {
  const auto model = [](std::vector<int32_t> second, int64_t zero_point) {
    return OneOperator(
        BuiltinOperator::kAdd,
        {MakeTensor(TensorType::kInt16, {2, 3}, 0.5F, zero_point),
         MakeTensor(TensorType::kInt16, std::move(second), 0.5F),
         MakeTensor(TensorType::kInt16, {2, 3}, 0.5F)});
  };
  EXPECT_TRUE(Allocate(model({2, 3}, 5)));
  EXPECT_TRUE(Allocate(model({1}, -32768)));
  EXPECT_FALSE(Allocate(model({2, 3}, -32768)));
  EXPECT_FALSE(Allocate(model({2, 3}, 5), KernelLibrary::kCmsisNn));
}

TEST(Sub, Int16ZeroPointAbortsAtInvokeWithoutBroadcast) {
  Model model = OneOperator(BuiltinOperator::kSub,
                            {MakeTensor(TensorType::kInt16, {2, 3}, 0.5F, 1),
                             MakeTensor(TensorType::kInt16, {2, 3}, 0.5F),
                             MakeTensor(TensorType::kInt16, {2, 3}, 0.5F)});
  EXPECT_FALSE(Allocate(model));
  model.subgraphs[0].tensors[1].shape = {3};
  EXPECT_TRUE(Allocate(model));
}

TEST(Maximum, FiveDimensionsAbortOnCmsisNnOnly) {
  const Tensor tensor = MakeTensor(TensorType::kFloat32, {1, 2, 1, 2, 1});
  const Model model =
      OneOperator(BuiltinOperator::kMaximum, {tensor, tensor, tensor});
  EXPECT_TRUE(Allocate(model));
  EXPECT_FALSE(Allocate(model, KernelLibrary::kCmsisNn));
}

TEST(ArgMax, KeptDimensionAbortsWhereInvokeWasMeasured) {
  Model model = OneOperator(BuiltinOperator::kArgMax,
                            {MakeTensor(TensorType::kFloat32, {2, 3}),
                             MakeTensor(TensorType::kInt32, {1}),
                             MakeTensor(TensorType::kInt32, {2, 1})});
  SetConstant(model, 1, {1});
  EXPECT_FALSE(Allocate(model));
  const auto esp = Allocate(model, KernelLibrary::kEspNn);
  ASSERT_TRUE(esp);
  EXPECT_THAT(esp->warnings, ElementsAre(HasSubstr("one dimension less")));
  model.subgraphs[0].tensors[2].shape = {2};
  EXPECT_TRUE(Allocate(model));
}

TEST(Mean, RequestsSumsIndexAndAxesWithDuplicates) {
  const auto model = [](TensorType type) {
    Model model = OneOperator(
        BuiltinOperator::kMean,
        {MakeTensor(type, {2, 3, 5}, 0.5F), MakeTensor(TensorType::kInt32, {4}),
         MakeTensor(type, {2}, 0.5F)});
    SetConstant(model, 1, {1, 2, -1, -2});
    return model;
  };
  const auto quantized = Allocate(model(TensorType::kInt8));
  ASSERT_TRUE(quantized);
  EXPECT_THAT(ScratchBytes(*quantized), ElementsAre(4 * 2, 4 * 3, 4 * 4));
  const auto real = Allocate(model(TensorType::kFloat32));
  ASSERT_TRUE(real);
  EXPECT_THAT(ScratchBytes(*real), ElementsAre(4 * 3, 4 * 4));
}

TEST(Mean, AxisOutOfRangeAborts) {
  Model model = OneOperator(BuiltinOperator::kMean,
                            {MakeTensor(TensorType::kFloat32, {2, 3}),
                             MakeTensor(TensorType::kInt32, {1}),
                             MakeTensor(TensorType::kFloat32, {2})});
  SetConstant(model, 1, {2});
  EXPECT_FALSE(Allocate(model));
}

TEST(Logistic, Int16ScalesOfInputAndOutput) {
  const auto allocates = [](float input, float output) {
    return Allocate(OneOperator(BuiltinOperator::kLogistic,
                                {MakeTensor(TensorType::kInt16, {4}, input),
                                 MakeTensor(TensorType::kInt16, {4}, output)}))
        .has_value();
  };
  const float right = std::ldexp(1.0F, -15);
  EXPECT_TRUE(allocates(0.5F, right));
  EXPECT_FALSE(allocates(0.5F, std::ldexp(1.0F, -14)));
  EXPECT_FALSE(allocates(0.5F, right * 1.01F));
  // 2.6666 * 12288 is 32767.2, 2.6668 * 12288 is 32769.6.
  EXPECT_TRUE(allocates(2.6666F, right));
  EXPECT_FALSE(allocates(2.6668F, right));
}

TEST(Relu, MissingQuantizationIsAWarning) {
  const Tensor tensor = MakeTensor(TensorType::kInt8, {4});
  const auto result =
      Allocate(OneOperator(BuiltinOperator::kRelu, {tensor, tensor}));
  ASSERT_TRUE(result);
  EXPECT_THAT(result->warnings, ElementsAre(HasSubstr("no finite multiplier")));
}

TEST(Maximum, WrongTypeFailsOnlyAtInvoke) {
  const Tensor tensor = MakeTensor(TensorType::kUInt8, {4});
  const auto result = Allocate(
      OneOperator(BuiltinOperator::kMaximum, {tensor, tensor, tensor}));
  ASSERT_TRUE(result);
  EXPECT_THAT(result->warnings, ElementsAre(HasSubstr("Invoke will fail")));
}

TEST(AddN, TakesAPointerTableAndNoWarning) {
  const Tensor tensor = MakeTensor(TensorType::kFloat32, {4});
  const auto result = Allocate(
      OneOperator(BuiltinOperator::kAddN, {tensor, tensor, tensor, tensor}));
  ASSERT_TRUE(result);
  EXPECT_THAT(ScratchBytes(*result), ElementsAre(4 * 3));
  EXPECT_THAT(result->warnings, IsEmpty());
}

}  // namespace
}  // namespace tinyml::runtime
