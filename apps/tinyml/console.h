// What the program says to the person at the terminal, on standard error.
#ifndef TINYML_APPS_CONSOLE_H_
#define TINYML_APPS_CONSOLE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tinyml::cli {

enum class Verbosity : uint8_t { kQuiet, kNormal, kVerbose };
enum class ColorMode : uint8_t { kAuto, kAlways, kNever };

// Messages of one line, "tinyml: error: ..."; control characters in them, which
// may come from a model, are made visible.
class Console {
 public:
  void set_verbosity(Verbosity verbosity) { verbosity_ = verbosity; }
  void set_color(ColorMode color) { color_ = color; }

  // Always shown.
  void Error(std::string_view message) const;
  // Not shown when quiet.
  void Warning(std::string_view message) const;
  void Note(std::string_view message) const;
  // Shown when verbose.
  void Detail(std::string_view message) const;

  // Draws a bar that says how much of `of` is done, where standard error is a
  // terminal and nobody asked for quiet; on the same line as the one before.
  // From one thread at a time.
  void Progress(std::string_view what, int64_t done, int64_t of) const;
  // Takes the bar away. Messages do so themselves.
  void EndProgress() const;

  // Whether output to the file descriptor gets ANSI colours: as --color says;
  // by default if it is a terminal that has them and NO_COLOR is unset or
  // empty.
  bool UsesColor(int fd) const;

 private:
  void Print(std::string_view kind, std::string_view color,
             std::string_view message) const;

  Verbosity verbosity_ = Verbosity::kNormal;
  ColorMode color_ = ColorMode::kAuto;
  // Of the bar that is drawn: how long its line is, what it is for, and when it
  // was drawn.
  mutable size_t bar_width_ = 0;
  mutable std::string bar_of_;
  mutable std::chrono::steady_clock::time_point bar_drawn_;
};

}  // namespace tinyml::cli

#endif  // TINYML_APPS_CONSOLE_H_
