// A layer as the product of matrices that it is: a row of weights for each
// output channel, times what its window sees at each output position.
#ifndef TINYML_QUANTIZE_REFINEMENTS_LAYER_MATRIX_H_
#define TINYML_QUANTIZE_REFINEMENTS_LAYER_MATRIX_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "quantize/rewrite/layers.h"
#include "tinyml/model.h"

namespace tinyml::quantize {

// Where the weights of output channel r lie, in the order of the columns: of
// the last axis if `last_axis`, else one row after the other.
struct WeightLayout {
  int64_t rows = 0;     // Output channels.
  int64_t columns = 0;  // Weights of one.
  bool last_axis = false;

  size_t IndexOf(int64_t row, int64_t column) const {
    return static_cast<size_t>(last_axis ? column * rows + row
                                         : row * columns + column);
  }
};

// One axis of a window: output `at` sees the input at
// at * stride - padding + tap * dilation, where that lies inside. A transposed
// one: input i is seen by the output at i * stride - padding + tap.
struct WindowOnAxis {
  int32_t input = 1;
  int32_t taps = 1;
  int32_t output = 1;
  int32_t stride = 1;
  int32_t dilation = 1;
  int32_t padding = 0;
};

// The shapes of a layer, read from the model once.
class LayerMatrix {
 public:
  // Nothing where the shapes or options do not fit, or the operator's format
  // of weights is unknown.
  static std::optional<LayerMatrix> Of(const Model& model, const Layer& layer);

  const WeightLayout& layout() const { return layout_; }
  int64_t rows() const { return layout_.rows; }
  int64_t columns() const { return layout_.columns; }
  // Output channels fall into so many runs of equal length, each of which sees
  // other inputs. Of a depthwise convolution: the input channels.
  int64_t groups() const { return groups_; }
  int64_t GroupOf(int64_t row) const { return row / (rows() / groups_); }
  // Of the input's last axis; of a fully connected layer: its columns.
  int64_t InputChannels() const { return input_channels_; }
  // The input channel that a weight is multiplied with.
  int64_t InputChannelOf(int64_t row, int64_t column) const {
    return GroupOf(row) * depth() + column % depth();
  }
  // Outputs of one invocation, by channel; elements of its input.
  int64_t positions() const { return positions_; }
  int64_t input_elements() const { return input_elements_; }

  // Writes what the windows of `group` see at the positions `first`,
  // `first + step`, ...: columns() values for each, a border being zeros, for
  // as many as `rows` has room for. Requires that all are below positions(),
  // and input.size() == input_elements().
  void CopyWindows(std::span<const float> input, int64_t group, int64_t first,
                   int64_t step, std::span<float> rows) const;

 private:
  void CopyWindow(std::span<const float> input, int64_t group, int64_t position,
                  std::span<float> row) const;

  int64_t depth() const { return input_channels_ / groups_; }

  bool is_transposed_ = false;
  WeightLayout layout_;
  int64_t groups_ = 1;
  int64_t positions_ = 0;
  int64_t input_elements_ = 0;
  int64_t input_channels_ = 1;
  WindowOnAxis y_;
  WindowOnAxis x_;
};

// Values in the order of a weights tensor, as rows of one output channel each,
// and back.
template <typename T>
std::vector<T> ToRows(const WeightLayout& layout, std::span<const T> values) {
  std::vector<T> rows(values.size());
  for (int64_t r = 0; r < layout.rows; ++r) {
    for (int64_t k = 0; k < layout.columns; ++k) {
      rows[r * layout.columns + k] = values[layout.IndexOf(r, k)];
    }
  }
  return rows;
}
template <typename T>
std::vector<T> FromRows(const WeightLayout& layout, std::span<const T> rows) {
  std::vector<T> values(rows.size());
  for (int64_t r = 0; r < layout.rows; ++r) {
    for (int64_t k = 0; k < layout.columns; ++k) {
      values[layout.IndexOf(r, k)] = rows[r * layout.columns + k];
    }
  }
  return values;
}

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REFINEMENTS_LAYER_MATRIX_H_
