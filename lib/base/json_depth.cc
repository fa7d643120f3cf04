#include "base/json_depth.h"

#include <cstddef>

namespace tinyml {

bool NestsAtMost(std::string_view json, int depth) {
  int now = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++now > depth) return false;
    } else if (c == ']' || c == '}') {
      --now;
    }
  }
  return true;
}

}  // namespace tinyml
