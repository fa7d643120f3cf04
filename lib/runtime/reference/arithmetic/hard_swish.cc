// HARD_SWISH. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{hard_swish,hard_swish_common}.cc.
#include "base/macros.h"
#include "ops/fixed_point.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

// lite/kernels/internal/types.h, HardSwishParams.
inline constexpr Field kHardSwishParamsFields[] = {Int16(3), Int32(), Int16(),
                                                   Int32()};
inline constexpr StructDef kHardSwishParams = {"HardSwishParams",
                                               kHardSwishParamsFields};

// With Change::kAmbiqHardSwishInt16. AmbiqAI/helia-rt b730fb09d600,
// micro/kernels/ambiq/hard_swish.cc.
inline constexpr Field kAmbiqOpDataFields[] = {Int16(3), Int32(),  Int16(),
                                               Int32(),  Int32(2), Int32(3)};
inline constexpr StructDef kAmbiqOpData = {"OpData (HARD_SWISH)",
                                           kAmbiqOpDataFields};

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  const bool is_uint8 =
      input.type == TensorType::kUInt8 && !context.Has(Change::kWithoutUInt8);
  if (input.type == TensorType::kInt8 || is_uint8) {
    const float fine_scale = (1.0F / 128.0F) * input.scale;
    const auto multiplier = static_cast<double>(fine_scale / output.scale);
    WarnMultiplier(context, multiplier);
    // DownScaleInt32ToInt16Multiplier asserts the sign.
    TINYML_ENSURE(
        context,
        QuantizeMultiplier(multiplier).multiplier >= 0 && fine_scale >= 0.0F,
        "the scales must not be negative");
    TINYML_ENSURE(context, QuantizeMultiplier(multiplier).shift <= 0,
                  "the input's scale must be less than 128 times the output's");
  }
  if (is_uint8) return {};
  return CheckUnaryEval(
      context, operands,
      {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16},
      context.Has(Change::kAmbiqHardSwishInt16));
}

}  // namespace

const OperatorKernel reference::kHardSwish = {
    .init =
        InitWith<kAmbiqOpData, Change::kAmbiqHardSwishInt16, kHardSwishParams>,
    .prepare = Prepare};

}  // namespace tinyml::runtime
