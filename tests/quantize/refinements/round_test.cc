// Rounding by reconstruction error: better than to nearest where inputs are
// correlated, the same where they are not, and never worse.
#include "quantize/refinements/round.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/float_net.h"

namespace tinyml::quantize {
namespace {

using Eigen::MatrixXd;

// Inputs each of which resembles the one before.
MatrixXd Correlated(Eigen::Index size, uint32_t seed, int count = 400) {
  testing::MadeUp made_up(seed);
  MatrixXd products = MatrixXd::Zero(size, size);
  for (int i = 0; i < count; ++i) {
    Eigen::VectorXd x(size);
    double last = 0;
    for (Eigen::Index k = 0; k < size; ++k) {
      last = 0.8 * last + static_cast<double>(made_up());
      x[k] = std::max(0.0, last);
    }
    products += x * x.transpose();
  }
  return products;
}

RowGroup MakeGroup(Eigen::Index rows, const MatrixXd& products,
                   uint32_t seed = 9) {
  testing::MadeUp made_up(seed);
  RowGroup group;
  group.weights.resize(rows, products.rows());
  for (double& weight : group.weights.reshaped()) {
    weight = static_cast<double>(made_up());
  }
  group.products = &products;
  return group;
}

std::vector<float> FullScales(const RowGroup& group, int32_t limit = 127) {
  std::vector<float> scales;
  for (Eigen::Index r = 0; r < group.weights.rows(); ++r) {
    scales.push_back(
        FullScale(group.weights.row(r).cwiseAbs().maxCoeff(), limit));
  }
  return scales;
}

double RowError(const Eigen::RowVectorXd& weights, float scale,
                std::span<const int8_t> integers, const MatrixXd& products) {
  Eigen::RowVectorXd error = weights;
  for (Eigen::Index k = 0; k < error.size(); ++k) {
    error[k] -= static_cast<double>(scale) * static_cast<double>(integers[k]);
  }
  return (error * products).dot(error);
}

// The error that RoundedRows reports must be true.
void ExpectTrueError(const RowGroup& group, const RoundedRows& rounded) {
  const auto columns = static_cast<size_t>(group.weights.cols());
  double error = 0;
  for (Eigen::Index r = 0; r < group.weights.rows(); ++r) {
    const size_t at = r;
    error += RowError(
        group.weights.row(r),
        rounded.scales.size() == 1 ? rounded.scales[0] : rounded.scales[at],
        {rounded.integers.data() + at * columns, columns}, *group.products);
  }
  EXPECT_NEAR(error, rounded.error, 1e-9 + 1e-9 * error);
}

TEST(RoundRows, IsBetterThanNearestWhereInputsHangTogether) {
  for (const Eigen::Index size : {9, 64, 150}) {
    const MatrixXd products = Correlated(size, 1);
    const RowGroup group = MakeGroup(12, products);
    const RoundedRows rounded = RoundRows(group, FullScales(group), {});
    ExpectTrueError(group, rounded);
    EXPECT_LT(rounded.error, 0.6 * rounded.nearest_error) << size;
    EXPECT_EQ(rounded.scales, FullScales(group));
  }
}

TEST(RoundRows, SequenceAndMovesHelpEachAlone) {
  const MatrixXd products = Correlated(64, 1);
  const RowGroup group = MakeGroup(12, products);
  const RoundedRows sequence =
      RoundRows(group, FullScales(group), {.sweeps = 0});
  EXPECT_LT(sequence.error, 0.6 * sequence.nearest_error);
  // With so much damping no error is carried on.
  const RoundedRows plain =
      RoundRows(group, FullScales(group), {.damping = 1e9, .sweeps = 0});
  EXPECT_EQ(plain.error, plain.nearest_error);
  const RoundedRows moved =
      RoundRows(group, FullScales(group), {.damping = 1e9});
  EXPECT_LT(moved.error, 0.6 * moved.nearest_error);
}

TEST(RoundRows, IsNearestWhereInputsDoNotHangTogether) {
  const MatrixXd products = Eigen::VectorXd::LinSpaced(20, 1, 5).asDiagonal();
  const RowGroup group = MakeGroup(4, products);
  const std::vector<float> scales = FullScales(group);
  const RoundedRows rounded = RoundRows(group, scales, {});
  EXPECT_EQ(rounded.error, rounded.nearest_error);
  size_t at = 0;
  for (Eigen::Index r = 0; r < 4; ++r) {
    for (Eigen::Index k = 0; k < 20; ++k) {
      EXPECT_EQ(
          rounded.integers[at++],
          std::round(group.weights(r, k) / static_cast<double>(scales[r])));
    }
  }
}

TEST(RoundRows, IsNeverWorseWhateverTheInputs) {
  for (uint32_t seed = 1; seed < 20; ++seed) {
    // From a few inputs to many more than there are columns.
    const MatrixXd products =
        Correlated(24, seed, static_cast<int>(seed * seed / 4 + 1));
    const RowGroup group = MakeGroup(5, products, seed);
    for (const int32_t limit : {127, 7, 1}) {
      const RoundedRows rounded =
          RoundRows(group, FullScales(group, limit), {.limit = limit});
      ExpectTrueError(group, rounded);
      EXPECT_LE(rounded.error, rounded.nearest_error);
      EXPECT_LE(RoundRowsAndScales(group, {.limit = limit}).error,
                rounded.nearest_error);
      for (const int8_t integer : rounded.integers) {
        EXPECT_LE(std::abs(integer), limit);
      }
    }
  }
}

TEST(RoundRows, StandsInputsThatAreAlwaysZeroOrAllTheSame) {
  MatrixXd products = Correlated(16, 3);
  for (const Eigen::Index dead : {0, 7, 15}) {
    products.row(dead).setZero();
    products.col(dead).setZero();
  }
  const RowGroup group = MakeGroup(3, products);
  EXPECT_LT(RoundRows(group, FullScales(group), {}).error,
            RoundRows(group, FullScales(group), {}).nearest_error);

  const MatrixXd ones = MatrixXd::Ones(16, 16);
  const RowGroup same = MakeGroup(3, ones);
  const RoundedRows rounded = RoundRows(same, FullScales(same), {});
  ExpectTrueError(same, rounded);
  EXPECT_LT(rounded.error, 0.1 * rounded.nearest_error);

  const MatrixXd nothing = MatrixXd::Zero(16, 16);
  const RowGroup free = MakeGroup(3, nothing);
  EXPECT_EQ(RoundRows(free, FullScales(free), {}).error, 0);
  EXPECT_EQ(RoundRowsAndScales(free, {}).scales, FullScales(free));
}

TEST(RoundRows, RowsOfZerosStayZeros) {
  const MatrixXd products = Correlated(16, 3);
  RowGroup group = MakeGroup(3, products);
  group.weights.row(1).setZero();
  const RoundedRows rounded = RoundRowsAndScales(group, {});
  EXPECT_EQ(rounded.scales[1], 1.0f);
  EXPECT_TRUE(std::all_of(rounded.integers.begin() + 16,
                          rounded.integers.begin() + 32,
                          [](int8_t i) { return i == 0; }));
  group.weights.setZero();
  EXPECT_EQ(RoundRowsAndScales(group, {}).error, 0);
  EXPECT_EQ(RoundRowsAndScale(std::vector{group}, {})[0].error, 0);
}

TEST(RoundRows, GivesTheSameAgain) {
  const MatrixXd products = Correlated(100, 1);
  const RowGroup group = MakeGroup(12, products);
  EXPECT_EQ(RoundRowsAndScales(group, {}).integers,
            RoundRowsAndScales(group, {}).integers);
}

TEST(RoundRowsAndScales, IsBetterThanFullScales) {
  const MatrixXd products = Correlated(64, 1);
  RowGroup group = MakeGroup(12, products);
  // One weight far out, on an input that hardly matters: few integers would be
  // left for the others.
  MatrixXd weak = products;
  weak.row(5) *= 1e-3;
  weak.col(5) *= 1e-3;
  group.products = &weak;
  group.weights.col(5).setConstant(1.5);
  const RoundedRows fixed = RoundRows(group, FullScales(group), {});
  const RoundedRows rounded = RoundRowsAndScales(group, {});
  ExpectTrueError(group, rounded);
  EXPECT_LT(rounded.error, 0.8 * fixed.error);
  EXPECT_EQ(rounded.nearest_error, fixed.nearest_error);
  EXPECT_EQ(rounded.scales.size(), 12u);
}

TEST(RoundRowsAndScale, SharesOneScale) {
  const MatrixXd products = Correlated(32, 1);
  const MatrixXd others = Correlated(32, 2);
  const std::vector<RowGroup> groups = {MakeGroup(4, products, 3),
                                        MakeGroup(4, others, 4)};
  const std::vector<RoundedRows> rounded = RoundRowsAndScale(groups, {});
  ASSERT_EQ(rounded.size(), 2u);
  EXPECT_EQ(rounded[0].scales.size(), 1u);
  EXPECT_EQ(rounded[0].scales, rounded[1].scales);
  for (size_t i = 0; i < 2; ++i) {
    ExpectTrueError(groups[i], rounded[i]);
    EXPECT_LT(rounded[i].error, rounded[i].nearest_error);
  }
}

}  // namespace
}  // namespace tinyml::quantize
