// Targets: what a model is sized for.
//
// A target is a core ("cortex-m4"), a board ("nano-33-ble-sense") or a profile
// of the user's own, with the kernel library and the compiler's ABI, which
// decides the size of the runtime's structs. Targets are immutable values; all
// functions are thread-safe.
#ifndef TINYML_TARGET_H_
#define TINYML_TARGET_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/status.h"

namespace tinyml {

namespace runtime {
struct Target;
}  // namespace runtime

// A memory of a board; sizes in bytes.
struct MemoryRegion {
  std::string name;
  int64_t bytes = 0;
  std::string note;
};

// Where a figure comes from.
struct ProfileSource {
  std::string what;
  std::string where;
};

// How an application uses the runtime, where that decides figures.
struct ApplicationUse {
  std::string name;   // "esphome"; empty: as the runtime's examples do.
  std::string title;  // "ESPHome, micro_wake_word"
  // How many resource variables it creates; nothing: as many as the model
  // names.
  std::optional<int64_t> resource_variables;
  // The arena of their own that it declares for them; 0: the tensor arena.
  int64_t resource_arena_bytes = 0;
  // What it adds to arena_used_bytes() for the arena that it keeps; nothing: it
  // declares one.
  std::optional<int64_t> added_bytes;
  std::vector<std::string> notes;
  std::vector<ProfileSource> sources;
};

// What a profile says, for people and reports.
struct TargetInfo {
  std::string name;     // As the command line spells it.
  std::string profile;  // The part of `name` before kernels and overrides.
  std::string kind;     // "core" or "board".
  std::string title;    // "Arduino Nano 33 BLE Sense".
  std::string description;
  std::string note;
  std::string core;  // Name of the core's profile.
  std::string mcu;   // Empty for a core.
  std::optional<int64_t> clock_hz;
  std::optional<int64_t> ram_bytes;
  std::optional<int64_t> flash_bytes;
  int pointer_bytes = 0;
  int int64_alignment = 0;
  bool short_enums = false;
  // The distribution that users install ("chirale-2.0.0") and its full name;
  // empty for upstream's own sources.
  std::string distribution;
  std::string distribution_title;
  bool distribution_measured = false;
  std::string install;        // Where people get that distribution.
  std::string identify;       // How to see which one one has.
  bool static_memory = true;  // TF_LITE_STATIC_MEMORY is defined.
  // The commit of tflite-micro whose sources the runtime has, as far as that is
  // known, and its date.
  std::string upstream_commit;
  std::string upstream_date;
  std::string runtime_name;      // "tflm"
  std::string runtime_revision;  // 12 digits of the commit.
  std::string runtime_release;   // The revision's name: "2026-08".
  std::string kernels_name;      // "reference", "cmsis-nn", "esp-nn", ...
  std::string kernels_revision;
  std::string kernels_release;
  std::string kernels_variant;  // ESP-NN: "esp32", "esp32s3", "esp32p4".
  std::vector<std::string> kernels_features;  // "dsp", "mve", ...
  std::string optimize_for;                   // "speed" or "size".
  ApplicationUse application;
  // What was asked for where the nearest known revision stands in for it, and a
  // sentence that says so; empty otherwise.
  std::string runtime_requested;
  std::string kernels_requested;
  std::string nearest_note;
  std::vector<MemoryRegion> memory;
  std::vector<ProfileSource> sources;
};

class TINYML_API Target {
 public:
  // Parses `spec`: the name of a core or board or the path of a profile, then
  // optionally "+" and a kernel library, then optionally ":" and overrides
  // "key=value", separated by commas: "cortex-m4+reference",
  // "cortex-m55:kernels.optimize_for=size". With "nearest=true" a revision that
  // is not known is replaced by the nearest known one, which reports warn of.
  // Fails with kUsage for a name, a key or a revision that does not exist, with
  // kInvalid for a malformed profile.
  static Result<Target> Parse(std::string_view spec);

  // The same, with "nearest=true" added to `spec` where only that helps.
  static Result<Target> ParseNearest(std::string_view spec);

  // The default target.
  static constexpr std::string_view kDefaultName = "nano-33-ble-sense";

  const TargetInfo& info() const { return *info_; }
  const runtime::Target& runtime() const { return *runtime_; }

 private:
  std::shared_ptr<const TargetInfo> info_;
  std::shared_ptr<const runtime::Target> runtime_;
};

// Names of the profiles that ship with the library: cores first, then boards.
TINYML_API std::vector<std::string> TargetNames();

// The cores among them.
TINYML_API std::vector<std::string> CoreNames();

}  // namespace tinyml

#endif  // TINYML_TARGET_H_
