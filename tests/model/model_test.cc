#include "tinyml/model.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/models.h"

namespace tinyml {
namespace {

TEST(TensorTypeTest, HasNamesAndWidths) {
  EXPECT_EQ(TensorTypeName(TensorType::kInt8), "int8");
  EXPECT_EQ(TensorTypeName(TensorType::kFloat8E5M2), "float8_e5m2");
  EXPECT_EQ(TensorTypeName(static_cast<TensorType>(99)), "type 99");
  EXPECT_EQ(TensorTypeName(static_cast<TensorType>(-3)), "type -3");
  EXPECT_EQ(TensorTypeBits(TensorType::kComplex128), 128);
  EXPECT_EQ(TensorTypeBits(TensorType::kUInt4), 4);
  EXPECT_EQ(TensorTypeBits(TensorType::kString), 0);
  EXPECT_EQ(TensorTypeBits(static_cast<TensorType>(99)), 0);
}

TEST(QuantizationTest, ComparesFloatsByTheirBits) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (auto floats :
       {&Quantization::min, &Quantization::max, &Quantization::scale}) {
    Quantization a;
    a.*floats = {0.5f, nan};
    Quantization b = a;
    EXPECT_EQ(a, b);
    (b.*floats)[0] = 0.25f;
    EXPECT_NE(a, b);
    a.*floats = {0.0f};
    b.*floats = {-0.0f};
    EXPECT_NE(a, b);
    b.*floats = {};
    EXPECT_NE(a, b);
  }
}

TEST(QuantizationTest, ComparesEveryField) {
  const Quantization a;
  Quantization b = a;
  b.zero_point = {1};
  EXPECT_NE(a, b);
  b = a;
  b.quantized_dimension = 1;
  EXPECT_NE(a, b);
  b = a;
  b.details = BlockwiseQuantization{};
  EXPECT_NE(a, b);
}

TEST(ElementCountTest, MultipliesDimensions) {
  EXPECT_EQ(ElementCount({}), 1);
  EXPECT_EQ(ElementCount(std::vector<int32_t>{2, 3, 4}), 24);
  EXPECT_EQ(ElementCount(std::vector<int32_t>{2, -1}), std::nullopt);
}

TEST(ElementCountTest, SeesOverflow) {
  constexpr int32_t kBig = std::numeric_limits<int32_t>::max();
  EXPECT_EQ(ElementCount(std::vector<int32_t>{kBig, kBig, kBig}), std::nullopt);
  EXPECT_EQ(ElementCount(std::vector<int32_t>{kBig, kBig, kBig, 0}), 0);
}

TEST(StoredBytesTest, PacksNarrowTypes) {
  const std::vector<int32_t> seven = {7};
  EXPECT_EQ(StoredBytes(TensorType::kInt4, seven), 4);
  EXPECT_EQ(StoredBytes(TensorType::kInt2, seven), 2);
  EXPECT_EQ(StoredBytes(TensorType::kInt16, seven), 14);
  EXPECT_EQ(StoredBytes(TensorType::kComplex64, seven), 56);
  EXPECT_EQ(StoredBytes(TensorType::kString, seven), std::nullopt);
}

TEST(OperatorNameTest, NamesCustomOperatorsByTheirCode) {
  const Model model = testing::GoodModel();
  const auto& operators = model.subgraphs[0].operators;
  EXPECT_EQ(OperatorName(model, operators[0]), "CONV_2D");
  EXPECT_EQ(OperatorName(model, operators[2]), "Thing");
  EXPECT_EQ(DescribeOperator(model, {0, 1}), "subgraph 0, operator 1 (IF)");
  EXPECT_EQ(DescribeOperator(model, {0, 9}), "subgraph 0, operator 9");
  EXPECT_EQ(DescribeOperator(model, {9, 0}), "subgraph 9, operator 0");
}

TEST(OperatorCodeTest, TakesTheLargerNumber) {
  OperatorCode code;
  code.deprecated_builtin_code = 3;
  EXPECT_EQ(code.Code(), BuiltinOperator::kConv2D);
  code.builtin_code = BuiltinOperator::kGelu;
  EXPECT_EQ(code.Code(), BuiltinOperator::kGelu);
}

}  // namespace
}  // namespace tinyml
