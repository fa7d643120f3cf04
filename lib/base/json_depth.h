// Checks how deeply a JSON text nests, before it is parsed.
#ifndef TINYML_BASE_JSON_DEPTH_H_
#define TINYML_BASE_JSON_DEPTH_H_

#include <string_view>

namespace tinyml {

// Whether lists and objects of `json` are nested at most `depth` deep.
// Otherwise a file of brackets would become an object for each, and the
// parser's own callback takes time quadratic in the length of a list. For text
// that is not JSON, the answer means nothing.
bool NestsAtMost(std::string_view json, int depth);

}  // namespace tinyml

#endif  // TINYML_BASE_JSON_DEPTH_H_
