#include "apps/tinyml/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

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

bool IsSet(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

void Console::Error(std::string_view message) const {
  Print("error: ", kRed, message);
}

void Console::Warning(std::string_view message) const {
  if (verbosity_ != Verbosity::kQuiet) Print("warning: ", kYellow, message);
}

void Console::Note(std::string_view message) const {
  if (verbosity_ != Verbosity::kQuiet) Print("note: ", kBold, message);
}

void Console::Detail(std::string_view message) const {
  if (verbosity_ == Verbosity::kVerbose) Print("", "", message);
}

void Console::Progress(std::string_view what, int64_t done, int64_t of) const {
  using std::chrono::steady_clock;
  constexpr auto kBetween = std::chrono::milliseconds(100);
  constexpr int kColumns = 30;
  if (verbosity_ == Verbosity::kQuiet || of <= 0) return;
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

void Console::Print(std::string_view kind, std::string_view color,
                    std::string_view message) const {
  EndProgress();
  const bool colored = !color.empty() && UsesColor(STDERR_FILENO);
  const std::string line =
      fmt::format("tinyml: {}{}{}{}\n", colored ? color : "", kind,
                  colored ? kReset : "", OneVisibleLine(message));
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace tinyml::cli
