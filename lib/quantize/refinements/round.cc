#include "quantize/refinements/round.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace tinyml::quantize {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::RowVectorXd;
using Eigen::VectorXd;

double Nearest(double weight, double scale, int32_t limit) {
  return std::clamp(std::round(weight / scale), static_cast<double>(-limit),
                    static_cast<double>(limit));
}

// Integers of rows as doubles, as all arithmetic here has them.
WeightRows NearestRows(const WeightRows& weights, const VectorXd& scales,
                       int32_t limit) {
  WeightRows integers(weights.rows(), weights.cols());
  for (Index r = 0; r < weights.rows(); ++r) {
    for (Index k = 0; k < weights.cols(); ++k) {
      integers(r, k) = Nearest(weights(r, k), scales[r], limit);
    }
  }
  return integers;
}

// The error of each row.
VectorXd Errors(const WeightRows& weights, const WeightRows& integers,
                const VectorXd& scales, const MatrixXd& products) {
  const WeightRows errors = weights - scales.asDiagonal() * integers;
  const WeightRows weighted = errors * products;
  return errors.cwiseProduct(weighted).rowwise().sum().cwiseMax(0.0);
}

// H = U D U^T with what rounding in sequence needs of it.
class Feedback {
 public:
  Feedback(const MatrixXd& products, double damping)
      : order_(static_cast<size_t>(products.rows())) {
    const Index size = products.rows();
    // What weighs most is chosen first, while the others can still make up for
    // it.
    std::iota(order_.begin(), order_.end(), Index{0});
    std::ranges::stable_sort(order_, [&](Index a, Index b) {
      return products(a, a) > products(b, b);
    });
    const double mean = size == 0 ? 0.0 : products.diagonal().mean();
    // Inputs that are always zero weigh nothing, but must not divide by it.
    for (double added = damping * mean; mean > 0;
         added = added * 10 + mean * 1e-6) {
      if (!std::isfinite(added)) break;
      if (Factor(products, added)) return;
    }
    carried_.setZero(size, size);
  }

  // Integers chosen in sequence.
  WeightRows Round(const WeightRows& weights, const VectorXd& scales,
                   int32_t limit) const {
    const Index rows = weights.rows();
    const Index size = weights.cols();
    // By columns, as they are worked on.
    MatrixXd target(rows, size);
    for (Index k = 0; k < size; ++k) {
      target.col(k) = weights.col(order_[k]);
    }
    MatrixXd errors(rows, size);
    WeightRows integers(rows, size);
    for (Index start = 0; start < size; start += kTogether) {
      const Index width = std::min(kTogether, size - start);
      for (Index k = start; k < start + width; ++k) {
        const Index column = order_[k];
        if (k > start) {
          target.col(k).noalias() += errors.middleCols(start, k - start) *
                                     carried_.col(k).segment(start, k - start);
        }
        for (Index r = 0; r < rows; ++r) {
          const double integer = Nearest(target(r, k), scales[r], limit);
          integers(r, column) = integer;
          errors(r, k) = weights(r, column) - scales[r] * integer;
        }
      }
      const Index rest = size - start - width;
      if (rest > 0) {
        target.rightCols(rest).noalias() +=
            errors.middleCols(start, width) *
            carried_.block(start, start + width, width, rest);
      }
    }
    return integers;
  }

 private:
  // Columns whose errors are carried to all later ones at once.
  static constexpr Index kTogether = 64;

  bool Factor(const MatrixXd& products, double added) {
    const Index size = products.rows();
    // U is upper: that is the lower factor of the matrix read backwards.
    const auto back = [&](Index i) { return order_[size - 1 - i]; };
    MatrixXd reversed(size, size);
    for (Index c = 0; c < size; ++c) {
      for (Index r = 0; r < size; ++r) {
        reversed(r, c) = products(back(r), back(c));
      }
      reversed(c, c) += added;
    }
    const Eigen::LLT<Eigen::Ref<MatrixXd>> factors(reversed);  // In place.
    if (factors.info() != Eigen::Success) return false;
    reversed.triangularView<Eigen::StrictlyUpper>().setZero();
    carried_ = reversed.reverse();
    for (Index c = 0; c < size; ++c) {
      if (!(carried_(c, c) > 0)) return false;
      carried_.col(c) /= carried_(c, c);
    }
    return carried_.allFinite();
  }

