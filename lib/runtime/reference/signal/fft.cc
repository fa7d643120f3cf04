// SignalRfft and SignalIrfft. Source: tflite-micro 90b983c2b3f1,
// signal/micro/kernels/{rfft,irfft}.cc and signal/src/{rfft,irfft}_*.cc;
// kissfft with third_party/kissfft/kissfft.patch of the same revision (as
// vendored by esp-tflite-micro 99f49e1498b0), kiss_fft.c and tools/kiss_fftr.c.
#include "runtime/reference/signal/fft.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/custom_options.h"

namespace tinyml::runtime {
namespace {

constexpr size_t kFftLengthIndex = 1;
constexpr Field kRfftParamsFields[] = {Int32(4), Enum(), Pointer(), Int32(),
                                       Pointer()};
constexpr StructDef kRfftParams = {"TfLiteAudioFrontendRfftParams",
                                   kRfftParamsFields};

// Without Change::kRfftScratch.
constexpr Field kOldRfftParamsFields[] = {Int32(4), Enum(), Pointer(2)};
constexpr StructDef kOldRfftParams = {"TfLiteAudioFrontendRfftParams",
                                      kOldRfftParamsFields};
constexpr Field kIrfftParamsFields[] = {Int32(4), Enum(), Pointer()};
constexpr StructDef kIrfftParams = {"TfLiteAudioFrontendIrfftParams",
                                    kIrfftParamsFields};

// signal/src/irfft_float.cc
constexpr Field kIrfftFloatStateFields[] = {Int32(), Pointer()};
constexpr StructDef kIrfftFloatState = {"IrfftFloatState",
                                        kIrfftFloatStateFields};

// kissfft, _kiss_fft_guts.h, without the twiddles at the end.
constexpr Field kKissFftStateFields[] = {Int32(2), Int32(64)};
constexpr StructDef kKissFftState = {"kiss_fft_state", kKissFftStateFields};

// kissfft, tools/kiss_fftr.c
constexpr Field kKissFftrStateFields[] = {Pointer(3)};
constexpr StructDef kKissFftrState = {"kiss_fftr_state", kKissFftrStateFields};

struct FftOptions {
  TensorType type = TensorType::kFloat32;
  int32_t length = 0;
};

// RfftInitAll and IrfftInitAll: a type that is not in the options reads as 0,
// which is float.
Result<FftOptions> ReadOptions(const KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const FlexScalar type, OptionValue(context, "T"));
  FftOptions options;
  options.type = static_cast<TensorType>(type.AsInt32());
  TINYML_ENSURE(context,
                options.type == TensorType::kInt16 ||
                    options.type == TensorType::kInt32 ||
                    options.type == TensorType::kFloat32,
                "its option T must be int16 (7), int32 (2) or float32 (0)");
  TINYML_ASSIGN_OR_RETURN(
      options.length, OptionElement(context, kFftLengthIndex, "fft_length"));
  TINYML_ENSURE(context, options.length >= 0, "its fft_length is negative");
  return options;
}

int ScalarBytes(TensorType type) { return type == TensorType::kInt16 ? 2 : 4; }
// Why kissfft cannot run `length`, or empty. kf_factor, kf_work: the butterfly
// for factors other than 2 to 5 needs memory that the runtime's build of
// kissfft never allocates, and a length of 2 leaves the factor 1.
std::string_view WhyFftCrashes(int32_t length) {
  if (length % 2 != 0) return "its fft_length is odd";
  if (length == 0) return "its fft_length is 0";
  int32_t rest = length / 2;
  if (rest == 1) return "its fft_length is 2";
  for (int32_t factor : {2, 3, 5}) {
    while (rest % factor == 0) rest /= factor;
  }
  return rest == 1 ? ""
                   : "half its fft_length has prime factors other than 2, 3, 5";
}

Status AllocateState(KernelContext& context, const FftOptions& options,
                     int64_t header_bytes) {
  const int64_t bytes =
      header_bytes + KissFftStateBytes(options.length,
                                       ScalarBytes(options.type),
                                       context.abi());
  return PersistentArray(context, "FFT state", bytes, 1);
}

// Takes input and output, and checks what both transforms check.
Status TakeTensors(KernelContext& context, TensorType type,
                   const RuntimeTensor*& input, const RuntimeTensor*& output) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *output, "output", input->Rank()));
  TINYML_RETURN_IF_ERROR(CheckType(context, *input, "input", {type}));
  TINYML_RETURN_IF_ERROR(CheckType(context, *output, "output", {type}));
  TINYML_RETURN_IF_ERROR(CheckMaxRank(context, *input, "input", kMaxShapeRank));
  TINYML_ENSURE(context, input->Rank() > 0,
                "input " + input->Describe() + " is a scalar");
  return {};
}

