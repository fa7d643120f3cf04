#include "apps/tinyml/console.h"

#include <fmt/format.h>
#include <unistd.h>

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

bool Console::UsesColor(int fd) const {
  if (color_ != ColorMode::kAuto) return color_ == ColorMode::kAlways;
  if (IsSet("NO_COLOR") || isatty(fd) == 0) return false;
  const char* terminal = std::getenv("TERM");
  return terminal != nullptr && std::string_view(terminal) != "dumb";
}

void Console::Print(std::string_view kind, std::string_view color,
                    std::string_view message) const {
  const bool colored = !color.empty() && UsesColor(STDERR_FILENO);
  const std::string line =
      fmt::format("tinyml: {}{}{}{}\n", colored ? color : "", kind,
                  colored ? kReset : "", OneVisibleLine(message));
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace tinyml::cli
