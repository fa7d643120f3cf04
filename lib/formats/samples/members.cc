#include "formats/samples/members.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "base/text.h"
#include "formats/samples/arrays.h"
#include "formats/samples/inputs.h"

namespace tinyml::samples {
namespace {

using IsFor = std::function<bool(const NpzMember&, size_t input)>;

// The only member for which `is_for` holds, for each input; the first input
// without one, or with several, is `missing`.
struct Found {
  std::vector<size_t> by_input;
  std::optional<size_t> missing;
};

Found Find(std::span<const NpzMember> members, size_t inputs,
           const IsFor& is_for) {
  Found found;
  for (size_t i = 0; i < inputs; ++i) {
    std::vector<size_t> those;
    for (size_t at = 0; at < members.size(); ++at) {
      if (is_for(members[at], i)) those.push_back(at);
    }
    if (those.size() == 1) {
      found.by_input.push_back(those[0]);
    } else if (!found.missing) {
      found.missing = i;
    }
  }
  return found;
}

std::string NamesOf(std::span<const NpzMember> members) {
  constexpr size_t kMostShown = 8;
  std::string names;
  for (const NpzMember& member :
       members.first(std::min(members.size(), kMostShown))) {
    names += (names.empty() ? "'" : ", '") + Printable(member.name) + "'";
  }
  return members.size() > kMostShown ? names + ", ..." : names;
}

}  // namespace

Result<ChosenMembers> ChooseMembers(const std::string& path,
                                    std::span<const NpzMember> members,
                                    std::span<const SampleInput> inputs) {
  if (members.empty()) {
    return Fail(ErrorCode::kInvalid, path + ": the archive has no .npy file");
  }
  const Found named =
      Find(members, inputs.size(), [&](const NpzMember& member, size_t input) {
        return IsNamedBy(member.name, inputs[input]);
      });
  Found found = named;
  if (found.missing && named.by_input.empty()) {
    found = Find(members, inputs.size(), [](const NpzMember& member, size_t i) {
      return member.name == "arr_" + std::to_string(i);
    });
  }
  const bool single = inputs.size() == 1;
  if (found.missing && single && members.size() == 1) {
    found = {.by_input = {0}, .missing = std::nullopt};
  }
  if (found.missing && single) {
    found = Find(members, 1, [&](const NpzMember& member, size_t) {
      return member.header && SamplesIn(member.header->shape, inputs[0]);
    });
  }
  if (found.missing) {
    const SampleInput& input = inputs[named.missing.value_or(0)];
    return Fail(
        ErrorCode::kInvalid,
        path + " has no array for input " + Describe(input) + ": it has " +
            NamesOf(members) + "; expected the names of the inputs" +
            (single ? " or one array of that shape" : " or arr_0, arr_1, ..."));
  }
  ChosenMembers chosen;
  chosen.by_input = std::move(found.by_input);
  for (size_t at = 0; at < members.size(); ++at) {
    if (std::ranges::find(chosen.by_input, at) == chosen.by_input.end()) {
      chosen.ignored.push_back(members[at].name);
    }
  }
  return chosen;
}

}  // namespace tinyml::samples
