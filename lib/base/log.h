// How the library logs; programs receive the log through tinyml/log.h.
#ifndef TINYML_BASE_LOG_H_
#define TINYML_BASE_LOG_H_

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "tinyml/log.h"

namespace tinyml {

// Whether anyone is listening at that level. Cheap.
bool IsLogged(LogLevel level);

// Sends a message to the sink.
void SendToLog(LogLevel level, std::string_view message);

// Formats a message, if anyone is listening, and sends it.
template <typename... Args>
void Log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (IsLogged(level)) {
    SendToLog(level, fmt::format(format, std::forward<Args>(args)...));
  }
}

// Measures the time of a stage from construction on.
class Stopwatch {
 public:
  // "(1.2 ms)", to end a message with.
  std::string Text() const;

 private:
  std::chrono::steady_clock::time_point start_ =
      std::chrono::steady_clock::now();
};

}  // namespace tinyml

#endif  // TINYML_BASE_LOG_H_
