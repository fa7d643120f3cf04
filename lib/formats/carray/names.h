// The names of generated files and of what is declared in them.
#ifndef TINYML_FORMATS_CARRAY_NAMES_H_
#define TINYML_FORMATS_CARRAY_NAMES_H_

#include <string>
#include <string_view>

#include "tinyml/convert.h"
#include "tinyml/status.h"

namespace tinyml::carray {

// "src/model.cc" is {"src/", "model", ".cc"}.
struct PathParts {
  std::string folder;  // With its slash; may be empty.
  std::string stem;
  std::string extension;  // With its dot; may be empty.
};
PathParts SplitPath(std::string_view path);

// What is declared for an array "g_person_detect".
struct Names {
  std::string array;       // g_person_detect
  std::string length;      // g_person_detect_len
  std::string camel;       // PersonDetect, as in kPersonDetectArenaSize
  std::string upper;       // G_PERSON_DETECT, as in G_PERSON_DETECT_ARENA_SIZE
  std::string guard;       // TINYML_G_PERSON_DETECT_H_, the include guard
  std::string file_macro;  // TINYML_G_PERSON_DETECT_FILE, where the bytes are
};

// Returns the names that `options` ask for; `model_name` is the model's path,
// of which kTflm makes a name. Fails with kUsage if C or C++ cannot use one.
Result<Names> MakeNames(const ConvertOptions& options,
                        std::string_view model_name);

// Returns `c` in upper case if it is a letter of ASCII.
char ToUpper(char c);

// Returns `text` in camel case ("cortex-m4+reference": "CortexM4Reference").
std::string CamelCase(std::string_view text);

// Returns `text` with everything that an identifier cannot hold replaced by
// "_", and with one in front if it begins with a digit.
std::string ToIdentifier(std::string_view text);

// Returns `text` as it can stand in a comment of one line.
std::string CommentText(std::string_view text);

// Returns `text` as a string literal of C.
std::string Quoted(std::string_view text);

}  // namespace tinyml::carray

#endif  // TINYML_FORMATS_CARRAY_NAMES_H_
