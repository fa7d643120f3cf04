// The known upstream revisions: which there are, which releases contain them,
// and what changed in each.
//
// Constant data; all functions are thread-safe.
#ifndef TINYML_REVISIONS_H_
#define TINYML_REVISIONS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/export.h"

namespace tinyml {

// An upstream change on which figures or refusals depend.
struct RevisionChange {
  std::string_view name;
  std::string_view commit;  // 12 digits.
  std::string_view date;    // "2024-09-27"
  std::string_view what;    // A clause.
};

// Something that users install and that contains a revision.
struct RevisionRelease {
  std::string what;     // "ESP-IDF component espressif/esp-nn"
  std::string version;  // "1.1.2"
  std::string note;     // What differs, if anything does.
};

struct Revision {
  // "tflm", "esp-tflite-micro", "cmsis-nn" or "esp-nn".
  std::string project;
  std::string name;    // "2024-01", "1.1.2"
  std::string commit;  // All 40 digits.
  std::string date;    // Of the commit.
  // The commit of tflite-micro whose sources it contains; empty if none.
  std::string upstream_commit;
  // The revision that it was described from, "PROJECT NAME"; empty if none.
  std::string based_on;
  bool is_default = false;  // The one that profiles use.
  // Whether figures were compared with those of the real code.
  bool measured = false;
  std::string note;
  // Other commits with the same figures.
  std::vector<std::string> also;
  // For a runtime: the revisions of kernel libraries that upstream builds it
  // with, the default first.
  std::vector<std::string> kernels;
  std::vector<RevisionRelease> releases;
  // What it adds to, and lacks of, the revision that it is based on.
  std::vector<RevisionChange> added;
  std::vector<RevisionChange> lacking;
};

// Returns every known revision, by project and date.
TINYML_API std::span<const Revision> KnownRevisions();

}  // namespace tinyml

#endif  // TINYML_REVISIONS_H_
