#include "base/json.h"

namespace nlohmann {
template class basic_json<ordered_map>;
}  // namespace nlohmann
