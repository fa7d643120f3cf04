// Reads the fields of a JSON object that a person wrote: every key is known,
// every value of its type, and the first fault is one sentence.
#ifndef TINYML_PROJECT_FIELDS_H_
#define TINYML_PROJECT_FIELDS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "tinyml/status.h"

namespace tinyml::project {

// Returns the JSON of the file at `path`, at most 16 MiB of it and nested no
// deeper than any of our files. Fails with kIo and kInvalid.
Result<Json> ReadJson(const std::string& path);

class Fields {
 public:
  // `where` starts messages: "tinyml.json: model 'keywords'".
  Fields(const Json& json, std::string where);

  // Each leaves `value` as it is where the key is absent.
  void Get(const char* key, std::string& value);
  void Get(const char* key, bool& value);
  void Get(const char* key, int64_t& value);
  void Get(const char* key, std::vector<std::string>& values);
  // An integer between `least` and `most`.
  std::optional<int64_t> Integer(const char* key, int64_t least, int64_t most);
  // 98304 or "96K".
  std::optional<int64_t> Size(const char* key);

  // One of `names`; returns its index.
  std::optional<size_t> Choice(const char* key,
                               const std::vector<std::string>& names);

  // The value itself, null where it is absent; of that kind.
  const Json& List(const char* key);
  const Json& Object(const char* key);
  const Json& Any(const char* key);

  void Require(const char* key);
  void Fault(const std::string& fault);
  const std::string& where() const { return where_; }

  // Whether all went well. Fails with kInvalid, for unknown keys too.
  Status Done();

 private:
  const Json* Find(const char* key);

  const Json& json_;
  std::string where_;
  std::set<std::string, std::less<>> known_;
  std::string fault_;
};

}  // namespace tinyml::project

#endif  // TINYML_PROJECT_FIELDS_H_
