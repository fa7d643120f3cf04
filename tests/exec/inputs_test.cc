#include "exec/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace tinyml::exec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// An input of a graph with memory of its own.
struct FakeInput {
  FakeInput(std::string name, TensorType type, std::vector<int32_t> shape,
            float scale = 0, int64_t zero_point = 0) {
    tensor.name = std::move(name);
    tensor.type = type;
    tensor.shape = shape;
    if (scale != 0) {
      tensor.quantization.emplace();
      tensor.quantization->scale = {scale};
      tensor.quantization->zero_point = {zero_point};
    }
    size_t size = static_cast<size_t>(TensorTypeBits(type)) / 8;
    for (const int32_t dim : shape) size *= static_cast<size_t>(dim);
    memory.resize(size);
    running.tensor = &tensor;
    running.shape = std::move(shape);
    running.bytes = memory;
    running.writable = memory;
  }
  FakeInput(const FakeInput&) = delete;
  FakeInput& operator=(const FakeInput&) = delete;

  template <typename T>
  std::vector<T> As() const {
    std::vector<T> values(memory.size() / sizeof(T));
    std::memcpy(values.data(), memory.data(), memory.size());
    return values;
  }

  Tensor tensor;
  std::vector<uint8_t> memory;
  RunningTensor running;
};

template <typename T>
RunInput Array(TensorType type, std::vector<int64_t> shape,
               const std::vector<T>& values, std::string name = "") {
  auto bytes =
      std::make_shared<std::vector<uint8_t>>(values.size() * sizeof(T));
  std::memcpy(bytes->data(), values.data(), bytes->size());
  RunInput input;
  input.name = std::move(name);
  input.array = {"in.npy", type, std::move(shape), bytes, *bytes};
  return input;
}

std::string ErrorOf(const FakeInput& input, RunInput array,
                    bool batch = false) {
  RunOptions options;
  options.inputs.push_back(std::move(array));
  options.batch = batch;
  const std::vector<RunningTensor> inputs = {input.running};
  const auto feeder = InputFeeder::Create(inputs, options);
  return feeder ? "no error" : feeder.error().message;
}

// What the input holds after it was fed `array`.
template <typename T>
std::vector<T> Fed(const FakeInput& input, RunInput array) {
  RunOptions options;
  options.inputs.push_back(std::move(array));
  const std::vector<RunningTensor> inputs = {input.running};
  auto feeder = InputFeeder::Create(inputs, options);
  if (!feeder) return {};
  feeder->Feed(0, inputs);
  return input.As<T>();
}

TEST(InputFeeder, ValuesOfTheRightTypeAreCopied) {
  FakeInput input("in", TensorType::kInt8, {1, 3});
  RunOptions options;
  options.inputs = {Array<int8_t>(TensorType::kInt8, {1, 3}, {-128, 0, 127})};
  const std::vector<RunningTensor> inputs = {input.running};
  auto feeder = InputFeeder::Create(inputs, options);
  ASSERT_TRUE(feeder.has_value()) << feeder.error().message;
  feeder->Feed(0, inputs);
  EXPECT_THAT(input.As<int8_t>(), ElementsAre(-128, 0, 127));
  EXPECT_TRUE(feeder->notes().empty());
}

// scale 0.5, zero point 10: 0 -> 10; 0.74 -> 1.48 -> 1 -> 11; 0.75 -> 1.5 -> 2
// (halves away from zero) -> 12; -0.75 -> -2 -> 8; far values saturate.
TEST(InputFeeder, FloatsAreQuantizedAndItIsSaid) {
  FakeInput input("in", TensorType::kInt8, {6}, 0.5F, 10);
  RunOptions options;
  options.inputs = {Array<float>(TensorType::kFloat32, {6},
                                 {0, 0.74F, 0.75F, -0.75F, 1e9F,
                                  -std::numeric_limits<float>::infinity()})};
  const std::vector<RunningTensor> inputs = {input.running};
  auto feeder = InputFeeder::Create(inputs, options);
  ASSERT_TRUE(feeder.has_value()) << feeder.error().message;
  feeder->Feed(0, inputs);
  EXPECT_THAT(input.As<int8_t>(), ElementsAre(10, 11, 12, 8, 127, -128));
  EXPECT_THAT(feeder->notes(),
              ElementsAre(HasSubstr("float32 converted to int8 for input 'in' "
                                    "(scale 0.5, zero point 10)")));
}

TEST(InputFeeder, QuantizedValuesAreDequantizedForAFloatInput) {
  FakeInput input("in", TensorType::kFloat32, {2}, 0.25F, -2);
  RunOptions options;
  options.inputs = {Array<int8_t>(TensorType::kInt8, {2}, {0, -6})};
  const std::vector<RunningTensor> inputs = {input.running};
  auto feeder = InputFeeder::Create(inputs, options);
  ASSERT_TRUE(feeder.has_value()) << feeder.error().message;
  feeder->Feed(0, inputs);
  EXPECT_THAT(input.As<float>(), ElementsAre(0.5F, -1.0F));
  EXPECT_EQ(feeder->notes().size(), 1U);
}

