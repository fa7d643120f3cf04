// JSON that keeps the order of members; compiled once. Include this instead of
// the library's own header.
#ifndef TINYML_BASE_JSON_H_
#define TINYML_BASE_JSON_H_

#include <nlohmann/json.hpp>

// Every file that uses JSON would otherwise compile the same parser, writer and
// destructor, and take several times as long.
namespace nlohmann {
extern template class basic_json<ordered_map>;
}  // namespace nlohmann

namespace tinyml {

using Json = nlohmann::ordered_json;

}  // namespace tinyml

#endif  // TINYML_BASE_JSON_H_