  std::vector<Index> order_;
  MatrixXd carried_;  // What of an error (row) is carried to a later column.
};

// Moves the integers of one row by 1 where that lowers the error, until nothing
// does or `sweeps` are done.
void Refine(const Eigen::Ref<const RowVectorXd>& weights, double scale,
            const MatrixXd& products, const RoundOptions& options,
            Eigen::Ref<RowVectorXd> integers) {
  VectorXd slope = products * (weights - scale * integers).transpose();
  for (int sweep = 0; sweep < options.sweeps; ++sweep) {
    bool moved = false;
    for (Index k = 0; k < weights.size(); ++k) {
      const double step = slope[k] > 0 ? 1.0 : -1.0;
      // Strictly more than nothing, or rounding errors would move it for ever.
      const double gain =
          2 * scale * std::abs(slope[k]) - scale * scale * products(k, k);
      if (!(gain > 1e-12 * scale * std::abs(slope[k])) ||
          std::abs(integers[k] + step) > options.limit) {
        continue;
      }
      integers[k] += step;
      slope.noalias() -= (scale * step) * products.col(k);
      moved = true;
    }
    if (!moved) return;
  }
}

// Takes from `other` the rows that are better.
void TakeBetter(const WeightRows& other, const VectorXd& other_errors,
                WeightRows& integers, VectorXd& errors) {
  for (Index r = 0; r < errors.size(); ++r) {
    if (other_errors[r] < errors[r]) {
      integers.row(r) = other.row(r);
      errors[r] = other_errors[r];
    }
  }
}

// The best integers that are known for given scales.
struct Choice {
  WeightRows integers;
  VectorXd errors;
};

Choice Choose(const RowGroup& group, const Feedback& feedback,
              const VectorXd& scales, const RoundOptions& options) {
  const MatrixXd& products = *group.products;
  Choice choice;
  choice.integers = NearestRows(group.weights, scales, options.limit);
  choice.errors = Errors(group.weights, choice.integers, scales, products);
  const WeightRows sequence =
      feedback.Round(group.weights, scales, options.limit);
  TakeBetter(sequence, Errors(group.weights, sequence, scales, products),
             choice.integers, choice.errors);
  return choice;
}

void RefineRows(const RowGroup& group, const VectorXd& scales,
                const RoundOptions& options, Choice& choice) {
  WeightRows refined = choice.integers;
  for (Index r = 0; r < refined.rows(); ++r) {
    RowVectorXd row = refined.row(r);
    Refine(group.weights.row(r), scales[r], *group.products, options, row);
    refined.row(r) = row;
  }
  TakeBetter(refined, Errors(group.weights, refined, scales, *group.products),
             choice.integers, choice.errors);
}

VectorXd AsScales(std::span<const float> scales, Index rows) {
  VectorXd result(rows);
  for (Index r = 0; r < rows; ++r) {
    result[r] = static_cast<double>(scales.size() == 1 ? scales[0] : scales[r]);
  }
  return result;
}

RoundedRows Finish(const Choice& choice, std::vector<float> scales,
                   double nearest_error) {
  RoundedRows rounded;
  rounded.scales = std::move(scales);
  rounded.integers.reserve(choice.integers.size());
  for (Index r = 0; r < choice.integers.rows(); ++r) {
    for (Index k = 0; k < choice.integers.cols(); ++k) {
      rounded.integers.push_back(static_cast<int8_t>(choice.integers(r, k)));
    }
  }
  rounded.error = choice.errors.sum();
  rounded.nearest_error = nearest_error;
  return rounded;
}

double NearestError(const RowGroup& group, const VectorXd& scales,
                    int32_t limit) {
  return Errors(group.weights, NearestRows(group.weights, scales, limit),
                scales, *group.products)
      .sum();
}

std::vector<float> ToFloats(const VectorXd& scales) {
  std::vector<float> result;
  for (const double scale : scales) result.push_back(static_cast<float>(scale));
  return result;
}

// `part` of a scale, as a float has it.
double PartOf(double scale, double part) {
  return static_cast<double>(std::max(static_cast<float>(scale * part),
                                      std::numeric_limits<float>::min()));
}