TEST(InputFeeder, HalvesBecomeFloatsAndIntegersOtherWidths) {
  FakeInput number("in", TensorType::kFloat32, {2});
  // 1.5 and -2 as half precision.
  EXPECT_THAT((Fed<float>(number, Array<uint16_t>(TensorType::kFloat16, {2},
                                                  {0x3E00, 0xC000}))),
              ElementsAre(1.5F, -2));
  FakeInput index("in", TensorType::kInt32, {2});
  EXPECT_THAT((Fed<int32_t>(
                  index, Array<int64_t>(TensorType::kInt64, {2}, {-70000, 3}))),
              ElementsAre(-70000, 3));
  EXPECT_THAT(ErrorOf(index, Array<int64_t>(TensorType::kInt64, {2},
                                            {0, int64_t{1} << 31})),
              HasSubstr("element 1 does not fit into int32"));
  FakeInput wide("in", TensorType::kInt64, {1});
  EXPECT_THAT(
      ErrorOf(wide, Array<uint64_t>(TensorType::kUInt64, {1}, {~uint64_t{0}})),
      HasSubstr("element 0 does not fit into int64"));
}

TEST(InputFeeder, ABatchIsTakenSampleBySample) {
  FakeInput input("in", TensorType::kUInt8, {1, 2});
  RunOptions options;
  options.batch = true;
  const std::vector<RunningTensor> inputs = {input.running};
  // With and without the model's own batch dimension.
  for (const auto& shape :
       {std::vector<int64_t>{2, 2}, std::vector<int64_t>{2, 1, 2}}) {
    options.inputs = {Array<uint8_t>(TensorType::kUInt8, shape, {1, 2, 3, 4})};
    auto feeder = InputFeeder::Create(inputs, options);
    ASSERT_TRUE(feeder.has_value()) << feeder.error().message;
    EXPECT_EQ(feeder->samples(), 2);
    feeder->Feed(1, inputs);
    EXPECT_THAT(input.memory, ElementsAre(3, 4));
  }
}

TEST(InputFeeder, NamesChooseInputs) {
  FakeInput first("a", TensorType::kUInt8, {1});
  FakeInput second("b", TensorType::kUInt8, {1});
  const std::vector<RunningTensor> inputs = {first.running, second.running};
  RunOptions options;
  options.inputs = {Array<uint8_t>(TensorType::kUInt8, {1}, {2}, "b"),
                    Array<uint8_t>(TensorType::kUInt8, {1}, {1})};
  auto feeder = InputFeeder::Create(inputs, options);
  ASSERT_TRUE(feeder.has_value()) << feeder.error().message;
  feeder->Feed(0, inputs);
  EXPECT_THAT(first.memory, ElementsAre(1));
  EXPECT_THAT(second.memory, ElementsAre(2));

  options.inputs[0].name = "c";
  auto unknown = InputFeeder::Create(inputs, options);
  ASSERT_FALSE(unknown.has_value());
  EXPECT_THAT(unknown.error().message, HasSubstr("the model has 'a', 'b'"));
  options.inputs.pop_back();
  options.inputs[0].name = "b";
  EXPECT_THAT(InputFeeder::Create(inputs, options).error().message,
              HasSubstr("no values for input 'a'"));
}

TEST(InputFeeder, SaysWhatDoesNotFit) {
  const FakeInput image("in", TensorType::kInt8, {1, 2}, 0.5F, 0);
  EXPECT_THAT(ErrorOf(image, Array<int8_t>(TensorType::kInt8, {2, 1}, {1, 2})),
              HasSubstr("(int8 [2,1]) does not have the shape of input 'in' "
                        "(int8 [1,2])"));
  EXPECT_THAT(
      ErrorOf(image, Array<int8_t>(TensorType::kInt8, {2, 2}, {1, 2, 3, 4})),
      HasSubstr("--batch"));
  EXPECT_THAT(
      ErrorOf(image, Array<int32_t>(TensorType::kInt32, {1, 2}, {1, 2})),
      HasSubstr("does not have the type"));
  EXPECT_THAT(
      ErrorOf(image, Array<float>(TensorType::kFloat32, {1, 2}, {1, NAN})),
      HasSubstr("element 1 is not a number"));
  const FakeInput plain("in", TensorType::kInt8, {1, 2});
  EXPECT_THAT(
      ErrorOf(plain, Array<float>(TensorType::kFloat32, {1, 2}, {1, 2})),
      HasSubstr("no scale to convert by"));
}

// x = x * 1664525 + 1013904223 from 1: 1015568748 = 0x3C88596C, then
// 1586005467 = 0x5E8885DB; the bytes are the top ones, 0x3C and 0x5E.
TEST(InputFeeder, RandomBytesComeFromTheGenerator) {
  FakeInput input("in", TensorType::kInt8, {2});
  RunOptions options;
  options.random_seed = 1;
  const std::vector<RunningTensor> inputs = {input.running};
  auto feeder = InputFeeder::Create(inputs, options);
  ASSERT_TRUE(feeder.has_value());
  feeder->Feed(0, inputs);
  EXPECT_THAT(input.memory, ElementsAre(0x3C, 0x5E));
  // A float takes one step: 0x3C8859 / 2^24 * 2 - 1.
  FakeInput real("in", TensorType::kFloat32, {1});
  const std::vector<RunningTensor> reals = {real.running};
  feeder = InputFeeder::Create(reals, options);
  feeder->Feed(0, reals);
  EXPECT_FLOAT_EQ(real.As<float>()[0],
                  static_cast<float>(0x3C8859) / 16777216.0F * 2.0F - 1.0F);
}

}  // namespace
}  // namespace tinyml::exec
