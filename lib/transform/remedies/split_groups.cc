// A CONV_2D in groups becomes a CONV_2D for each group, between SPLIT and
// CONCATENATION.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tinyml/options.h"
#include "transform/remedies/rewrites.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;

constexpr int32_t kMostGroups = 64;

// Elements `part` of `parts` along the first axis of a constant.
TensorIndex Part(Rewriter& rewriter, TensorIndex whole, int32_t part,
                 int32_t parts) {
  const Tensor from = rewriter.tensor(whole);
  const auto bytes = rewriter.model().DataOf(from);
  const size_t size = bytes.size() / parts;
  const auto own = bytes.subspan(part * size, size);
  std::vector<int32_t> shape = from.shape;
  shape[0] /= parts;
  const TensorIndex made = rewriter.NewConstant(
      from.type, std::move(shape),
      BufferData(std::vector<uint8_t>(own.begin(), own.end())),
      from.name + "/" + std::to_string(part));
  if (from.quantization) {
    Quantization quantization = *from.quantization;
    const auto cut = [&](auto& values) {
      if (values.size() <= 1) return;
      const auto count = static_cast<std::ptrdiff_t>(values.size()) / parts;
      values = {values.begin() + part * count,
                values.begin() + (part + 1) * count};
    };
    cut(quantization.scale);
    cut(quantization.zero_point);
    quantization.min.clear();
    quantization.max.clear();
    rewriter.SetQuantization(made, std::move(quantization));
  }
  return made;
}

}  // namespace

bool SplitGroups(Rewriter& rewriter, int index) {
  const std::optional<ConvWindow> window = ConvWindowOf(rewriter, index);
  if (!window || rewriter.CodeOf(index) != Op::kConv2D) return false;
  const Operator conv = rewriter.op(index);
  const TensorIndex input = rewriter.Input(index, 0);
  const TensorIndex filter = rewriter.Input(index, 1);
  const TensorIndex bias = rewriter.Input(index, 2);
  const TensorIndex output = conv.outputs[0];
  const Tensor image = rewriter.tensor(input);
  const Tensor weights = rewriter.tensor(filter);
  const Tensor result = rewriter.tensor(output);
  const int32_t depth = weights.shape[3];
  if (depth <= 0 || image.shape[3] % depth != 0) return false;
  const int32_t groups = image.shape[3] / depth;
  const auto is_per_channel = [&](TensorIndex of) {
    const auto& quantization = rewriter.tensor(of).quantization;
    return !quantization || quantization->scale.size() <= 1 ||
           (quantization->quantized_dimension == 0 &&
            quantization->scale.size() ==
                static_cast<size_t>(weights.shape[0]));
  };
  if (groups <= 1 || groups > kMostGroups || weights.shape[0] % groups != 0 ||
      weights.shape[0] != result.shape[3] || !rewriter.IsConstant(filter) ||
      weights.type == TensorType::kInt4 || !is_per_channel(filter)) {
    return false;
  }
  if (bias != kNoTensor &&
      (!rewriter.IsConstant(bias) || !is_per_channel(bias) ||
       rewriter.tensor(bias).shape != std::vector{weights.shape[0]})) {
    return false;
  }

  const auto slice_of = [&](const Tensor& like, const char* suffix) {
    std::vector<int32_t> shape = like.shape;
    shape[3] /= groups;
    return rewriter.NewTensor(TensorLike(like, std::move(shape), suffix));
  };
  Operator split;
  split.opcode_index = rewriter.Opcode(Op::kSplit);
  split.inputs = {rewriter.NewInts({}, {3}, image.name + "/axis"), input};
  split.options = MakeOptions(SplitOptions{.num_splits = groups});
  Operator join;
  join.opcode_index = rewriter.Opcode(Op::kConcatenation);
  join.outputs = {output};
  join.options = MakeOptions(ConcatenationOptions{.axis = 3});
  std::vector<Operator> convs;
  for (int32_t group = 0; group < groups; ++group) {
    Operator part = conv;
    split.outputs.push_back(slice_of(image, "/group"));
    part.inputs = {split.outputs.back(), Part(rewriter, filter, group, groups)};
    if (bias != kNoTensor) {
      part.inputs.push_back(Part(rewriter, bias, group, groups));
    } else if (conv.inputs.size() > 2) {
      part.inputs.push_back(kNoTensor);
    }
    part.outputs = {slice_of(result, "/group")};
    join.inputs.push_back(part.outputs[0]);
    convs.push_back(std::move(part));
  }
  rewriter.Drop(index);
  rewriter.InsertAfter(index, std::move(split));
  for (Operator& part : convs) rewriter.InsertAfter(index, std::move(part));
  rewriter.InsertAfter(index, std::move(join));
  return true;
}

}  // namespace tinyml::transform
