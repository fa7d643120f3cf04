// The JSON files of lib/runtime/ that the build embeds as texts.
#ifndef TINYML_RUNTIME_TARGETS_EMBEDDED_JSON_H_
#define TINYML_RUNTIME_TARGETS_EMBEDDED_JSON_H_

#include <string_view>

namespace tinyml::runtime {

// The value of the first "name" of `text`, without reading the rest: that of
// the file itself, which stands before those of its parts. Empty if there is
// none.
inline std::string_view NameInText(std::string_view text) {
  constexpr std::string_view kKey = "\"name\": \"";
  const size_t key = text.find(kKey);
  if (key == std::string_view::npos) return {};
  const std::string_view rest = text.substr(key + kKey.size());
  return rest.substr(0, rest.find('"'));
}

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_EMBEDDED_JSON_H_
