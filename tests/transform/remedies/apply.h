// Applying a remedy to a model of one operator, for the tests of the remedies.
#ifndef TINYML_TESTS_TRANSFORM_REMEDIES_APPLY_H_
#define TINYML_TESTS_TRANSFORM_REMEDIES_APPLY_H_

#include <gtest/gtest.h>

#include <string_view>

#include "tinyml/model.h"

namespace tinyml::transform {

// Tests for each type of activations.
class OfEveryType : public ::testing::TestWithParam<TensorType> {};

// Applies the remedy to every operator. Returns how many it rewrote.
size_t Apply(std::string_view name, Model& model);
// Applies the remedy, which must rewrite one operator and keep all results.
Model Remedied(std::string_view name, const Model& model);
// The remedy must leave the model as it is.
void ExpectUntouched(std::string_view name, const Model& model);

}  // namespace tinyml::transform

#endif  // TINYML_TESTS_TRANSFORM_REMEDIES_APPLY_H_
