#include "base/log.h"

#include <atomic>
#include <mutex>

namespace tinyml {
namespace {

// Constructed on first use, so that initialisers may log, and never destroyed.
struct Sink {
  std::atomic<LogLevel> level = LogLevel::kNone;
  std::mutex mutex;
  LogSink function;
};

Sink& TheSink() {
  static auto& sink = *new Sink;
  return sink;
}

}  // namespace

void SetLogSink(LogLevel level, LogSink function) {
  Sink& sink = TheSink();
  const std::lock_guard lock(sink.mutex);
  sink.level = function ? level : LogLevel::kNone;
  sink.function = std::move(function);
}

bool IsLogged(LogLevel level) {
  return level <= TheSink().level.load(std::memory_order_relaxed);
}

void SendToLog(LogLevel level, std::string_view message) {
  Sink& sink = TheSink();
  const std::lock_guard lock(sink.mutex);
  // It may have been removed since the caller asked.
  if (sink.function && level <= sink.level) sink.function(level, message);
}

std::string Stopwatch::Text() const {
  const std::chrono::duration<double, std::milli> passed =
      std::chrono::steady_clock::now() - start_;
  return fmt::format("({:.1f} ms)", passed.count());
}

}  // namespace tinyml
