#include "base/json_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/json_depth.h"
#include "base/macros.h"
#include "base/size.h"
#include "base/text.h"

namespace tinyml {
namespace {

constexpr int64_t kMaxBytes = int64_t{16} << 20;

const Json kNull;

// Nothing unless it is an integer from `least` to `most`.
std::optional<int64_t> IntegerIn(const Json& json, int64_t least,
                                 int64_t most) {
  const bool fits =
      json.is_number_integer() &&
      !(json.is_number_unsigned() && json.get<uint64_t>() > INT64_MAX);
  if (!fits) return std::nullopt;
  const auto value = json.get<int64_t>();
  if (value < least || value > most) return std::nullopt;
  return value;
}

}  // namespace

Result<Json> ParseJsonObject(std::string_view text, const std::string& name,
                             int depth) {
  const auto fail = [&](const char* what) {
    return Fail(ErrorCode::kInvalid, name + what, {.file = name});
  };
  if (!NestsAtMost(text, depth)) return fail(" is nested too deep");
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return fail(" is not a JSON object");
  return json;
}

Result<Json> ReadJsonObject(const std::string& path) {
  auto file = ReadFile(path, kMaxBytes);
  if (!file) {
    if (file.error().code == ErrorCode::kInvalid) {
      return Fail(ErrorCode::kInvalid, path + " is larger than 16 MiB",
                  {.file = path});
    }
    return Fail(std::move(file.error()));
  }
  return ParseJsonObject(
      {reinterpret_cast<const char*>(file->bytes.data()), file->bytes.size()},
      path);
}

JsonFields::JsonFields(const Json& json, std::string where,
                       ErrorSubject subject)
    : json_(json), where_(std::move(where)), subject_(std::move(subject)) {
  if (!json_.is_object()) Fault("must be an object");
}

const Json* JsonFields::Find(std::string_view key) {
  known_.emplace(key.substr(0, key.find('.')));
  const Json* at = &json_;
  while (true) {
    if (!at->is_object()) return nullptr;
    const size_t dot = key.find('.');
    const auto found = at->find(key.substr(0, dot));
    if (found == at->end()) return nullptr;
    at = &*found;
    if (dot == std::string_view::npos) return at;
    key.remove_prefix(dot + 1);
  }
}

void JsonFields::Fault(const std::string& fault) {
  if (fault_.empty()) fault_ = fault;
}

std::string JsonFields::String(const char* key) {
  const Json* json = Find(key);
  if (json == nullptr) return "";
  if (json->is_string()) return json->get<std::string>();
  Fault(fmt::format("'{}' must be a string", key));
  return "";
}

void JsonFields::Get(const char* key, std::string& value) {
  if (Find(key) == nullptr) return;
  value = String(key);
  if (value.empty() || value.find('\0') != std::string::npos) {
    Fault(fmt::format("'{}' must not be empty", key));
  }
}

void JsonFields::Get(const char* key, float& value) {
  const Json* json = Find(key);
  if (json == nullptr) return;
  value = json->is_number() ? json->get<float>() : NAN;
  if (!std::isfinite(value)) {
    Fault(fmt::format("'{}' must be a finite number", key));
  }
}

void JsonFields::Get(const char* key, bool& value) {
  const Json* json = Find(key);
  if (json == nullptr) return;
  if (!json->is_boolean()) {
    return Fault(fmt::format("'{}' must be true or false", key));
  }
  value = json->get<bool>();
}

void JsonFields::Get(const char* key, int64_t& value) {
  if (const auto integer = Integer(key, 0, INT64_MAX)) value = *integer;
}

void JsonFields::Get(const char* key, std::vector<std::string>& values) {
  for (const Json& item : List(key)) {
    if (!item.is_string()) {
      return Fault(fmt::format("'{}' must be a list of strings", key));
    }
    values.push_back(item.get<std::string>());
  }
}

std::optional<int64_t> JsonFields::Integer(const char* key, int64_t least,
                                           int64_t most) {
  const Json* json = Find(key);
  if (json == nullptr) return std::nullopt;
  const auto value = IntegerIn(*json, least, most);
  if (value) return value;
  if (least == most) {
    Fault(fmt::format("'{}' must be {}", key, least));
  } else if (most == INT64_MAX) {
    Fault(fmt::format("'{}' must be an integer of at least {}", key, least));
  } else {
    Fault(
        fmt::format("'{}' must be an integer from {} to {}", key, least, most));
  }
  return std::nullopt;
}

std::vector<int64_t> JsonFields::Integers(const char* key, int64_t least,
                                          int64_t most) {
  std::vector<int64_t> values;
  for (const Json& item : List(key)) {
    const auto value = IntegerIn(item, least, most);
    if (!value) {
      Fault(fmt::format("'{}[{}]' must be an integer from {} to {}", key,
                        values.size(), least, most));
      break;
    }
    values.push_back(*value);
  }
  return values;
}

std::optional<int64_t> JsonFields::Size(const char* key) {
  const Json* json = Find(key);
  if (json == nullptr) return std::nullopt;
  if (json->is_number_integer()) return Integer(key, 0, INT64_MAX);
  if (json->is_string()) {
    if (const auto size = ParseSize(json->get_ref<const std::string&>())) {
      return *size;
    }
  }
  Fault(fmt::format("'{}' must be a size, such as 98304 or \"96K\"", key));
  return std::nullopt;
}

std::optional<size_t> JsonFields::Choice(
    const char* key, const std::vector<std::string>& names) {
  std::string value;
  if (Find(key) == nullptr) return std::nullopt;
  Get(key, value);
  const auto found = std::ranges::find(names, value);
  if (found == names.end()) {
    std::string list;
    for (const std::string& name : names) {
      list += (list.empty() ? "'" : ", '") + name + "'";
    }
    Fault(fmt::format("'{}' must be one of {}", key, list));
    return std::nullopt;
  }
  return static_cast<size_t>(found - names.begin());
}

const Json& JsonFields::List(const char* key) {
  const Json* json = Find(key);
  if (json == nullptr) return kNull;
  if (json->is_array()) return *json;
  Fault(fmt::format("'{}' must be a list", key));
  return kNull;
}

const Json& JsonFields::Object(const char* key) {
  const Json* json = Find(key);
  if (json == nullptr) return kNull;
  if (json->is_object()) return *json;
  Fault(fmt::format("'{}' must be an object", key));
  return kNull;
}

const Json& JsonFields::Any(const char* key) {
  const Json* json = Find(key);
  return json == nullptr ? kNull : *json;
}

void JsonFields::Each(const char* key,
                      const std::function<void(JsonFields&)>& visit) {
  size_t index = 0;
  for (const Json& item : List(key)) {
    JsonFields fields(item, fmt::format("'{}[{}]'", key, index++));
    visit(fields);
    if (!fields.fault_.empty()) {
      return Fault(fields.where_ + ": " + fields.fault_);
    }
  }
}

void JsonFields::Require(const char* key) {
  if (Find(key) == nullptr) Fault(fmt::format("'{}' is missing", key));
}

Status JsonFields::Done() {
  if (fault_.empty() && json_.is_object()) {
    const std::vector<std::string> names(known_.begin(), known_.end());
    for (const auto& item : json_.items()) {
      if (known_.contains(item.key())) continue;
      const std::string_view closest = ClosestTo(item.key(), names);
      Fault(fmt::format("unknown key '{}'{}", Printable(item.key()),
                        closest.empty()
                            ? std::string()
                            : fmt::format("; did you mean '{}'?", closest)));
      break;
    }
  }
  return status();
}

Status JsonFields::status() const {
  if (fault_.empty()) return {};
  if (where_.empty()) return Fail(ErrorCode::kInvalid, fault_, subject_);
  return FailAbout(subject_, where_, ErrorCode::kInvalid, fault_);
}

}  // namespace tinyml
