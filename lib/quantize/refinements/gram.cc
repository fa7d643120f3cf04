#include "quantize/refinements/gram.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/macros.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "quantize/calibration/calibrate.h"
#include "quantize/calibration/sample_runs.h"

namespace tinyml::quantize {
namespace {

using RowMajor =
    Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Windows are gathered before they are multiplied, by group.
constexpr int64_t kGathered = 256;
constexpr int64_t kGatheredOfMany = 64;  // Where there are several groups.

int64_t GatheredBy(const LayerMatrix& matrix) {
  return matrix.groups() == 1 ? kGathered : kGatheredOfMany;
}

// What is made of the sums of a layer takes memory, too.
constexpr int64_t kMostThreads = 8;

// Eigen cuts its products by the caches of the core that asks first, which
// decides the order of sums. A fixed cut gives the same sums everywhere.
void FixCuts() {
  constexpr std::ptrdiff_t kL1 = 32 << 10;
  constexpr std::ptrdiff_t kL2 = 256 << 10;
  constexpr std::ptrdiff_t kL3 = 2 << 20;
  Eigen::setCpuCacheSizes(kL1, kL2, kL3);
}

// The sums of one group, growing.
class Sum {
 public:
  Sum() = default;
  explicit Sum(const LayerMatrix& matrix)
      : products_(matrix.columns(), matrix.columns()),
        sum_(matrix.columns()),
        gathered_(GatheredBy(matrix), matrix.columns()) {
    Clear();
  }

  void Clear() {
    products_.setZero();
    sum_.setZero();
    windows_ = samples_ = 0;
    used_ = 0;
  }

  // Adds windows at `first`, `first + step`, ... of one input.
  void Add(const LayerMatrix& matrix, std::span<const float> input,
           int64_t group, int64_t first, int64_t step, RowMajor& scratch) {
    const int64_t columns = matrix.columns();
    int64_t left = (matrix.positions() - first + step - 1) / step;
    windows_ += left;
    while (left > 0) {
      const int64_t now = std::min(left, gathered_.rows() - used_);
      matrix.CopyWindows(input, group, first, step,
                         {gathered_.data() + used_ * columns,
                          static_cast<size_t>(now * columns)});
      used_ += now;
      left -= now;
      first += now * step;
      if (used_ == gathered_.rows()) Multiply(scratch);
    }
  }

  // Multiplies what has been gathered.
  void Multiply(RowMajor& scratch) {
    if (used_ == 0) return;
    const auto rows = gathered_.topRows(used_);
    scratch.setZero(gathered_.cols(), gathered_.cols());
    scratch.selfadjointView<Eigen::Lower>().rankUpdate(rows.transpose());
    products_.triangularView<Eigen::Lower>() += scratch.cast<double>();
    sum_ += rows.cast<double>().colwise().sum().transpose();
    used_ = 0;
  }

  void CountSample() { ++samples_; }

  void Join(const Sum& other) {
    products_.triangularView<Eigen::Lower>() += other.products_;
    sum_ += other.sum_;
    windows_ += other.windows_;
    samples_ += other.samples_;
  }

  Gram Take() {
    Gram gram;
    gram.products = std::move(products_);
    gram.products.triangularView<Eigen::StrictlyUpper>() =
        gram.products.transpose();
    gram.sum = std::move(sum_);
    gram.windows = windows_;
    gram.samples = samples_;
    return gram;
  }

 private:
  Eigen::MatrixXd products_;  // The lower triangle.
  Eigen::VectorXd sum_;
  int64_t windows_ = 0;
  int64_t samples_ = 0;
  RowMajor gathered_;
  Eigen::Index used_ = 0;  // Rows of it.
};

// A layer that is summed up now.
struct Watched {
  size_t layer = 0;  // Index into the layers.
  LayerMatrix matrix;
};

// What one thread holds.
struct Partial {
  std::vector<std::vector<Sum>> sums;  // By watched layer and group.
  std::vector<bool> seen;              // By watched layer, in this sample.
  RowMajor scratch;
};

class Collector {
 public:
  Collector(const Model& model, const Target& target,
            std::span<const Layer> layers, const SampleSource& samples,
            const GramOptions& options)
      : model_(model),
        target_(target),
        layers_(layers),
        samples_(samples),
        options_(options),
        blocks_(SampleBlocks(samples.Count(), options.most_samples,
                             Remembers(model) && !options.reset)),
        threads_(ThreadsFor(options.threads,
                            static_cast<int64_t>(blocks_.size()))) {}

