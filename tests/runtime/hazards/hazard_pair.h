// Tests of hazards come in pairs: a model that meets the hazard, and one that
// narrowly does not. hazards_test.cc fails for a row without a pair.
//
//   HAZARD_PAIR("esp-nn-softmax-scratch",
//               On("esp32s3", Softmax({2, 4, 8})),
//               On("esp32s3", Softmax({2, 8})))
#ifndef TINYML_TESTS_RUNTIME_HAZARDS_HAZARD_PAIR_H_
#define TINYML_TESTS_RUNTIME_HAZARDS_HAZARD_PAIR_H_

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "tests/runtime/reference/one_operator.h"
#include "tinyml/hazard.h"
#include "tinyml/model.h"

namespace tinyml::runtime {

struct HazardCase {
  std::string target;  // As the command line spells it.
  Model model;
};

inline HazardCase On(std::string target, Model model) {
  return {std::move(target), std::move(model)};
}

// What the model meets; fails the test if the target refuses it.
std::vector<Hazard> HazardsOf(const HazardCase& item);

// Expects that the hazard called `id` is among those of the first and not among
// those of the second.
void CheckHazardPair(std::string_view id, const HazardCase& met,
                     const HazardCase& not_met);

// The hazards of all pairs of this program.
std::set<std::string_view>& PairedHazards();

struct HazardPairRegistration {
  explicit HazardPairRegistration(std::string_view id) {
    PairedHazards().insert(id);
  }
};

}  // namespace tinyml::runtime

#define TINYML_HAZARD_JOIN_2(a, b) a##b
#define TINYML_HAZARD_JOIN(a, b) TINYML_HAZARD_JOIN_2(a, b)

// A test that is called after its line.
#define HAZARD_PAIR(id, met, not_met)                                          \
  static const HazardPairRegistration TINYML_HAZARD_JOIN(kPair, __LINE__)(id); \
  TEST(HAZARD_PAIRS_OF, TINYML_HAZARD_JOIN(Line, __LINE__)) {                  \
    SCOPED_TRACE(id);                                                          \
    CheckHazardPair(id, met, not_met);                                         \
  }

#endif  // TINYML_TESTS_RUNTIME_HAZARDS_HAZARD_PAIR_H_
