// MIRROR_PAD. Source: tflite-micro 90b983c2b3f1, micro/kernels/mirror_pad.cc.
#include <algorithm>
#include <cstring>
#include <string>

#include "ops/kernel.h"
#include "ops/movement/operands.h"

namespace tinyml::ops {
namespace {

// Where index `at` of a padded dimension comes from (GetInputDimension).
// `offset` is 1 if the border itself is not repeated. The caller checks whether
// the result is inside the input.
int64_t Mirrored(int64_t at, int64_t left, int64_t size, int64_t offset) {
  if (at < left) {
    const int64_t last = left + offset - 1;
    return last - std::min(at, last - offset);
  }
  at -= left;
  if (at < size) return at;
  const int64_t last = size - (1 + offset);
  return last - std::min(at - size, last);
}

// For every index of every output dimension, the offset in the input that it
// adds, one dimension after the other.
struct Sources {
  std::vector<int32_t> dims;
  std::vector<int64_t> offsets;
};

// Whether all sums of one offset of each dimension lie in [0, elements).
bool AllInside(const Sources& sources, int64_t elements) {
  int64_t low = 0;
  int64_t high = 0;
  auto from = sources.offsets.begin();
  for (const int32_t dim : sources.dims) {
    if (dim == 0) return true;
    const auto [least, most] = std::minmax_element(from, from + dim);
    low += *least;
    high += *most;
    from += dim;
  }
  return low >= 0 && high < elements;
}

template <typename Word>
uint8_t* CopyFrom(const Sources& sources, size_t dim, const int64_t* offsets,
                  const uint8_t* from, uint8_t* to) {
  const int32_t count = sources.dims[dim];
  const bool innermost = dim + 1 == sources.dims.size();
  for (int32_t i = 0; i < count; ++i) {
    const uint8_t* place = from + offsets[i] * int64_t{sizeof(Word)};
    if (innermost) {
      std::memcpy(to, place, sizeof(Word));
      to += sizeof(Word);
    } else {
      to = CopyFrom<Word>(sources, dim + 1, offsets + count, place, to);
    }
  }
  return to;
}

}  // namespace

// The paddings may be computed by the model, and are not checked upstream.
Result<Invocation> PrepareMirrorPad(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 2, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& paddings = *op.Input(1);
  const TensorView& output = *op.Output(0);
  // The input is read as the output's type.
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, output, {TensorType::kFloat32, TensorType::kInt8}));
  const int rank = input.Rank();
  TINYML_REQUIRE(op, output.Rank() == rank && rank > 0,
                 "output " + output.Describe() +
                     " does not have the rank of "
                     "input " +
                     input.Describe());
  TINYML_REQUIRE(op, paddings.Elements() >= int64_t{rank} * 2,
                 "it has no pair of paddings for each dimension");
  const int64_t width = ElementBytes(output.type);
  TINYML_RETURN_IF_ERROR(CheckHolds(op, input, input.Elements(), width));

  Sources sources;
  sources.dims = output.dims;
  int64_t total = 0;
  for (const int32_t dim : output.dims) total += dim;
  sources.offsets.resize(total);
  const int64_t offset =
      op.Options<MirrorPadOptions>().mode == MirrorPadMode::kReflect ? 1 : 0;
  // Paddings of a type other than int32 and int64 count as none.
  const bool has_paddings = paddings.type == TensorType::kInt32 ||
                            paddings.type == TensorType::kInt64;
  return [&op, &input, &paddings, &output, sources = std::move(sources), offset,
          has_paddings, width]() mutable -> Status {
    int64_t stride = 1;
    size_t end = sources.offsets.size();
    for (int d = input.Rank(); d-- > 0;) {
      const int64_t left =
          has_paddings ? static_cast<int32_t>(IndexAt(paddings, int64_t{d} * 2))
                       : 0;
      const int32_t count = output.Dim(d);
      end -= static_cast<size_t>(count);
      for (int32_t i = 0; i < count; ++i) {
        sources.offsets[end + static_cast<size_t>(i)] =
            Mirrored(i, left, input.Dim(d), offset) * stride;
      }
      stride *= input.Dim(d);
    }
    TINYML_REQUIRE(op, AllInside(sources, input.Elements()),
                   "its paddings reach outside input " + input.Describe());
    if (width == 1) {
      CopyFrom<uint8_t>(sources, 0, sources.offsets.data(), input.bytes.data(),
                        output.writable);
    } else {
      CopyFrom<uint32_t>(sources, 0, sources.offsets.data(), input.bytes.data(),
                         output.writable);
    }
    return {};
  };
}

}  // namespace tinyml::ops
