#include "apps/tinyml/console.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "tinyml/log.h"

namespace tinyml::cli {
namespace {

constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kYellow = "\x1b[1;33m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kReset = "\x1b[0m";

std::string OneVisibleLine(std::string_view message) {
  std::string line;
  for (const char c : message) {
    if ((c >= 0 && c < ' ') || c == '\x7f') {
      line += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else {
      line += c;
    }
  }
  return line;
}

std::string_view KindOf(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::err:
      return "error: ";
    case spdlog::level::warn:
      return "warning: ";
    case spdlog::level::info:
      return "note: ";
    default:
      return "";
  }
}

std::string_view ColorOf(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::err:
      return kRed;
    case spdlog::level::warn:
      return kYellow;
    case spdlog::level::info:
      return kBold;
    default:
      return "";
  }
}

// "%*" of a pattern: what kind of message it is.
class Kind final : public spdlog::custom_flag_formatter {
 public:
  explicit Kind(bool colored) : colored_(colored) {}

  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& text) override {
    const std::string_view color = colored_ ? ColorOf(message.level) : "";
    for (const std::string_view part :
         {color, KindOf(message.level),
          color.empty() ? std::string_view() : kReset}) {
      text.append(part.data(), part.data() + part.size());
    }
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<Kind>(colored_);
  }

 private:
  bool colored_;
};

std::unique_ptr<spdlog::formatter> MakeFormatter(const char* pattern,
                                                 bool colored) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<Kind>('*', colored).set_pattern(pattern);
  return formatter;
}

spdlog::level::level_enum LevelOf(Verbosity verbosity) {
  switch (verbosity) {
    case Verbosity::kQuiet:
      return spdlog::level::err;
    case Verbosity::kNormal:
      return spdlog::level::info;
    case Verbosity::kVerbose:
      return spdlog::level::debug;
    case Verbosity::kDebug:
      break;
  }
  return spdlog::level::trace;
}

bool IsSet(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

// Where messages go. Levels of spdlog: err, warn, info for notes, debug for
// what -v shows and trace for what -vv adds.
struct Console::Log {
  Log(Verbosity verbosity, bool colored)
      : sink(std::make_shared<spdlog::sinks::stderr_sink_mt>()),
        logger("tinyml", sink) {
    sink->set_level(LevelOf(verbosity));
    sink->set_formatter(MakeFormatter("tinyml: %*%v", colored));
    logger.set_level(spdlog::level::trace);
  }

  std::shared_ptr<spdlog::sinks::stderr_sink_mt> sink;
  spdlog::logger logger;
};

Console::Console() = default;

Console::~Console() {
  if (log_) SetLogSink(LogLevel::kNone, nullptr);
}

Console::Log& Console::TheLog() const {
  const std::lock_guard lock(mutex_);
  if (!log_) {
    log_ = std::make_unique<Log>(verbosity_, UsesColor(STDERR_FILENO));
  }
  return *log_;
}

Status Console::Start() {
  const bool to_file = !log_path_.empty();
  if (!to_file && verbosity_ < Verbosity::kVerbose) return {};
  Log& log = TheLog();
  if (to_file) {
    try {
      auto file = std::make_shared<spdlog::sinks::basic_file_sink_mt>(
          log_path_, /*truncate=*/true);
      file->set_formatter(MakeFormatter("%Y-%m-%d %H:%M:%S.%e %*%v", false));
      log.logger.sinks().push_back(std::move(file));
    } catch (const spdlog::spdlog_ex& exception) {
      return Fail(ErrorCode::kIo,
                  std::string("--log-file: ") + exception.what());
    }
  }
  const bool all = to_file || verbosity_ == Verbosity::kDebug;
  SetLogSink(all ? LogLevel::kDebug : LogLevel::kInfo,
             [this](LogLevel level, std::string_view message) {
               level == LogLevel::kInfo ? Detail(message) : Debug(message);
             });
  return {};
}

bool Console::Shows(Verbosity least) const {
  return verbosity_ >= least || !log_path_.empty();
}

void Console::Error(std::string_view message) const {
  EndProgress();
  TheLog().logger.error(OneVisibleLine(message));
}

void Console::Warning(std::string_view message) const {
  if (!Shows(Verbosity::kNormal)) return;
  EndProgress();
  TheLog().logger.warn(OneVisibleLine(message));
}

void Console::Note(std::string_view message) const {
  if (!Shows(Verbosity::kNormal)) return;
  EndProgress();
  TheLog().logger.info(OneVisibleLine(message));
}

void Console::Hazard(std::string_view message) const {
  EndProgress();
  const bool colored = UsesColor(STDERR_FILENO);
  const std::string line =
      fmt::format("{}hazard:{} {}\n", colored ? kRed : "",
                  colored ? kReset : "", OneVisibleLine(message));
  std::fwrite(line.data(), 1, line.size(), stderr);
  if (log_path_.empty()) return;
  // Standard error has it.
  auto& sinks = TheLog().logger.sinks();
  for (size_t i = 1; i < sinks.size(); ++i) {
    sinks[i]->log(
        {"tinyml", spdlog::level::warn, "hazard: " + OneVisibleLine(message)});
  }
}

void Console::Detail(std::string_view message) const {
  if (!Shows(Verbosity::kVerbose)) return;
  EndProgress();
  TheLog().logger.debug(OneVisibleLine(message));
}

void Console::Debug(std::string_view message) const {
  if (!Shows(Verbosity::kDebug)) return;
  EndProgress();
  TheLog().logger.trace(OneVisibleLine(message));
}

void Console::Progress(std::string_view what, int64_t done, int64_t of) const {
  using std::chrono::steady_clock;
  constexpr auto kBetween = std::chrono::milliseconds(100);
  constexpr int kColumns = 30;
  if (verbosity_ == Verbosity::kQuiet || of <= 0) return;
  const std::lock_guard lock(mutex_);
  const auto now = steady_clock::now();
  const bool is_next = bar_width_ == 0 || what != bar_of_;
  if (!is_next && done < of && now - bar_drawn_ < kBetween) return;
  if (isatty(STDERR_FILENO) == 0) return;
  const double share =
      std::clamp(static_cast<double>(done) / static_cast<double>(of), 0.0, 1.0);
  const int filled = static_cast<int>(share * kColumns);
  std::string line =
      fmt::format("{} [{:=<{}}{: <{}}] {:3.0f} %  {} of {}", what, "", filled,
                  "", kColumns - filled, 100 * share, done, of);
  const size_t width = line.size();
  // What a longer line before has left.
  if (width < bar_width_) line.append(bar_width_ - width, ' ');
  line.insert(0, 1, '\r');
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
  bar_width_ = width;
  bar_of_ = what;
  bar_drawn_ = now;
}

void Console::EndProgress() const {
  const std::lock_guard lock(mutex_);
  if (bar_width_ == 0) return;
  const std::string blank = "\r" + std::string(bar_width_, ' ') + "\r";
  std::fwrite(blank.data(), 1, blank.size(), stderr);
  std::fflush(stderr);
  bar_width_ = 0;
}

bool Console::UsesColor(int fd) const {
  if (color_ != ColorMode::kAuto) return color_ == ColorMode::kAlways;
  if (IsSet("NO_COLOR") || isatty(fd) == 0) return false;
  const char* terminal = std::getenv("TERM");
  return terminal != nullptr && std::string_view(terminal) != "dumb";
}

}  // namespace tinyml::cli
