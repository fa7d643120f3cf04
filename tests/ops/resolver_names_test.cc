#include "ops/resolver_names.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

namespace tinyml {
namespace {

TEST(ResolverNamesTest, NamesAreThoseOfTheRuntime) {
  EXPECT_EQ(ResolverMethod(BuiltinOperator::kConv2D), "AddConv2D");
  EXPECT_EQ(ResolverMethod(BuiltinOperator::kBatchMatmul), "AddBatchMatMul");
  EXPECT_EQ(ResolverMethod(BuiltinOperator::kUnidirectionalSequenceLstm),
            "AddUnidirectionalSequenceLSTM");
  EXPECT_EQ(ResolverMethod(BuiltinOperator::kGelu), "");
  EXPECT_EQ(ResolverMethod(BuiltinOperator::kCustom), "");
  EXPECT_EQ(ResolverMethodOfCustom("SignalRfft"), "AddRfft");
  EXPECT_EQ(ResolverMethodOfCustom("ethos-u"), "AddEthosU");
  EXPECT_EQ(ResolverMethodOfCustom("Rfft"), "");
  EXPECT_EQ(ResolverMethodOfCustom(""), "");
}

TEST(ResolverNamesTest, EachMethodIsThereOnce) {
  const std::vector<std::string_view> methods = AllResolverMethods();
  EXPECT_EQ(methods.size(), 118u);
  EXPECT_EQ(std::set(methods.begin(), methods.end()).size(), methods.size());
  for (const std::string_view method : methods) {
    EXPECT_TRUE(method.starts_with("Add")) << method;
    EXPECT_TRUE(std::ranges::all_of(method, [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0;
    })) << method;
  }
}

}  // namespace
}  // namespace tinyml
