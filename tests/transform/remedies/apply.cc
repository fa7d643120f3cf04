#include "tests/transform/remedies/apply.h"

#include <vector>

#include "tests/support/typed_net.h"
#include "transform/remedies/remedies.h"

namespace tinyml::transform {

using testing::ReferenceResults;

size_t Apply(std::string_view name, Model& model) {
  std::vector<OperatorId> all;
  for (size_t i = 0; i < model.subgraphs[0].operators.size(); ++i) {
    all.emplace_back(0, i);
  }
  const Remedy* remedy = FindRemedy(name);
  EXPECT_NE(remedy, nullptr) << name;
  const auto done = ApplyRemedy(*remedy, model, all);
  EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message);
  return done ? done->size() : 0;
}

Model Remedied(std::string_view name, const Model& model) {
  Model changed = model;
  EXPECT_EQ(Apply(name, changed), 1u);
  const auto before = ReferenceResults(model);
  EXPECT_FALSE(before.empty());
  EXPECT_EQ(before, ReferenceResults(changed));
  const Subgraph& was = model.subgraphs[0];
  const Subgraph& is = changed.subgraphs[0];
  EXPECT_EQ(was.tensors[was.outputs[0]].name, is.tensors[is.outputs[0]].name);
  EXPECT_EQ(was.tensors[was.outputs[0]].shape, is.tensors[is.outputs[0]].shape);
  return changed;
}

void ExpectUntouched(std::string_view name, const Model& model) {
  Model changed = model;
  EXPECT_EQ(Apply(name, changed), 0u);
  EXPECT_EQ(model, changed);
}

}  // namespace tinyml::transform
