#include "tinyml/explain.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "model/operator_table.h"
#include "runtime/messages/log_messages.h"
#include "runtime/targets/missing_operator.h"
#include "runtime/targets/target.h"

namespace tinyml {
namespace {

using runtime::LogMessage;
using runtime::MessageRole;

constexpr size_t kMost = 1000;
// The runtime's own buffer for a message is far smaller.
constexpr size_t kLongestLine = 4096;

// `text` with {0}, {1}, ... replaced.
std::string Fill(std::string_view text,
                 const std::vector<std::string>& values) {
  std::string filled;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t index =
        i + 2 < text.size() && text[i] == '{' && text[i + 2] == '}'
            ? static_cast<size_t>(text[i + 1] - '0')
            : values.size();
    if (index >= values.size()) {
      filled += text[i];
      continue;
    }
    filled += Printable(values[index]);
    i += 2;
  }
  return filled;
}

}  // namespace

std::string ExplainMissingOperator(const Target& target,
                                   std::string_view name) {
  const runtime::Target& on = target.runtime();
  const OperatorRow* row = runtime::OperatorNamed(name);
  const std::string label = on.runtime_label;
  if (row == nullptr) {
    return label +
           " has no operator of that name, as no revision that tinyml "
           "knows does";
  }
  const std::string missing = runtime::MissingOperator(on, *row);
  if (!missing.empty()) {
    return missing + ": the model is newer than the runtime";
  }
  return label + " has it: only the application's resolver does not";
}

std::vector<Explanation> ExplainLog(std::string_view log) {
  std::vector<Explanation> explanations;
  std::map<std::string, size_t> known;  // By its text.
  bool has_cause = false;
  int64_t number = 0;
  while (!log.empty()) {
    const size_t end = std::min(log.find('\n'), log.size());
    std::string_view line = log.substr(0, std::min(end, kLongestLine));
    log.remove_prefix(std::min(end + 1, log.size()));
    ++number;
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) {
      line.remove_suffix(1);
    }
    for (const LogMessage& message : runtime::LogMessages()) {
      const auto values = runtime::MatchMessage(message.pattern, line);
      if (!values) continue;
      Explanation explanation;
      explanation.line = number;
      explanation.message = OneLine(line);
      if (message.names_operator && !values->empty()) {
        explanation.missing_operator = values->front();
      }
      explanation.what = Fill(message.what, *values);
      explanation.set = message.set;
      explanation.arena = message.role == MessageRole::kArena;
      explanation.is_cause =
          message.role != MessageRole::kFollows || !has_cause;
      has_cause |= message.role != MessageRole::kFollows;
      const auto [at, is_new] =
          known.emplace(explanation.what, explanations.size());
      if (!is_new) {
        ++explanations[at->second].count;
      } else if (explanations.size() < kMost) {
        explanations.push_back(std::move(explanation));
      } else {
        known.erase(at);
      }
      break;
    }
  }
  return explanations;
}

}  // namespace tinyml
