// Reads the fields of a JSON object, each with its type, and reports the first
// fault as one sentence that names the key.
#ifndef TINYML_BASE_JSON_FIELDS_H_
#define TINYML_BASE_JSON_FIELDS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "tinyml/status.h"

namespace tinyml {

// Parses the JSON object of the file `name`. Fails with kInvalid for other text
// and for nesting deeper than `depth`.
Result<Json> ParseJsonObject(std::string_view text, const std::string& name,
                             int depth = 16);

// The same for the file at `path`, of at most 16 MiB. Also fails with kIo.
Result<Json> ReadJsonObject(const std::string& path);

// Keys are those of the object, or of an object in it: "abi.pointer_bytes".
class JsonFields {
 public:
  // `where`, if not empty, starts messages: "tinyml.json: model 'keywords'".
  JsonFields(const Json& json, std::string where, ErrorSubject subject = {});

  // Each leaves `value` as it is if the key is absent. Strings must not be
  // empty.
  void Get(const char* key, std::string& value);
  void Get(const char* key, bool& value);
  void Get(const char* key, int64_t& value);
  void Get(const char* key, float& value);  // Finite.
  void Get(const char* key, std::vector<std::string>& values);
  // "" if the key is absent.
  std::string String(const char* key);
  // An integer between `least` and `most`.
  std::optional<int64_t> Integer(const char* key, int64_t least, int64_t most);
  // Of a list; nothing if the key is absent.
  std::vector<int64_t> Integers(const char* key, int64_t least, int64_t most);
  // 98304 or "96K".
  std::optional<int64_t> Size(const char* key);

  // One of `names`; returns its index.
  std::optional<size_t> Choice(const char* key,
                               const std::vector<std::string>& names);

  // The value itself, null if it is absent; must be of that kind.
  const Json& List(const char* key);
  const Json& Object(const char* key);
  const Json& Any(const char* key);
  // Calls visit(fields of the item) for each item of a list of objects, and
  // stops at the first fault.
  void Each(const char* key, const std::function<void(JsonFields&)>& visit);

  void Require(const char* key);
  // Only the first one is kept.
  void Fault(const std::string& fault);
  const std::string& where() const { return where_; }

  // The first fault, with kInvalid.
  Status status() const;
  // The same; unknown keys are faults, too.
  Status Done();

 private:
  const Json* Find(std::string_view key);

  const Json& json_;
  std::string where_;
  ErrorSubject subject_;
  std::set<std::string, std::less<>> known_;
  std::string fault_;
};

}  // namespace tinyml

#endif  // TINYML_BASE_JSON_FIELDS_H_
