// The passes, each in a file of its own; passes.cc has the list.
#ifndef TINYML_TRANSFORM_PASSES_INTERNAL_H_
#define TINYML_TRANSFORM_PASSES_INTERNAL_H_

#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::transform {

Result<bool> RemoveNoOps(Model& model);
Result<bool> FoldScalesBackward(Model& model);
Result<bool> FoldScalesForward(Model& model);
Result<bool> FoldPadding(Model& model);
Result<bool> FoldSpaceToBatchChains(Model& model);
Result<bool> FuseActivations(Model& model);
Result<bool> RemoveDeadOperators(Model& model);
Result<bool> ShareBuffers(Model& model);
Result<bool> RemoveUnused(Model& model);

}  // namespace tinyml::transform

#endif  // TINYML_TRANSFORM_PASSES_INTERNAL_H_
