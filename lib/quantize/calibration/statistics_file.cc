// Statistics as JSON: numbers of histograms and sums are exact.
#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/json_fields.h"
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

int64_t Count(JsonFields& fields, const char* key) {
  fields.Require(key);
  return fields.Integer(key, 0, INT64_MAX / 4).value_or(0);
}

float Real(JsonFields& fields, const char* key) {
  float value = 0;
  fields.Require(key);
  fields.Get(key, value);
  return value;
}

Histogram::Side ReadSide(JsonFields& fields, const std::string& key) {
  Histogram::Side side;
  const std::string first = key + ".first";
  const std::string counts = key + ".counts";
  fields.Require(first.c_str());
  fields.Require(counts.c_str());
  side.first = static_cast<int>(
      fields.Integer(first.c_str(), 0, Histogram::kBins).value_or(0));
  const Json& list = fields.List(counts.c_str());
  if (side.first + std::ssize(list) > Histogram::kBins) {
    fields.Fault(fmt::format("'{}' has bins that do not exist", key));
    return side;
  }
  for (const Json& count : list) {
    if (!count.is_number_unsigned() ||
        count.get<uint64_t>() > uint64_t{INT64_MAX / 4}) {
      fields.Fault(fmt::format("'{}' must be a list of counts", counts));
      return side;
    }
    side.counts.push_back(count.get<int64_t>());
  }
  return side;
}

void ReadChannels(JsonFields& fields, TensorStatistics& tensor) {
  const Json& min = fields.List("channel_min");
  const Json& max = fields.List("channel_max");
  const Json& sum = fields.List("channel_sum");
  if (min.size() != max.size() || min.size() != sum.size() ||
      min.size() > TensorStatistics::kMostChannels) {
    return fields.Fault("the channels do not match each other");
  }
  for (size_t c = 0; c < min.size(); ++c) {
    const bool fits = min[c].is_number() && max[c].is_number() &&
                      std::isfinite(min[c].get<float>()) &&
                      std::isfinite(max[c].get<float>()) && sum[c].is_array() &&
                      sum[c].size() == 2 && sum[c][0].is_number_integer() &&
                      sum[c][1].is_number_unsigned();
    if (!fits) return fields.Fault(fmt::format("channel {} is damaged", c));
    ChannelStatistics& channel = tensor.channels.emplace_back();
    channel.min = min[c].get<float>();
    channel.max = max[c].get<float>();
    channel.sum = FixedSum::FromParts(sum[c][0].get<int64_t>(),
                                      sum[c][1].get<uint64_t>());
  }
}

TensorStatistics ReadTensor(JsonFields& fields) {
  TensorStatistics tensor;
  tensor.count = Count(fields, "count");
  if (tensor.count == 0) fields.Fault("'count' must not be 0");
  tensor.min = Real(fields, "min");
  tensor.max = Real(fields, "max");
  const int64_t zeros = Count(fields, "zeros");
  Histogram::Side negative = ReadSide(fields, "negative");
  Histogram::Side positive = ReadSide(fields, "positive");
  tensor.histogram =
      Histogram::FromParts(std::move(negative), zeros, std::move(positive));
  ReadChannels(fields, tensor);
  return tensor;
}

std::vector<TensorStatistics> ReadSubgraph(JsonFields& fields) {
  fields.Require("tensors");
  fields.Require("seen");
  std::vector<TensorStatistics> tensors(
      fields.Integer("tensors", 0, kMostTensors).value_or(0));
  fields.Each("seen", [&](JsonFields& entry) {
    entry.Require("tensor");
    const auto index = entry.Integer("tensor", 0, std::ssize(tensors) - 1);
    if (index) tensors[*index] = ReadTensor(entry);
  });
  return tensors;
}

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
  TINYML_ASSIGN_OR_RETURN(const Json json,
                          ParseJsonObject(text, name, kMaxDepth));
  if (json.value("tinyml_statistics", Json()) != kVersion) {
    return FailInFile(
        name, "it does not hold calibration statistics of this version");
  }
  JsonFields fields(json, name, {.file = name});
  for (const char* key : {"model_sha256", "subgraphs", "internals"}) {
    fields.Require(key);
  }
  Statistics statistics;
  statistics.model_sha256 = fields.String("model_sha256");
  statistics.samples = Count(fields, "samples");
  fields.Each("subgraphs", [&](JsonFields& graph) {
    statistics.tensors.push_back(ReadSubgraph(graph));
  });
  fields.Each("internals", [&](JsonFields& entry) {
    const auto index = [&](const char* key) {
      entry.Require(key);
      return entry.Integer(key, 0, INT32_MAX).value_or(0);
    };
    const OperatorId op(index("subgraph"), index("operator"));
    const int which = static_cast<int>(index("which"));
    statistics.internals[{op, which}] = ReadTensor(entry);
  });
  TINYML_RETURN_IF_ERROR(fields.status());
  return statistics;
}

}  // namespace tinyml::quantize
