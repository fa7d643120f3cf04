#include "model/operator_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "tinyml/options.h"

namespace tinyml {
namespace {

using Op = BuiltinOperator;

TEST(OperatorTableTest, HasEveryOperatorOfTheFormat) {
  for (int32_t i = 0; i < 210; ++i) {
    const auto code = static_cast<BuiltinOperator>(i);
    ASSERT_NE(FindOperator(code), nullptr) << i;
    EXPECT_EQ(FindOperator(code)->code, code);
    EXPECT_NE(BuiltinOperatorName(code), "") << i;
  }
  EXPECT_EQ(FindOperator(static_cast<BuiltinOperator>(210)), nullptr);
  EXPECT_EQ(FindOperator(static_cast<BuiltinOperator>(-1)), nullptr);
  EXPECT_EQ(BuiltinOperatorName(static_cast<BuiltinOperator>(210)), "");
}

TEST(OperatorTableTest, FindsCustomOperatorsByName) {
  EXPECT_EQ(FindOperator(Op::kCustom, "SignalRfft")->custom_code, "SignalRfft");
  EXPECT_TRUE(FindOperator(Op::kCustom, "SignalRfft")->runtime.exists);
  for (const char* unknown : {"", "Rfft"}) {
    const OperatorRow* row = FindOperator(Op::kCustom, unknown);
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->custom_code, "");
    EXPECT_FALSE(row->runtime.exists);
  }
}

TEST(OperatorTableTest, MethodsAreThoseOfTheRuntimeEachOnce) {
  EXPECT_EQ(FindOperator(Op::kConv2D)->resolver_method, "AddConv2D");
  EXPECT_EQ(FindOperator(Op::kPadv2)->resolver_method, "AddPadV2");
  EXPECT_EQ(FindOperator(Op::kGelu)->resolver_method, "");
  EXPECT_EQ(FindOperator(Op::kCustom, "ethos-u")->resolver_method, "AddEthosU");
  std::set<std::string_view> methods;
  for (const OperatorRow& row : AllOperators()) {
    EXPECT_EQ(row.runtime.exists, !row.resolver_method.empty());
    EXPECT_EQ(row.runtime.exists, !row.stem.empty());
    if (!row.runtime.exists) continue;
    EXPECT_TRUE(methods.insert(row.resolver_method).second);
    EXPECT_TRUE(row.resolver_method.starts_with("Add")) << row.resolver_method;
    EXPECT_TRUE(std::ranges::all_of(row.resolver_method, [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0;
    })) << row.resolver_method;
  }
  EXPECT_EQ(methods.size(), 118u);
}

// The cells of each row are consistent.
TEST(OperatorTableTest, RowsAreSound) {
  for (const OperatorRow& row : AllOperators()) {
    SCOPED_TRACE(row.custom_code.empty() ? BuiltinOperatorName(row.code)
                                         : row.custom_code);
    EXPECT_LE(row.inputs.least, row.inputs.most);
    EXPECT_LE(row.outputs.least, row.outputs.most);
    const QuantizationRule& rule = row.quantization;
    EXPECT_TRUE(rule.int8 || !rule.int16);
    EXPECT_LT(rule.input, std::max<int>(row.inputs.most, 1));
    EXPECT_EQ(rule.int8 && rule.rule == ParameterRule::kWeights,
              rule.weights >= 0);
    EXPECT_EQ(rule.int8 && rule.rule == ParameterRule::kFixedOutput,
              rule.fixed_int8.scale > 0);
    EXPECT_EQ(row.kind == OperatorKind::kLayer && row.runtime.exists,
              rule.int8 && rule.rule == ParameterRule::kWeights);
    if (row.cmsis_nn.exists || row.esp_nn.exists) {
      EXPECT_TRUE(row.runtime.exists);
    }
  }
}

TEST(CountRangeTest, ReadsAsASentence) {
  EXPECT_EQ(CountRangeText({2, 2}), "2");
  EXPECT_EQ(CountRangeText({2, 3}), "2 or 3");
  EXPECT_EQ(CountRangeText({20, 24}), "20 to 24");
  EXPECT_EQ(CountRangeText({1, CountRange::kUnlimited}), "at least 1");
}

}  // namespace
}  // namespace tinyml
