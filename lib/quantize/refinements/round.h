// Choosing the integers of weights by what they do to a layer's outputs,
// instead of each to the nearest.
//
// A row w of weights becomes s q, and (w - s q) H (w - s q)^T is the squared
// error of its outputs, H being the Gram matrix of the inputs. Integers are
// chosen one after the other, each taking over the error that those before it
// made (as in Frantar et al., "GPTQ", 2022; here by the factors of H = U D U^T,
// as in Chee et al., "QuIP", 2023), then moved by steps of 1 while that lowers
// the error.
#ifndef TINYML_QUANTIZE_REFINEMENTS_ROUND_H_
#define TINYML_QUANTIZE_REFINEMENTS_ROUND_H_

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

namespace tinyml::quantize {

// Rows of weights that share the inputs of H.
using WeightRows =
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct RoundOptions {
  int32_t limit = 127;   // Integers from -limit to limit.
  double damping = 0.1;  // Of the mean of H's diagonal, added to it to factor.
  int sweeps = 8;        // Rounds of moves by 1, at most.
  // Scales that are tried, as parts of the one that covers the row; 1 is always
  // among them.
  std::vector<double> shrink = {0.7, 0.75, 0.8, 0.85, 0.9, 0.95};
};

struct RoundedRows {
  std::vector<float> scales;     // One for each row, or one.
  std::vector<int8_t> integers;  // Row by row.
  double error = 0;              // Under H, of all rows.
  double nearest_error = 0;      // Of the nearest integers, at full scale.
};

// The scale at which a row's largest magnitude becomes `limit`; 1 for a row of
// zeros. Never zero, and finite.
float FullScale(double largest, int32_t limit);

// A layer's rows in runs that see the same inputs, as LayerMatrix has them.
struct RowGroup {
  WeightRows weights;
  const Eigen::MatrixXd* products = nullptr;  // H; both triangles, finite.
};

// Integers for given `scales`: one for each row of the group, or one for all.
// The error is never above that of the nearest integers. Requires finite
// weights, positive scales and a limit of 1 to 127.
RoundedRows RoundRows(const RowGroup& group, std::span<const float> scales,
                      const RoundOptions& options);

// Chooses a scale for each row, too. The error is never above that of the
// nearest integers at full scale.
RoundedRows RoundRowsAndScales(const RowGroup& group,
                               const RoundOptions& options);

// The same with one scale for all rows of all groups. Returns a RoundedRows for
// each group.
std::vector<RoundedRows> RoundRowsAndScale(std::span<const RowGroup> groups,
                                           const RoundOptions& options);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REFINEMENTS_ROUND_H_
