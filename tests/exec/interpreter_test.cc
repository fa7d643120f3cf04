// Several interpreters of one model.
#include "tinyml/interpreter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/paths.h"
#include "tinyml/model_file.h"
#include "tinyml/target.h"

namespace tinyml {
namespace {

TEST(Interpreter, AnotherGivesTheSameInMemoryOfItsOwn) {
  const auto file = ReadModelFile(testing::TestdataPath("keyword_int8.tflite"));
  ASSERT_TRUE(file.has_value());
  auto first = Interpreter::Create(file->model, *Target::Parse("cortex-m4"));
  ASSERT_TRUE(first.has_value()) << first.error().message;
  auto second = first->Another({.separate_memory = true});
  ASSERT_TRUE(second.has_value()) << second.error().message;
  EXPECT_EQ(second->RequiredArenaBytes(), first->RequiredArenaBytes());
  for (Interpreter* interpreter : {&*first, &*second}) {
    for (const RunningTensor& input : interpreter->Inputs()) {
      std::ranges::fill(input.writable, uint8_t{17});
    }
    ASSERT_TRUE(interpreter->Invoke().has_value());
  }
  const RunningTensor a = first->Outputs()[0];
  const RunningTensor b = second->Outputs()[0];
  EXPECT_NE(a.bytes.data(), b.bytes.data());
  EXPECT_TRUE(std::ranges::equal(a.bytes, b.bytes));
}

}  // namespace
}  // namespace tinyml
