#include "model/operator_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <type_traits>

#include "tinyml/options.h"

namespace tinyml {
namespace {

// The meaning of the cells of operator_rows.inc.
using enum Change;

constexpr uint16_t kMany = CountRange::kUnlimited;
constexpr bool kInt16 = true;
constexpr bool kNoInt16 = false;

struct NoOptions {
  static constexpr std::string_view kTypeName = {};
};
struct AnyOptions : NoOptions {};

namespace availability {
constexpr Availability NO;
constexpr Availability YES = {.exists = true};
constexpr Availability SINCE(Change change) {
  return {.exists = true, .since = change};
}
}  // namespace availability

namespace state {
constexpr bool NO = false;
constexpr bool YES = true;
}  // namespace state

// The integer kernels, by what they require; ...8 have none for int16.
namespace quantization {
using enum ParameterRule;

// Operators with an integer kernel that are Float: DIV and RSQRT, whose kernels
// abort on a divisor of zero or a negative value, which rounding can produce
// from good ones; EMBEDDING_LOOKUP, which is hybrid. ReadOnly8: int16 GREATER
// reads parameters that were never set.
constexpr QuantizationRule Float;
constexpr QuantizationRule Free8 = {.int8 = true, .rule = kFree};
constexpr QuantizationRule Free16 = {
    .int8 = true, .int16 = true, .rule = kFree};
constexpr QuantizationRule ReadOnly8 = {.int8 = true,
                                        .rule = kNoQuantizedOutput};
// add_n.cc, pooling_common.cc, maximum_minimum.cc, concatenation.cc,
// reduce_common.cc, pad_common.cc; activations.cc (RELU6) clamps with the
// input's parameters and keeps the values; the others move values without
// interpreting them.
constexpr QuantizationRule Same8 = {.int8 = true, .rule = kAllTheSame};
constexpr QuantizationRule Same16Of(int input) {
  return {.int8 = true, .int16 = true, .rule = kAllTheSame, .input = input};
}
constexpr QuantizationRule Same16 = Same16Of(0);
constexpr QuantizationRule SameRounded8 = {
    .int8 = true, .rule = kAllTheSame, .rounds = true};
constexpr QuantizationRule SameRounded16 = {
    .int8 = true, .int16 = true, .rule = kAllTheSame, .rounds = true};
// softmax_common.cc, logistic_common.cc, tanh.cc, l2norm.cc, log_softmax.cc.
constexpr QuantizationRule Fixed(float scale, int32_t zero_point, bool int16) {
  return {.int8 = true,
          .int16 = int16,
          .rule = kFixedOutput,
          .fixed_int8 = {scale, zero_point},
          .fixed_int16 = {int16 ? 1.0F / 32768 : 0.0F, 0}};
}
// conv_common.cc, depthwise_conv_common.cc, transpose_conv.cc,
// fully_connected_common.cc; cmsis_nn/fully_connected.cc refuses per-channel
// scales with int16.
constexpr QuantizationRule Weights(int input, int weights, int bias, int axis,
                                   bool per_channel_int16) {
  return {.int8 = true,
          .int16 = true,
          .rule = kWeights,
          .input = input,
          .weights = weights,
          .bias = bias,
          .channel_axis = axis,
          .per_channel_int16 = per_channel_int16};
}
constexpr QuantizationRule Svdf = {.int8 = true, .rule = kSvdf};
constexpr QuantizationRule Lstm = {.int8 = true, .rule = kLstm};
}  // namespace quantization

// clang-format off
constexpr OperatorRow kRows[] = {
#define OPERATOR(Id, in_least, in_most, out_least, out_most, Options, Kind,   \
                 State, Method, Since, Quantization, Macs, Family, Stem,      \
                 CmsisNn, EspNn)                                              \
  {BuiltinOperator::k##Id, {}, {in_least, in_most}, {out_least, out_most},    \
   Options::kTypeName, false, OperatorKind::Kind, state::State, #Method,      \
   availability::Since, quantization::Quantization, MacFormula::Macs,         \
   #Family, #Stem, availability::CmsisNn, availability::EspNn},
#define FORMAT_OPERATOR(Id, in_least, in_most, out_least, out_most, Options,  \
                        Kind)                                                 \
  {BuiltinOperator::k##Id, {}, {in_least, in_most}, {out_least, out_most},    \
   Options::kTypeName, std::is_same_v<Options, AnyOptions>,                   \
   OperatorKind::Kind, false, {}, {}, {}, MacFormula::kNone, {}, {}, {}, {}},
#define CUSTOM_OPERATOR(Id, code, Kind, State, Method, Since, Family, Stem)   \
  {BuiltinOperator::kCustom, code, {0, kMany}, {0, kMany}, {}, true,          \
   OperatorKind::Kind, state::State, #Method, availability::Since, {},        \
   MacFormula::kNone, #Family, #Stem, {}, {}},
#include "model/operator_rows.inc"
};
// clang-format on

constexpr BuiltinOperator kFormatOperators[] = {
#define TINYML_CODE(identifier, name, number) BuiltinOperator::identifier,
    TINYML_BUILTIN_OPERATORS(TINYML_CODE)
#undef TINYML_CODE
};
constexpr size_t kFormatCount = std::size(kFormatOperators);

constexpr std::span<const OperatorRow> FormatRows() {
  return std::span(kRows).first(kFormatCount);
}
constexpr std::span<const OperatorRow> CustomRows() {
  return std::span(kRows).subspan(kFormatCount);
}

static_assert(std::ranges::equal(FormatRows(), kFormatOperators, {},
                                 &OperatorRow::code),
              "one row for each operator of the format, in its order");
constexpr bool IsLookUpAnIndex() {
  for (size_t i = 0; i < kFormatCount; ++i) {
    if (static_cast<size_t>(kFormatOperators[i]) != i) return false;
  }
  return true;
}
static_assert(IsLookUpAnIndex(), "the format's numbers have no gaps");
static_assert(std::ranges::all_of(CustomRows(),
                                  [](const OperatorRow& row) {
                                    return !row.custom_code.empty() &&
                                           std::ranges::count(
                                               kRows, row.custom_code,
                                               &OperatorRow::custom_code) == 1;
                                  }),
              "custom operators last, each once");

static_assert(std::ranges::all_of(kRows,
                                  [](const OperatorRow& row) {
                                    const bool runs = row.runtime.exists;
                                    return row.resolver_method.empty() !=
                                               runs &&
                                           row.family.empty() != runs &&
                                           row.stem.empty() != runs &&
                                           row.inputs.least <=
                                               row.inputs.most &&
                                           row.outputs.least <=
                                               row.outputs.most;
                                  }),
              "a cell is empty");

}  // namespace

std::string CountRangeText(CountRange range) {
  if (range.most == CountRange::kUnlimited) {
    return fmt::format("at least {}", range.least);
  }
  if (range.least == range.most) return fmt::format("{}", range.least);
  return fmt::format("{} {} {}", range.least,
                     range.least + 1 == range.most ? "or" : "to", range.most);
}

std::span<const OperatorRow> AllOperators() { return kRows; }

const OperatorRow* FindOperator(BuiltinOperator code,
                                std::string_view custom_code) {
  if (code == BuiltinOperator::kCustom && !custom_code.empty()) {
    const auto found =
        std::ranges::find(CustomRows(), custom_code, &OperatorRow::custom_code);
    if (found != CustomRows().end()) return &*found;
  }
  const auto number = static_cast<size_t>(static_cast<uint32_t>(code));
  return number < kFormatCount ? &kRows[number] : nullptr;
}

const QuantizationRule* QuantizationRuleOf(BuiltinOperator code) {
  const OperatorRow* row = FindOperator(code);
  return row != nullptr && row->quantization.int8 ? &row->quantization
                                                  : nullptr;
}

bool HandsValuesOn(BuiltinOperator code) {
  const OperatorRow* row = FindOperator(code);
  return row != nullptr && row->runtime.exists &&
         (row->kind == OperatorKind::kControl ||
          row->kind == OperatorKind::kVariable);
}

}  // namespace tinyml
