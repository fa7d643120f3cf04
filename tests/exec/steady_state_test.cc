// After the first invocation nothing grows: no allocation, no resident memory,
// not a byte of the arena. A program of its own, because it replaces operator
// new to count.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "apps/tinyml/allocation_counter.h"
#include "tests/support/models.h"
#include "tests/support/paths.h"
#include "tests/support/sanitizer.h"
#include "tinyml/interpreter.h"
#include "tinyml/model_builder.h"
#include "tinyml/model_file.h"
#include "tinyml/options.h"

namespace tinyml {
namespace {

using cli::CountAllocations;

int64_t ResidentPages() {
  long long total = 0;
  long long resident = 0;
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return -1;
  if (std::fscanf(file, "%lld %lld", &total, &resident) != 2) resident = -1;
  std::fclose(file);
  return resident;
}

// Pages that may become resident without the interpreter: the test's own code
// that is paged in meanwhile and, under AddressSanitizer, its shadow of them.
// A byte kept by each of 10,000 invocations would be 40 pages at least, since
// malloc's smallest block has 16 bytes; under the sanitizer, whose smallest
// has 32 and whose shadow comes on top, the allocation counter says the same.
constexpr int64_t kPagesOfTheTest = testing::kAddressSanitizer ? 64 : 16;

// sum += input, in a resource variable: the output is the sum of all inputs so
// far.
//
//   0 input float [1]   1 handle   2 old sum   3 new sum (output)
//   VAR_HANDLE -> 1;  READ_VARIABLE(1) -> 2;  ADD(0, 2) -> 3;
//   ASSIGN_VARIABLE(1, 3)
Model Accumulator() {
  ModelBuilder b;
  const TensorIndex input = b.AddInput("input", TensorType::kFloat32, {1});
  const TensorIndex handle = b.AddTensor("handle", TensorType::kResource, {1});
  const TensorIndex old_sum = b.AddTensor("old", TensorType::kFloat32, {1});
  const TensorIndex new_sum = b.AddTensor("new", TensorType::kFloat32, {1});
  b.AddOperator(BuiltinOperator::kVarHandle, {}, {handle},
                MakeOptions(VarHandleOptions{.shared_name = "sum"}));
  b.AddOperator(BuiltinOperator::kReadVariable, {handle}, {old_sum});
  b.AddOperator(BuiltinOperator::kAdd, {input, old_sum}, {new_sum},
                MakeOptions(AddOptions()));
  b.AddOperator(BuiltinOperator::kAssignVariable, {handle, new_sum}, {});
  b.SetOutputs({new_sum});
  return b.Build().value();
}

TEST(SteadyState, TheCounterCounts) {
  const int64_t before = CountAllocations();
  std::vector<int> vector(1000);
  EXPECT_EQ(CountAllocations(), before + 1);
}

TEST(SteadyState, TenThousandInvocationsOfAStatefulModelTakeNothing) {
  const Model model = Accumulator();
  ASSERT_TRUE(ValidateModel(model).has_value());
  const Target target = *Target::Parse("cortex-m4");
  auto interpreter = Interpreter::Create(model, target);
  ASSERT_TRUE(interpreter.has_value()) << interpreter.error().message;
  const RunningTensor input = interpreter->Inputs()[0];
  const RunningTensor output = interpreter->Outputs()[0];
  const auto invoke = [&](float value) {
    std::memcpy(input.writable.data(), &value, sizeof value);
    return interpreter->Invoke().has_value();
  };
  ASSERT_TRUE(invoke(1));
  const int64_t arena = interpreter->ArenaUsedBytes();
  const int64_t allocations = CountAllocations();
  const int64_t pages = ResidentPages();
  const auto heap = mallinfo2().uordblks;
  bool all = true;
  for (int i = 1; i < 10'000; ++i) all &= invoke(1);
  EXPECT_EQ(CountAllocations(), allocations);
  EXPECT_EQ(mallinfo2().uordblks, heap);
  EXPECT_EQ(interpreter->ArenaUsedBytes(), arena);
  EXPECT_LE(ResidentPages(), pages + kPagesOfTheTest);
  EXPECT_TRUE(all);
  float sum = 0;
  std::memcpy(&sum, output.bytes.data(), sizeof sum);
  EXPECT_EQ(sum, 10'000.0F);
}

// Every operator, in the models of the shared folder.
TEST(SteadyState, NoOperatorAllocatesWhileInvoking) {
  TINYML_REQUIRE_SHARED(shared);
  const Target target = *Target::Parse("x86-64");
  std::vector<std::string> paths =
      testing::TfliteFilesIn(*shared + "/ops/models");
  for (const std::string& path : testing::TfliteFilesIn(*shared + "/models")) {
    paths.push_back(path);
  }
  int models = 0;
  for (const std::string& path : paths) {
    const auto file = ReadModelFile(path);
    if (!file) continue;
    auto interpreter = Interpreter::Create(file->model, target);
    if (!interpreter) continue;
    const auto inputs = interpreter->Inputs();
    const auto fill = [&] {
      for (const RunningTensor& input : inputs) {
        std::ranges::fill(input.writable, 0);
      }
    };
    fill();
    if (!interpreter->Invoke()) continue;
    fill();
    const int64_t before = CountAllocations();
    const Status status = interpreter->Invoke();
    if (!status) continue;
    EXPECT_EQ(CountAllocations(), before) << path;
    ++models;
  }
  EXPECT_GT(models, 0);
}

}  // namespace
}  // namespace tinyml
