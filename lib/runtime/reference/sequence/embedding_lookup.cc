// EMBEDDING_LOOKUP. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/embedding_lookup.cc.
#include <vector>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

inline constexpr Field kOpDataFields[] = {Float(), SizeT()};
inline constexpr StructDef kOpData = {"OpData (EMBEDDING_LOOKUP)",
                                      kOpDataFields};

Status CheckTypes(KernelContext& context, const RuntimeTensor& value,
                  const RuntimeTensor& output) {
  const bool takes_int16 = context.Has(Change::kAmbiqInt16Kernels);
  const bool is_quantized = value.type == TensorType::kInt8 ||
                            (value.type == TensorType::kInt16 && takes_int16);
  TINYML_ENSURE(
      context, is_quantized || value.type == TensorType::kFloat32,
      "table " + value.Describe() + " has a type other than float32 and int8");
  const bool copies =
      is_quantized && (output.type == TensorType::kInt8 ||
                       (output.type == TensorType::kInt16 && takes_int16));
  TINYML_ENSURE(context, output.type == TensorType::kFloat32 || copies,
                "output " + output.Describe() + " does not match table " +
                    value.Describe());
  if (copies && value.type != output.type) {
    FailsAtInvoke(context, "table " + value.Describe() + " and output " +
                               output.Describe() + " differ in type");
  }
  return {};
}

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 2, 1));
  const RuntimeTensor* lookup = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, lookup, "indices"));
  TINYML_ENSURE(context,
                lookup->Rank() == 1 && lookup->type == TensorType::kInt32,
                "indices " + lookup->Describe() + " should be int32 of rank 1");
  const RuntimeTensor* value = context.TempInput(1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, value, "table"));
  TINYML_ENSURE(context, value->Rank() >= 2,
                "table " + value->Describe() + " should have rank 2 or more");
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  TINYML_RETURN_IF_ERROR(CheckTypes(context, *value, *output));
  TINYML_ENSURE(context, output->Rank() >= value->Rank(),
                "output " + output->Describe() +
                    " has a lower rank than table " + value->Describe());

  const int64_t bytes_in_file = output->Bytes();
  std::vector<int32_t>& dims = context.RelocateDims(0);
  dims[0] = lookup->Dim(0);
  for (int i = 1; i < value->Rank(); ++i) {
    dims[i] = value->Dim(i);
  }
  TINYML_ENSURE(context, output->Bytes() <= bytes_in_file,
                "its result " + output->Describe() +
                    " is larger than the shape of the output in the file");
  context.Persistent(kOpData);
  TINYML_ENSURE(context,
                !IsInt8OrInt16(*value) ||
                    output->type != TensorType::kFloat32 ||
                    value->zero_point == 0,
                "table " + value->Describe() +
                    " should have zero point 0 for a float32 output");
  TINYML_ENSURE(context, value->Dim(0) != 0,
                "table " + value->Describe() +
                    " has no rows, and the runtime divides by their number");
  return {};
}

}  // namespace

const OperatorKernel reference::kEmbeddingLookup = {.prepare = Prepare};

}  // namespace tinyml::runtime