// Makes each row's scale the best one for its integers, where that lowers the
// error. Returns whether any changed.
bool FitScales(const RowGroup& group, VectorXd& scales, Choice& choice) {
  const WeightRows weighted = choice.integers * *group.products;
  VectorXd fitted = scales;
  for (Index r = 0; r < fitted.size(); ++r) {
    const double square = weighted.row(r).dot(choice.integers.row(r));
    const double product = weighted.row(r).dot(group.weights.row(r));
    const double best = product / square;
    // A scale far away is the sign of a row that hardly matters.
    if (square > 0 && best > 0.5 * scales[r] && best < 2 * scales[r]) {
      fitted[r] = PartOf(best, 1);
    }
  }
  const VectorXd errors =
      Errors(group.weights, choice.integers, fitted, *group.products);
  bool changed = false;
  for (Index r = 0; r < fitted.size(); ++r) {
    if (!(errors[r] < choice.errors[r])) continue;
    scales[r] = fitted[r];
    choice.errors[r] = errors[r];
    changed = true;
  }
  return changed;
}

}  // namespace

float FullScale(double largest, int32_t limit) {
  if (!(largest > 0)) return 1.0F;
  return std::max(static_cast<float>(largest / limit),
                  std::numeric_limits<float>::min());
}

RoundedRows RoundRows(const RowGroup& group, std::span<const float> scales,
                      const RoundOptions& options) {
  const VectorXd used = AsScales(scales, group.weights.rows());
  const Feedback feedback(*group.products, options.damping);
  Choice choice = Choose(group, feedback, used, options);
  RefineRows(group, used, options, choice);
  return Finish(choice, {scales.begin(), scales.end()},
                NearestError(group, used, options.limit));
}

RoundedRows RoundRowsAndScales(const RowGroup& group,
                               const RoundOptions& options) {
  const Index rows = group.weights.rows();
  VectorXd full(rows);
  for (Index r = 0; r < rows; ++r) {
    full[r] = static_cast<double>(
        FullScale(group.weights.row(r).cwiseAbs().maxCoeff(), options.limit));
  }
  const Feedback feedback(*group.products, options.damping);
  const double nearest = NearestError(group, full, options.limit);
  VectorXd scales = full;
  Choice best = Choose(group, feedback, full, options);
  for (const double part : options.shrink) {
    VectorXd tried(rows);
    for (Index r = 0; r < rows; ++r) tried[r] = PartOf(full[r], part);
    const Choice choice = Choose(group, feedback, tried, options);
    for (Index r = 0; r < rows; ++r) {
      if (choice.errors[r] < best.errors[r]) scales[r] = tried[r];
    }
    TakeBetter(choice.integers, choice.errors, best.integers, best.errors);
  }
  RefineRows(group, scales, options, best);
  constexpr int kFits = 2;
  for (int i = 0; i < kFits && FitScales(group, scales, best); ++i) {
    RefineRows(group, scales, options, best);
  }
  return Finish(best, ToFloats(scales), nearest);
}

std::vector<RoundedRows> RoundRowsAndScale(std::span<const RowGroup> groups,
                                           const RoundOptions& options) {
  double largest = 0;
  std::vector<Feedback> feedback;
  for (const RowGroup& group : groups) {
    largest = std::max(largest, group.weights.cwiseAbs().maxCoeff());
    feedback.emplace_back(*group.products, options.damping);
  }
  const auto full = static_cast<double>(FullScale(largest, options.limit));
  const auto choose = [&](double scale) {
    std::vector<Choice> choices;
    double error = 0;
    for (size_t i = 0; i < groups.size(); ++i) {
      const VectorXd scales =
          VectorXd::Constant(groups[i].weights.rows(), scale);
      choices.push_back(Choose(groups[i], feedback[i], scales, options));
      error += choices.back().errors.sum();
    }
    return std::pair(std::move(choices), error);
  };
  double scale = full;
  auto [best, least] = choose(full);
  for (const double part : options.shrink) {
    const double tried = PartOf(full, part);
    auto [choices, error] = choose(tried);
    if (!(error < least)) continue;
    best = std::move(choices);
    least = error;
    scale = tried;
  }
  std::vector<RoundedRows> rounded;
  for (size_t i = 0; i < groups.size(); ++i) {
    const Index rows = groups[i].weights.rows();
    RefineRows(groups[i], VectorXd::Constant(rows, scale), options, best[i]);
    rounded.push_back(
        Finish(best[i], {static_cast<float>(scale)},
               NearestError(groups[i], VectorXd::Constant(rows, full),
                            options.limit)));
  }
  return rounded;
}

}  // namespace tinyml::quantize
