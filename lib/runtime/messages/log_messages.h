// The messages that the runtime prints when something fails.
#ifndef TINYML_RUNTIME_MESSAGES_LOG_MESSAGES_H_
#define TINYML_RUNTIME_MESSAGES_LOG_MESSAGES_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinyml::runtime {

// What a message says about the cause.
enum class MessageRole {
  kArena,  // The arena is too small.
  kCause,
  kFollows,  // Something else failed, and said so before.
};

struct LogMessage {
  // As printed; %d stands for a number and %s for any text.
  std::string_view pattern;
  MessageRole role;
  // {0}, {1}, ... are the values of the placeholders.
  std::string_view what;
  std::string_view set;
  // The first value is an operator that the resolver does not have.
  bool names_operator = false;
};

// In the order in which they are tried: longer ones first.
std::span<const LogMessage> LogMessages();

// Returns the value of each placeholder if `line` contains the message.
std::optional<std::vector<std::string>> MatchMessage(std::string_view pattern,
                                                     std::string_view line);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_MESSAGES_LOG_MESSAGES_H_
