#include "tinyml/options.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/options_base.h"

namespace tinyml {
namespace {

TEST(OptionsTest, HaveTheFormatsDefaults) {
  const Conv2DOptions conv;
  EXPECT_EQ(conv.padding, Padding::kSame);
  EXPECT_EQ(conv.dilation_w_factor, 1);
  EXPECT_EQ(conv.quantized_bias_type, TensorType::kFloat32);
  EXPECT_TRUE(AddOptions{}.pot_scale_int16);
  EXPECT_TRUE(BidirectionalSequenceLSTMOptions{}.time_major);
  EXPECT_EQ(UniqueOptions{}.idx_out_type, TensorType::kInt32);
}

TEST(OptionsTest, GiveTheirTableByType) {
  const OperatorOptions options = MakeOptions(SoftmaxOptions{.beta = 2.0f});
  EXPECT_TRUE(options.has_value());
  EXPECT_EQ(options.TypeName(), "SoftmaxOptions");
  ASSERT_NE(options.As<SoftmaxOptions>(), nullptr);
  EXPECT_EQ(options.As<SoftmaxOptions>()->beta, 2.0f);
  EXPECT_EQ(options.As<AddOptions>(), nullptr);
  // Number 1 in both unions.
  EXPECT_EQ(MakeOptions(Conv2DOptions{}).As<StablehloConcatenateOptions>(),
            nullptr);
  EXPECT_EQ(OperatorOptions().As<SoftmaxOptions>(), nullptr);
  EXPECT_EQ(OperatorOptions().TypeName(), "");
}

TEST(OptionsTest, CompareFieldsAndFloatsByBits) {
  const auto softmax = [](float beta) {
    return MakeOptions(SoftmaxOptions{.beta = beta});
  };
  EXPECT_EQ(softmax(1.0f), softmax(1.0f));
  EXPECT_EQ(softmax(std::nanf("")), softmax(std::nanf("")));
  EXPECT_FALSE(softmax(0.0f) == softmax(-0.0f));
  EXPECT_FALSE(softmax(1.0f) == OperatorOptions());
  EXPECT_EQ(OperatorOptions(), OperatorOptions());
  EXPECT_FALSE(MakeOptions(PadOptions{}) == MakeOptions(PadV2Options{}));
  const float nan = std::nanf("");
  EXPECT_EQ(MakeOptions(BucketizeOptions{.boundaries = {1.0f, nan}}),
            MakeOptions(BucketizeOptions{.boundaries = {1.0f, nan}}));
}

TEST(OptionsTest, ListTheirFields) {
  const OperatorOptions options = MakeOptions(
      Conv2DOptions{.padding = Padding::kValid, .stride_w = 2, .stride_h = 3});
  const std::vector<OptionField> fields = options.get()->Fields();
  ASSERT_EQ(fields.size(), 7u);
  EXPECT_EQ(fields[0].name, "padding");
  EXPECT_EQ(fields[0].value, OptionValue(EnumValue{"VALID", 1}));
  EXPECT_EQ(fields[2].name, "stride_h");
  EXPECT_EQ(fields[2].value, OptionValue(int64_t{3}));
  EXPECT_EQ(fields[6].value, OptionValue(EnumValue{"float32", 0}));
}

TEST(OptionsTest, FindUnknownEnumValues) {
  EXPECT_FALSE(
      MakeOptions(Conv2DOptions{}).get()->FindUnknownEnumValue().has_value());
  const auto found =
      MakeOptions(StablehloDotGeneralOptions{
                      .precision_config = {StablehloPrecisionConfig::kHigh,
                                           StablehloPrecisionConfig{7}}})
          .get()
          ->FindUnknownEnumValue();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->field, "precision_config");
  EXPECT_EQ(found->number, 7);
}

TEST(OptionsTest, CountTheBytesOfVectors) {
  EXPECT_EQ(MakeOptions(Conv2DOptions{}).get()->VectorBytes(), 0u);
  EXPECT_EQ(
      MakeOptions(VarHandleOptions{.container = "ab", .shared_name = "cde"})
          .get()
          ->VectorBytes(),
      5u);
  EXPECT_EQ(
      MakeOptions(ReshapeOptions{.new_shape = {1, 2, 3}}).get()->VectorBytes(),
      12u);
}

TEST(OptionsTest, NameNoUnknownEnumValue) {
  EXPECT_EQ(EnumName(Padding::kSame), "SAME");
  EXPECT_EQ(EnumName(static_cast<Padding>(9)), "");
  EXPECT_EQ(EnumName(FullyConnectedOptionsWeightsFormat::kShuffled4x16int8),
            "SHUFFLED4x16INT8");
}

}  // namespace
}  // namespace tinyml
