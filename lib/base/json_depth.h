// How deep a JSON text nests, known before it is parsed.
#ifndef TINYML_BASE_JSON_DEPTH_H_
#define TINYML_BASE_JSON_DEPTH_H_

#include <string_view>

namespace tinyml {

// Whether lists and objects of `json` are nested at most `depth` deep. A file
// of brackets would otherwise become an object for each, and the parser's own
// callback takes time that is quadratic in the length of a list. Of a text that
// is not JSON the answer means nothing.
bool NestsAtMost(std::string_view json, int depth);

}  // namespace tinyml

#endif  // TINYML_BASE_JSON_DEPTH_H_
