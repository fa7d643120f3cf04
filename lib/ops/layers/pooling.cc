// AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D. Sources: tflite-micro
// 90b983c2b3f1, micro/kernels/pooling.cc, pooling_common.cc and l2_pool_2d.cc;
// CMSIS-NN 4ab83cc3cc98, Source/PoolingFunctions/, which has the same results.
#include "base/macros.h"
#include "ops/kernel.h"
#include "ops/layers/pooling_fast.h"
#include "ops/layers/pooling_plain.h"
#include "ops/window.h"

namespace tinyml::ops {
namespace {

Result<PoolGeometry> Geometry(const OpContext& op) {
  const TensorView* input = op.Input(0);
  const TensorView* output = op.Output(0);
  TINYML_REQUIRE(op, input != nullptr && output != nullptr,
                 "an operand is missing");
  const bool fits = input->Rank() == 4 && output->Rank() == 4 &&
                    input->Dim(0) == output->Dim(0) &&
                    input->Dim(3) == output->Dim(3) &&
                    input->type == output->type;
  TINYML_REQUIRE(op, fits,
                 "input " + input->Describe() + " and output " +
                     output->Describe() +
                     " must have rank 4 and the same type, batch size and "
                     "channels");
  const auto& options = op.Options<Pool2DOptions>();
  PoolGeometry geometry;
  geometry.batches = input->Dim(0);
  geometry.channels = input->Dim(3);
  geometry.input = {input->Dim(1), input->Dim(2)};
  geometry.filter = {options.filter_height, options.filter_width};
  geometry.output = {output->Dim(1), output->Dim(2)};
  geometry.stride = {options.stride_h, options.stride_w};
  const PaddingValues padding = WindowPadding(
      options.padding, {input->Dim(1), options.filter_height, options.stride_h},
      {input->Dim(2), options.filter_width, options.stride_w});
  geometry.padding = {padding.height, padding.width};
  return geometry;
}

// If the output is empty, the other sizes may be anything.
bool IsEmpty(const PoolGeometry& geometry) {
  return geometry.batches == 0 || geometry.channels == 0 ||
         geometry.output.height == 0 || geometry.output.width == 0;
}

bool HasEmptyWindow(const PoolGeometry& geometry) {
  if (IsEmpty(geometry)) return false;
  return FirstEmptyWindow(geometry) <
         geometry.batches * geometry.output.Elements();
}

template <typename T>
Invocation MakePool(OpContext& op, PoolFunction<T> run) {
  if (op.Output(0)->Elements() == 0) return []() -> Status { return {}; };
  return [input = op.Input(0), output = op.Output(0),
          run = std::move(run)]() -> Status {
    run(input->As<T>().data(), output->Mutable<T>().data());
    return {};
  };
}

Result<Invocation> PreparePool(OpContext& op, PoolKind kind) {
  TINYML_ASSIGN_OR_RETURN(const PoolGeometry geometry, Geometry(op));
  const ActivationFunctionType activation =
      op.Options<Pool2DOptions>().fused_activation_function;
  const TensorView& output = *op.Output(0);
  if (output.type == TensorType::kFloat32) {
    return MakePool<float>(op,
                           MakePoolFunction<float>(kind, op.plain(), geometry,
                                                   FloatRange(activation)));
  }
  TINYML_REQUIRE(
      op, output.type == TensorType::kInt8 || output.type == TensorType::kInt16,
      "it has no code for output " + output.Describe());
  const ActivationRange range = QuantizedActivationRange(activation, output);
  TINYML_REQUIRE(
      op, range.min <= range.max || op.results() == KernelResults::kCmsisNn,
      "the fused activation leaves no value of the output: the runtime aborts");
  if (output.type == TensorType::kInt8) {
    return MakePool<int8_t>(
        op, MakePoolFunction<int8_t>(kind, op.plain(), geometry, range));
  }
  return MakePool<int16_t>(
      op, MakePoolFunction<int16_t>(kind, op.plain(), geometry, range));
}

}  // namespace

Result<Invocation> PrepareAveragePool2D(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const PoolGeometry geometry, Geometry(op));
  if (HasEmptyWindow(geometry)) {
    op.Warn(
        "its output is larger than its input implies: the runtime leaves what "
        "comes after the first window without input unwritten; it is 0 here");
  }
  return PreparePool(op, PoolKind::kAverage);
}

Result<Invocation> PrepareMaxPool2D(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const PoolGeometry geometry, Geometry(op));
  if (op.results() == KernelResults::kCmsisNn &&
      op.Input(0)->type != TensorType::kFloat32 && HasEmptyWindow(geometry)) {
    op.Warn(
        "its output is larger than its input implies: CMSIS-NN leaves outputs "
        "of windows without input as they were; here they are the least value");
  }
  return PreparePool(op, PoolKind::kMaximum);
}

Result<Invocation> PrepareL2Pool2D(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const PoolGeometry geometry, Geometry(op));
  TINYML_REQUIRE(op, op.Output(0)->type == TensorType::kFloat32,
                 "it has no code for output " + op.Output(0)->Describe());
  const FloatActivationRange range =
      FloatRange(op.Options<Pool2DOptions>().fused_activation_function);
  return MakePool<float>(op,
                         [geometry, range](const float* input, float* output) {
                           L2PoolPlain(geometry, range, input, output);
                         });
}

}  // namespace tinyml::ops