  Status Run(const GramVisitor& visit) {
    if (blocks_.empty()) return {};
    const std::vector<std::vector<Watched>> batches = MakeBatches();
    for (const auto& blocks : blocks_) {
      to_do_ += static_cast<int64_t>(blocks.size() * batches.size());
    }
    for (const std::vector<Watched>& batch : batches) {
      TINYML_RETURN_IF_ERROR(RunBatch(batch, visit));
    }
    return {};
  }

 private:
  // Bytes that summing up a layer takes.
  int64_t BytesOf(const LayerMatrix& matrix) const {
    const int64_t columns = matrix.columns();
    constexpr auto kDouble = static_cast<int64_t>(sizeof(double));
    constexpr auto kFloat = static_cast<int64_t>(sizeof(float));
    const int64_t sums = matrix.groups() * columns * (columns + 1) * kDouble;
    const int64_t gathered =
        matrix.groups() * columns * GatheredBy(matrix) * kFloat;
    return sums * (threads_ + 1) + gathered * threads_;
  }

  std::vector<std::vector<Watched>> MakeBatches() const {
    std::vector<std::vector<Watched>> batches;
    int64_t bytes = 0;
    for (size_t i = 0; i < layers_.size(); ++i) {
      auto matrix = LayerMatrix::Of(model_, layers_[i]);
      // The limit on groups keeps BytesOf() in range; a layer of more would be
      // beyond most_bytes.
      constexpr int64_t kMostGroups = 1 << 16;
      if (!matrix || matrix->columns() > options_.most_columns ||
          matrix->groups() > kMostGroups ||
          BytesOf(*matrix) > options_.most_bytes) {
        continue;
      }
      bytes += BytesOf(*matrix);
      if (batches.empty() || bytes > options_.most_bytes) {
        batches.emplace_back();
        bytes = BytesOf(*matrix);
      }
      batches.back().push_back({i, *std::move(matrix)});
    }
    return batches;
  }

  static Partial MakePartial(const std::vector<Watched>& batch) {
    Partial partial;
    for (const Watched& watched : batch) {
      partial.sums.emplace_back(static_cast<size_t>(watched.matrix.groups()),
                                Sum(watched.matrix));
    }
    partial.seen.resize(batch.size());
    return partial;
  }

  // Adds what the layer is given now.
  void Look(const Watched& watched, size_t at, int64_t sample,
            const Interpreter& interpreter, Partial& partial) const {
    const Layer& layer = layers_[watched.layer];
    const RunningTensor input = interpreter.At(layer.id.subgraph, layer.input);
    const LayerMatrix& matrix = watched.matrix;
    const std::span<const float> values(
        reinterpret_cast<const float*>(input.bytes.data()),
        input.bytes.size() / sizeof(float));
    if (static_cast<int64_t>(values.size()) != matrix.input_elements()) return;
    const int64_t step = std::max<int64_t>(
        1, (matrix.positions() + options_.most_positions - 1) /
               options_.most_positions);
    // Another start for each sample, so that all positions have their turn.
    const int64_t first = sample % step;
    std::vector<Sum>& sums = partial.sums[at];
    for (size_t g = 0; g < sums.size(); ++g) {
      sums[g].Add(matrix, values, static_cast<int64_t>(g), first, step,
                  partial.scratch);
      if (!partial.seen[at]) sums[g].CountSample();
    }
    partial.seen[at] = true;
  }

  Status RunBlock(const std::vector<int64_t>& block, Interpreter& interpreter,
                  Partial& partial, int64_t& current) const {
    TINYML_RETURN_IF_ERROR(interpreter.Reset());
    for (const int64_t sample : block) {
      if (options_.reset) TINYML_RETURN_IF_ERROR(interpreter.Reset());
      TINYML_ASSIGN_OR_RETURN(const bool read,
                              ReadSample(samples_, sample, interpreter));
      if (!read) continue;
      current = sample;
      partial.seen.assign(partial.seen.size(), false);
      TINYML_RETURN_IF_ERROR(interpreter.Invoke());
    }
    for (std::vector<Sum>& sums : partial.sums) {
      for (Sum& sum : sums) sum.Multiply(partial.scratch);
    }
    return {};
  }

