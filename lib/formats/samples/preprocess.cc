#include "formats/samples/preprocess.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "base/macros.h"
#include "base/text.h"
#include "formats/samples/inputs.h"

namespace tinyml::samples {
namespace {

// Takes the text before the first `separator` off `rest`.
std::string_view TakePart(std::string_view& rest, char separator) {
  const size_t at = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return part;
}

std::optional<double> ParsePlainNumber(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

// "0.5" or "1/255".
std::optional<double> ParseNumber(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return ParsePlainNumber(text);
  const auto above = ParsePlainNumber(text.substr(0, slash));
  const auto below = ParsePlainNumber(text.substr(slash + 1));
  if (!above || !below || !std::isfinite(*above / *below)) return std::nullopt;
  return *above / *below;
}

tl::unexpected<Error> FailOn(std::string_view part, const std::string& why) {
  return Fail(ErrorCode::kUsage,
              "preprocessing \"" + Printable(part) + "\": " + why);
}

Result<std::vector<double>> ParseNumbers(std::string_view part,
                                         std::string_view text) {
  constexpr size_t kMost = 4096;
  std::vector<double> numbers;
  for (bool more = true; more;) {
    more = text.find(':') != std::string_view::npos;
    const auto number = ParseNumber(TakePart(text, ':'));
    if (!number || numbers.size() == kMost) {
      return FailOn(part,
                    "write a number such as 0.5 or 1/255, or one for "
                    "each channel such as 0.485:0.456:0.406");
    }
    numbers.push_back(*number);
  }
  return numbers;
}

Status ReadPart(std::string_view part, Preprocess& result) {
  const size_t equals = part.find('=');
  const std::string_view key = part.substr(0, equals);
  const bool has_value = equals != std::string_view::npos;
  const std::string_view value = has_value ? part.substr(equals + 1) : "";
  if (!has_value && key == "bgr") {
    result.bgr = true;
    return {};
  }
  if (!has_value && key == "windows") {
    result.windows = true;
    return {};
  }
  if (has_value && key == "rate") {
    const auto rate = ParsePlainNumber(value);
    if (!rate || *rate < 1 || *rate > 1e9 || *rate != std::floor(*rate)) {
      return FailOn(part, "a rate is a whole number of samples per second");
    }
    result.rate = static_cast<int>(*rate);
    return {};
  }
  const bool known = key == "scale" || key == "mean" || key == "std";
  if (!has_value || !known) {
    return FailOn(part,
                  "known are scale=X, mean=X, std=X, bgr, rate=N and windows");
  }
  TINYML_ASSIGN_OR_RETURN(const std::vector<double> numbers,
                          ParseNumbers(part, value));
  result.changes_values = true;
  if (key == "mean") {
    result.mean = numbers;
  } else if (key == "std") {
    if (std::ranges::find(numbers, 0.0) != numbers.end()) {
      return FailOn(part, "values cannot be divided by 0");
    }
    result.std = numbers;
  } else {
    if (numbers.size() != 1) {
      return FailOn(part, "there is one scale for all channels");
    }
    result.scale = numbers[0];
  }
  return {};
}

}  // namespace

Result<Preprocess> ParsePreprocess(std::string_view text) {
  Preprocess result;
  while (!text.empty()) {
    TINYML_RETURN_IF_ERROR(ReadPart(TakePart(text, ','), result));
  }
  return result;
}

Status CheckChannels(const Preprocess& preprocess, size_t channels,
                     const SampleInput& input) {
  for (const std::vector<double>* numbers :
       {&preprocess.mean, &preprocess.std}) {
    if (numbers->size() != 1 && numbers->size() != channels) {
      return Fail(ErrorCode::kUsage,
                  "preprocessing: " + std::to_string(numbers->size()) +
                      " numbers for the " +
                      Counted(static_cast<int64_t>(channels), "channel") +
                      " of input " + Describe(input));
    }
  }
  return {};
}

}  // namespace tinyml::samples
