// Which array of an archive belongs to which input.
#ifndef TINYML_FORMATS_SAMPLES_MEMBERS_H_
#define TINYML_FORMATS_SAMPLES_MEMBERS_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "formats/samples/npz.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"

namespace tinyml::samples {

struct ChosenMembers {
  std::vector<size_t> by_input;      // Positions in `members`.
  std::vector<std::string> ignored;  // Names of the others.
};

// Those that have the inputs' names, or arr_0, arr_1, ... in order; for one
// input also the only one, or the only one with its shape. Fails with kInvalid
// if there is not one for each.
Result<ChosenMembers> ChooseMembers(const std::string& path,
                                    std::span<const NpzMember> members,
                                    std::span<const SampleInput> inputs);

}  // namespace tinyml::samples

#endif  // TINYML_FORMATS_SAMPLES_MEMBERS_H_
