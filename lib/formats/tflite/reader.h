// Reads .tflite files (FlatBuffers, schema version 3).
#ifndef TINYML_FORMATS_TFLITE_READER_H_
#define TINYML_FORMATS_TFLITE_READER_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml {

// What a user should know about a file that was read without error. Each entry
// is one sentence without a final full stop.
struct ReadReport {
  // What the file holds and the model does not: writing it again loses this.
  std::vector<std::string> dropped;
  // What the model holds and the runtime will not see as the file means it.
  std::vector<std::string> warnings;
  // Whether numbers of 8 bytes are not aligned as the format requires.
  bool misaligned = false;
};

// Returns the model in `file`, checked by ValidateModel. Tensor data are views
// into `file` and keep it alive; everything else is copied. Messages begin with
// `name`. `report` may be null. The file is not trusted: memory is bounded by
// the file's size and a constant, and the time by the file's size.
Result<Model> ReadTflite(SharedBytes file, std::string_view name,
                         ReadReport* report);

}  // namespace tinyml

#endif  // TINYML_FORMATS_TFLITE_READER_H_