  Status RunBatch(const std::vector<Watched>& batch, const GramVisitor& visit) {
    TINYML_ASSIGN_OR_RETURN(std::vector<Interpreter> interpreters,
                            MakeInterpreters(model_, target_, threads_));
    Partial total = MakePartial(batch);
    std::vector<Partial> partials(interpreters.size(), MakePartial(batch));
    std::vector<int64_t> current(interpreters.size(), 0);
    for (size_t t = 0; t < interpreters.size(); ++t) {
      interpreters[t].SetObserver([&, t](const OperatorId& op) -> Status {
        for (size_t i = 0; i < batch.size(); ++i) {
          const Layer& layer = layers_[batch[i].layer];
          if (layer.id != op) continue;
          Look(batch[i], i, current[t], interpreters[t], partials[t]);
        }
        return {};
      });
    }
    const auto work = [&](int thread, int64_t block) -> Status {
      const size_t t = thread;
      return RunBlock(blocks_[block], interpreters[t], partials[t], current[t]);
    };
    const auto join = [&](int thread, int64_t block) -> Status {
      Partial& partial = partials[thread];
      for (size_t i = 0; i < batch.size(); ++i) {
        for (size_t g = 0; g < total.sums[i].size(); ++g) {
          total.sums[i][g].Join(partial.sums[i][g]);
          partial.sums[i][g].Clear();
        }
      }
      done_ += static_cast<int64_t>(blocks_[block].size());
      return Report(options_.progress, done_, to_do_);
    };
    TINYML_RETURN_IF_ERROR(
        ForEachInParallel(std::ssize(blocks_), threads_, work, join));
    partials.clear();
    interpreters.clear();
    const auto hand_on = [&](int, int64_t at) -> Status {
      const size_t i = at;
      std::vector<Gram> grams;
      for (Sum& sum : total.sums[i]) grams.push_back(sum.Take());
      total.sums[i].clear();
      const bool useful = std::ranges::all_of(grams, [](const Gram& gram) {
        return !gram.empty() && gram.products.allFinite() &&
               gram.sum.allFinite();
      });
      if (!useful) return {};
      return visit(batch[i].layer, batch[i].matrix, grams);
    };
    return ForEachInParallel(
        std::ssize(batch), ThreadsFor(options_.threads, kMostThreads), hand_on);
  }

  const Model& model_;
  const Target& target_;
  std::span<const Layer> layers_;
  const SampleSource& samples_;
  const GramOptions& options_;
  std::vector<std::vector<int64_t>> blocks_;
  int threads_;
  int64_t to_do_ = 0;  // Samples, once for each batch.
  int64_t done_ = 0;
};

}  // namespace

Eigen::VectorXd Gram::Mean() const {
  return sum / static_cast<double>(std::max<int64_t>(windows, 1));
}

Eigen::MatrixXd Gram::Centred() const {
  Eigen::MatrixXd centred = products;
  centred.noalias() -= sum * Mean().transpose();
  // What should be nothing may come out a little below it.
  centred.diagonal() = centred.diagonal().cwiseMax(0.0);
  return centred;
}

double IndependentWindows(const Gram& gram) {
  if (gram.samples <= 0) return 0;
  const auto samples = static_cast<double>(gram.samples);
  return samples * std::sqrt(static_cast<double>(gram.windows) / samples);
}

Eigen::MatrixXd Shrunk(Eigen::MatrixXd products, double independent) {
  const Eigen::Index size = products.rows();
  double squares = 0;
  double chance = 0;
  for (Eigen::Index c = 0; c < size; ++c) {
    for (Eigen::Index r = 0; r < c; ++r) {
      const double norm = products(r, r) * products(c, c);
      if (norm <= 0) continue;
      const double square =
          std::min(1.0, products(r, c) * products(r, c) / norm);
      squares += square;
      chance += (1 - square) * (1 - square);
    }
  }
  double kept = 1;
  if (squares > 0) {
    kept = 1 - std::min(1.0, chance / std::max(independent, 1.0) / squares);
  }
  const Eigen::VectorXd diagonal = products.diagonal();
  products *= kept;
  products.diagonal() = diagonal;
  return products;
}

Status CollectGrams(const Model& model, const Target& target,
                    std::span<const Layer> layers, const SampleSource& samples,
                    const GramOptions& options, const GramVisitor& visit) {
  FixCuts();
  return Collector(model, target, layers, samples, options).Run(visit);
}

}  // namespace tinyml::quantize
