// Statistics as JSON: numbers of histograms and sums are exact.
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/json_depth.h"
#include "base/macros.h"
#include "quantize/calibration/statistics.h"

namespace tinyml::quantize {
namespace {

constexpr int kVersion = 1;
constexpr int kMaxDepth = 8;
constexpr int64_t kMostTensors = 10'000'000;

Json SideToJson(const Histogram::Side& side) {
  return {{"first", side.first}, {"counts", side.counts}};
}

Json TensorToJson(const TensorStatistics& tensor) {
  Json json = {{"count", tensor.count},
               {"min", tensor.min},
               {"max", tensor.max},
               {"zeros", tensor.histogram.zeros()},
               {"negative", SideToJson(tensor.histogram.negative())},
               {"positive", SideToJson(tensor.histogram.positive())}};
  if (!tensor.channels.empty()) {
    Json min = Json::array();
    Json max = Json::array();
    Json sum = Json::array();
    for (const ChannelStatistics& channel : tensor.channels) {
      min.push_back(channel.min);
      max.push_back(channel.max);
      sum.push_back({channel.sum.high(), channel.sum.low()});
    }
    json["channel_min"] = std::move(min);
    json["channel_max"] = std::move(max);
    // 64 bits before the point, 64 after it.
    json["channel_sum"] = std::move(sum);
  }
  return json;
}

class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  Result<Statistics> Read(const std::string& text) {
    const Json json = NestsAtMost(text, kMaxDepth)
                          ? Json::parse(text, nullptr, false)
                          : Json();
    if (json.is_discarded() || !json.is_object()) {
      return Wrong("it is not a JSON document");
    }
    if (!Is(json, "tinyml_statistics", kVersion)) {
      return Wrong("it does not hold calibration statistics of this version");
    }
    Statistics statistics;
    const auto sha = json.find("model_sha256");
    if (sha == json.end() || !sha->is_string()) {
      return Wrong("it does not say which model it is of");
    }
    statistics.model_sha256 = sha->get<std::string>();
    TINYML_ASSIGN_OR_RETURN(statistics.samples, Count(json, "samples"));
    const auto graphs = json.find("subgraphs");
    if (graphs == json.end() || !graphs->is_array()) {
      return Wrong("\"subgraphs\" is missing");
    }
    for (const Json& graph : *graphs) {
      TINYML_ASSIGN_OR_RETURN(const int64_t count, Count(graph, "tensors"));
      if (count > kMostTensors) return Wrong("it has too many tensors");
      auto& tensors =
          statistics.tensors.emplace_back(static_cast<size_t>(count));
      const auto seen = graph.find("seen");
      if (seen == graph.end() || !seen->is_array()) {
        return Wrong("\"seen\" is missing");
      }
      for (const Json& entry : *seen) {
        TINYML_ASSIGN_OR_RETURN(const int64_t index, Count(entry, "tensor"));
        if (index >= count) return Wrong("a tensor's index is out of range");
        TINYML_ASSIGN_OR_RETURN(tensors[index], ReadTensor(entry));
      }
    }
    const auto internals = json.find("internals");
    if (internals == json.end() || !internals->is_array()) {
      return Wrong("\"internals\" is missing");
    }
    for (const Json& entry : *internals) {
      TINYML_ASSIGN_OR_RETURN(const int64_t s, Count(entry, "subgraph"));
      TINYML_ASSIGN_OR_RETURN(const int64_t op, Count(entry, "operator"));
      TINYML_ASSIGN_OR_RETURN(const int64_t which, Count(entry, "which"));
      if (s > INT32_MAX || op > INT32_MAX || which > INT32_MAX) {
        return Wrong("an index is out of range");
      }
      TINYML_ASSIGN_OR_RETURN(
          (statistics.internals[{OperatorId(s, op), static_cast<int>(which)}]),
          ReadTensor(entry));
    }
    return statistics;
  }

 private:
  tl::unexpected<Error> Wrong(const std::string& why) const {
    return FailInFile(name_, why);
  }
  static bool Is(const Json& json, const char* key, int value) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number_integer() && *found == value;
  }
  Result<int64_t> Count(const Json& json, const char* key) const {
    if (json.is_object()) {
      const auto found = json.find(key);
      if (found != json.end() && found->is_number_unsigned()) {
        const auto value = found->get<uint64_t>();
        if (value <= INT64_MAX / 4) return static_cast<int64_t>(value);
      }
    }
    return Wrong(std::string("\"") + key + "\" is not a count");
  }
  Result<float> Real(const Json& json) const {
    if (json.is_number()) {
      const auto value = json.get<float>();
      if (std::isfinite(value)) return value;
    }
    return Wrong("a value is not a finite number");
  }