// Transforms that the kernel runs one after another at Invoke.
int64_t OuterSize(const RuntimeTensor& tensor) {
  const int32_t inner = tensor.Dim(tensor.Rank() - 1);
  return inner > 0 ? tensor.Elements() / inner : 0;
}

Status RfftInit(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const FftOptions options, ReadOptions(context));
  if (context.Has(Change::kRfftScratch)) {
    context.Persistent(kRfftParams);
  } else {
    context.Persistent(kOldRfftParams);
    TINYML_RETURN_IF_ERROR(PersistentArray(
        context, "FFT work area", options.length, ScalarBytes(options.type)));
  }
  return AllocateState(context, options, 0);
}

Status RfftPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const FftOptions options, ReadOptions(context));
  const RuntimeTensor* input = nullptr;
  const RuntimeTensor* output = nullptr;
  TINYML_RETURN_IF_ERROR(TakeTensors(context, options.type, input, output));
  TINYML_ASSIGN_OR_RETURN(const int64_t work_bytes,
                          ArrayBytes(context, "FFT work area", options.length,
                                     ScalarBytes(options.type)));
  if (context.Has(Change::kRfftScratch)) {
    TINYML_RETURN_IF_ERROR(context.Scratch(work_bytes));
  }

  const std::string_view crash = WhyFftCrashes(options.length);
  if (!crash.empty()) return AbortsAtInvoke(context, crash);
  if (input->Dim(input->Rank() - 1) > options.length) {
    return AbortsAtInvoke(context, "input " + input->Describe() +
                                       " is longer than fft_length " +
                                       std::to_string(options.length));
  }
  if (output->Dim(output->Rank() - 1) < options.length + 2) {
    context.Warn("output " + output->Describe() +
                 " has no room for fft_length / 2 + 1 complex values: Invoke "
                 "overwrites them or writes past the end");
  }
  WarnIfShort(context, *output,
              OuterSize(*input) * (int64_t{options.length} + 2));
  return {};
}

Status IrfftInit(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const FftOptions options, ReadOptions(context));
  context.Persistent(kIrfftParams);
  const bool is_float = options.type == TensorType::kFloat32;
  return AllocateState(
      context, options,
      is_float ? LayoutOf(kIrfftFloatState, context.abi()).size : 0);
}

Status IrfftPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const FftOptions options, ReadOptions(context));
  const RuntimeTensor* input = nullptr;
  const RuntimeTensor* output = nullptr;
  TINYML_RETURN_IF_ERROR(TakeTensors(context, options.type, input, output));

  const std::string_view crash = WhyFftCrashes(options.length);
  if (!crash.empty()) return AbortsAtInvoke(context, crash);
  if (input->Dim(input->Rank() - 1) < 2) {
    return AbortsAtInvoke(context, "input " + input->Describe() +
                                       " has no complex value in its last "
                                       "dimension (the kernel never ends)");
  }
  if (input->Dim(input->Rank() - 1) < options.length + 2) {
    context.Warn("input " + input->Describe() +
                 " has fewer than fft_length / 2 + 1 complex values: Invoke "
                 "reads past them");
  }
  WarnIfShort(context, *output, OuterSize(*input) * options.length);
  return {};
}

}  // namespace

int64_t KissFftStateBytes(int32_t length, int scalar_bytes, const Abi& abi) {
  if (length % 2 != 0) return 0;
  const int64_t complex_bytes = 2 * scalar_bytes;
  const int64_t half = length / 2;
  // The struct ends with one twiddle factor; half of `length` are needed in
  // all.
  const int64_t complex_fft =
      LayoutOf(kKissFftState, abi).size + half * complex_bytes;
  return LayoutOf(kKissFftrState, abi).size + complex_fft +
         (half * 3 / 2) * complex_bytes;
}

const OperatorKernel reference::kSignalRfft = {.init = RfftInit,
                                               .prepare = RfftPrepare};
const OperatorKernel reference::kSignalIrfft = {.init = IrfftInit,
                                                .prepare = IrfftPrepare};

}  // namespace tinyml::runtime
