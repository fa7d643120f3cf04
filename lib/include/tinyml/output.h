// Files to be written: a path and what produces the contents, so that a large
// file is never in memory as a whole.
#ifndef TINYML_OUTPUT_H_
#define TINYML_OUTPUT_H_

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "tinyml/export.h"
#include "tinyml/status.h"

namespace tinyml {

// Takes a file's contents piece by piece, in order.
using Sink = std::function<Status(std::string_view)>;

// Passes contents to a sink and returns the first error that the sink returned.
using Producer = std::function<Status(const Sink&)>;

struct OutputFile {
  std::string path;  // "-" is standard output.
  Producer produce;
};

// Returns a file whose contents are `text`.
TINYML_API OutputFile TextFile(std::string path, std::string text);

// Writes all files or none: each goes to a temporary file beside its
// destination, and all are renamed at the end; if one cannot be, those before
// it are restored. Devices and pipes are written in place. Fails with kIo, and
// with what a producer failed with.
TINYML_API Status WriteFiles(std::span<const OutputFile> files);

}  // namespace tinyml

#endif  // TINYML_OUTPUT_H_
