// Applications that use the runtime in a way of their own, as data files in
// lib/runtime/applications/.
#ifndef TINYML_RUNTIME_TARGETS_APPLICATIONS_H_
#define TINYML_RUNTIME_TARGETS_APPLICATIONS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml::runtime {

// The text of every file in lib/runtime/applications/. The build writes the
// definition.
extern const std::span<const std::string_view> kEmbeddedApplications;

struct Application {
  ApplicationUse use;
  // The distribution that it is built with, unless a target names another;
  // empty: the target's own.
  std::string distribution;
  // Why it has no arena that could be sized; empty: it has one.
  std::string refusal;
};

// Reads application files. Fails with kInvalid for a malformed file.
Result<std::vector<Application>> ParseApplications(
    std::span<const std::string_view> texts);

// The names of what ships with the library, in order.
std::vector<std::string_view> ApplicationNames();

// What ships with the library, by name.
std::span<const Application> KnownApplications();

// Fails with kUsage, naming those that there are, for another name, and with
// kUnsupported for an application without an arena.
Result<const Application*> FindApplication(std::string_view name);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_APPLICATIONS_H_
