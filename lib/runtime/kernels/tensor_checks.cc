#include "runtime/kernels/tensor_checks.h"

#include <algorithm>
#include <string>

namespace tinyml::runtime {
namespace {

std::string Count(int count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// "float32, int8 or int16"
std::string Listed(std::initializer_list<TensorType> types) {
  std::string text;
  for (const TensorType* type = types.begin(); type != types.end(); ++type) {
    if (type != types.begin()) text += type + 1 == types.end() ? " or " : ", ";
    text += TensorTypeName(*type);
  }
  return text;
}

std::string Named(std::string_view role, const RuntimeTensor& tensor) {
  return std::string(role) + " " + tensor.Describe();
}

}  // namespace

Status CheckArity(const KernelContext& context, int inputs, int outputs) {
  TINYML_ENSURE(
      context, context.NumInputs() == inputs && context.NumOutputs() == outputs,
      "it has " + Count(context.NumInputs(), "input") + " and " +
          Count(context.NumOutputs(), "output") + ", the runtime needs " +
          std::to_string(inputs) + " and " + std::to_string(outputs));
  return {};
}

Status CheckPresent(const KernelContext& context, const RuntimeTensor* tensor,
                    std::string_view role) {
  TINYML_ENSURE(context, tensor != nullptr,
                "the " + std::string(role) + " is missing");
  return {};
}

Status CheckConstant(const KernelContext& context, const RuntimeTensor& tensor,
                     std::string_view role) {
  TINYML_ENSURE(
      context, tensor.IsConstant(),
      Named(role, tensor) + " is not a constant, which the runtime needs here");
  return {};
}

Status CheckRank(const KernelContext& context, const RuntimeTensor& tensor,
                 std::string_view role, int rank) {
  TINYML_ENSURE(
      context, tensor.Rank() == rank,
      Named(role, tensor) + " is not of rank " + std::to_string(rank));
  return {};
}

Status CheckMaxRank(const KernelContext& context, const RuntimeTensor& tensor,
                    std::string_view role, int rank) {
  TINYML_ENSURE(
      context, tensor.Rank() <= rank,
      Named(role, tensor) + " has more than " + Count(rank, "dimension"));
  return {};
}

bool HasType(const RuntimeTensor& tensor,
             std::initializer_list<TensorType> types) {
  return std::find(types.begin(), types.end(), tensor.type) != types.end();
}

Status CheckType(const KernelContext& context, const RuntimeTensor& tensor,
                 std::string_view role,
                 std::initializer_list<TensorType> types) {
  TINYML_ENSURE(context, HasType(tensor, types),
                Named(role, tensor) + " is not of type " + Listed(types));
  return {};
}

Status CheckSameType(const KernelContext& context, const RuntimeTensor& a,
                     const RuntimeTensor& b) {
  TINYML_ENSURE(context, a.type == b.type,
                a.Describe() + " and " + b.Describe() + " differ in type");
  return {};
}

Status CheckFloatOrInt8(const KernelContext& context,
                        const RuntimeTensor& tensor, std::string_view role) {
  if (tensor.type == TensorType::kInt16 &&
      context.Has(Change::kAmbiqInt16Kernels)) {
    return {};
  }
  return CheckType(context, tensor, role,
                   {TensorType::kFloat32, TensorType::kInt8});
}

bool IsInt8OrInt16(const RuntimeTensor& tensor) {
  return tensor.type == TensorType::kInt8 || tensor.type == TensorType::kInt16;
}

Status CheckOutputType(const KernelContext& context, const RuntimeTensor& input,
                       const RuntimeTensor& output) {
  TINYML_ENSURE(context, input.type == output.type,
                Named("input", input) + " and " + Named("output", output) +
                    " differ in type");
  return {};
}

void WarnOfType(KernelContext& context, const RuntimeTensor& tensor,
                std::string_view role,
                std::initializer_list<TensorType> types) {
  if (HasType(tensor, types)) return;
  context.Warn(Named(role, tensor) + " is not of type " + Listed(types) +
               ": AllocateTensors accepts it, but Invoke will fail");
}

Result<std::vector<int32_t>> ReadInt32(const KernelContext& context,
                                       const RuntimeTensor& tensor,
                                       std::string_view role, int64_t count) {
  std::vector<int32_t> values = tensor.DataAs<int32_t>();
  if (static_cast<int64_t>(values.size()) < count) {
    return Fail(context
                    .Refuse(Named(role, tensor) + " has fewer than the " +
                            std::to_string(count) +
                            " int32 values that the runtime reads")
                    .error());
  }
  values.resize(count);
  return values;
}

}  // namespace tinyml::runtime
