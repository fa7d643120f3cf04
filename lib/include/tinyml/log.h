// The library's log, for a program that wants it: files read, passes,
// simulations, and how long they took. It is silent unless a sink is set.
// Errors and warnings are not part of it: they are in results.
#ifndef TINYML_LOG_H_
#define TINYML_LOG_H_

#include <cstdint>
#include <functional>
#include <string_view>

#include "tinyml/export.h"

namespace tinyml {

enum class LogLevel : uint8_t {
  kNone,   // Nothing; no message has this level.
  kInfo,   // What was done: a few lines for each file and each stage.
  kDebug,  // Details: passes that changed nothing, rejected refinements.
};

// Receives one line without its end. It is called by one thread at a time, from
// any thread, and must not set another sink.
using LogSink = std::function<void(LogLevel level, std::string_view message)>;

// Sends messages up to `level` to `sink` from now on, instead of to the
// previous one. When this returns, messages that other threads were sending
// have reached the previous sink.
TINYML_API void SetLogSink(LogLevel level, LogSink sink);

}  // namespace tinyml

#endif  // TINYML_LOG_H_