  Result<Histogram::Side> Side(const Json& json, const char* key) const {
    Histogram::Side side;
    const auto found = json.find(key);
    if (found == json.end() || !found->is_object()) {
      return Wrong(std::string("\"") + key + "\" is missing");
    }
    TINYML_ASSIGN_OR_RETURN(const int64_t first, Count(*found, "first"));
    const auto counts = found->find("counts");
    if (counts == found->end() || !counts->is_array() ||
        first + std::ssize(*counts) > Histogram::kBins) {
      return Wrong("a histogram has bins that do not exist");
    }
    side.first = static_cast<int>(first);
    for (const Json& count : *counts) {
      if (!count.is_number_unsigned() ||
          count.get<uint64_t>() > uint64_t{INT64_MAX / 4}) {
        return Wrong("a count in a histogram is not a whole number");
      }
      side.counts.push_back(count.get<int64_t>());
    }
    return side;
  }

  Result<TensorStatistics> ReadTensor(const Json& json) const {
    TensorStatistics tensor;
    TINYML_ASSIGN_OR_RETURN(tensor.count, Count(json, "count"));
    if (tensor.count == 0) return Wrong("a tensor has no values");
    const auto real = [&](const char* key) -> Result<float> {
      const auto found = json.find(key);
      if (found == json.end()) {
        return Wrong(std::string("\"") + key + "\" is missing");
      }
      return Real(*found);
    };
    TINYML_ASSIGN_OR_RETURN(tensor.min, real("min"));
    TINYML_ASSIGN_OR_RETURN(tensor.max, real("max"));
    TINYML_ASSIGN_OR_RETURN(const int64_t zeros, Count(json, "zeros"));
    TINYML_ASSIGN_OR_RETURN(Histogram::Side negative, Side(json, "negative"));
    TINYML_ASSIGN_OR_RETURN(Histogram::Side positive, Side(json, "positive"));
    tensor.histogram =
        Histogram::FromParts(std::move(negative), zeros, std::move(positive));
    if (!json.contains("channel_min")) return tensor;
    const auto list = [&](const char* key) -> Result<const Json*> {
      const auto found = json.find(key);
      if (found == json.end() || !found->is_array() ||
          found->size() != json["channel_min"].size() ||
          found->size() > TensorStatistics::kMostChannels) {
        return Wrong("the channels of a tensor do not match each other");
      }
      return &*found;
    };
    TINYML_ASSIGN_OR_RETURN(const Json* const min, list("channel_min"));
    TINYML_ASSIGN_OR_RETURN(const Json* const max, list("channel_max"));
    TINYML_ASSIGN_OR_RETURN(const Json* const sum, list("channel_sum"));
    for (size_t c = 0; c < min->size(); ++c) {
      ChannelStatistics& channel = tensor.channels.emplace_back();
      TINYML_ASSIGN_OR_RETURN(channel.min, Real((*min)[c]));
      TINYML_ASSIGN_OR_RETURN(channel.max, Real((*max)[c]));
      const Json& parts = (*sum)[c];
      if (!parts.is_array() || parts.size() != 2 ||
          !parts[0].is_number_integer() || !parts[1].is_number_unsigned()) {
        return Wrong("the sum of a channel is not a pair of integers");
      }
      channel.sum = FixedSum::FromParts(parts[0].get<int64_t>(),
                                        parts[1].get<uint64_t>());
    }
    return tensor;
  }

  std::string name_;
};

}  // namespace

std::string FormatStatistics(const Statistics& statistics) {
  Json graphs = Json::array();
  for (const auto& tensors : statistics.tensors) {
    Json seen = Json::array();
    for (size_t t = 0; t < tensors.size(); ++t) {
      if (tensors[t].empty()) continue;
      Json entry = TensorToJson(tensors[t]);
      entry["tensor"] = t;
      seen.push_back(std::move(entry));
    }
    graphs.push_back({{"tensors", tensors.size()}, {"seen", std::move(seen)}});
  }
  Json internals = Json::array();
  for (const auto& [key, tensor] : statistics.internals) {
    if (tensor.empty()) continue;
    Json entry = TensorToJson(tensor);
    entry["subgraph"] = key.first.subgraph;
    entry["operator"] = key.first.index;
    entry["which"] = key.second;
    internals.push_back(std::move(entry));
  }
  const Json json = {{"tinyml_statistics", kVersion},
                     {"model_sha256", statistics.model_sha256},
                     {"samples", statistics.samples},
                     {"subgraphs", std::move(graphs)},
                     {"internals", std::move(internals)}};
  return json.dump() + "\n";
}

Result<Statistics> ParseStatistics(const std::string& name,
                                   const std::string& text) {
  return Reader(name).Read(text);
}

}  // namespace tinyml::quantize
