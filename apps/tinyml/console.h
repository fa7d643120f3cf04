// What the program says to the person at the terminal, on standard error.
#ifndef TINYML_APPS_CONSOLE_H_
#define TINYML_APPS_CONSOLE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "tinyml/status.h"

namespace tinyml::cli {

enum class Verbosity : uint8_t { kQuiet, kNormal, kVerbose, kDebug };
enum class ColorMode : uint8_t { kAuto, kAlways, kNever };

// Messages of one line, "tinyml: error: ..."; control characters in them, which
// may come from a model, are made visible. spdlog carries them to standard
// error and, if there is one, to the log file. Safe to use from any thread, but
// for the bar and for setting it up.
class Console {
 public:
  Console();
  ~Console();

  void set_verbosity(Verbosity verbosity) { verbosity_ = verbosity; }
  void set_color(ColorMode color) { color_ = color; }
  void set_log_file(std::string path) { log_path_ = std::move(path); }

  // Opens the log file and listens to the library, as far as was asked for.
  // Fails with kIo.
  Status Start();

  // Always shown.
  void Error(std::string_view message) const;
  // Not shown when quiet.
  void Warning(std::string_view message) const;
  void Note(std::string_view message) const;
  // A line that begins with "hazard:". Always shown.
  void Hazard(std::string_view message) const;
  // Shown by -v, as what the library says is.
  void Detail(std::string_view message) const;
  // Shown by -vv.
  void Debug(std::string_view message) const;

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
  struct Log;

  // Made for the first message: most runs have none.
  Log& TheLog() const;
  // Whether a message of that importance goes anywhere.
  bool Shows(Verbosity least) const;

  Verbosity verbosity_ = Verbosity::kNormal;
  ColorMode color_ = ColorMode::kAuto;
  std::string log_path_;
  mutable std::mutex mutex_;  // Of log_ while it is made, and of the bar.
  mutable std::unique_ptr<Log> log_;
  // Of the bar that is drawn: how long its line is, what it is for, and when it
  // was drawn.
  mutable size_t bar_width_ = 0;
  mutable std::string bar_of_;
  mutable std::chrono::steady_clock::time_point bar_drawn_;
};

}  // namespace tinyml::cli

#endif  // TINYML_APPS_CONSOLE_H_
