// Which kernel a target links: the table's rows against the definitions.
#include "runtime/kernels/kernel.h"

#include <gtest/gtest.h>

namespace tinyml::runtime {
namespace {

const OperatorRow& RowOf(BuiltinOperator code) { return *FindOperator(code); }

Target MakeTarget(KernelLibrary library) {
  Target target;
  target.kernels.library = library;
  return target;
}

TEST(Kernels, EveryOperatorOfTheRuntimeHasOneAndNoOther) {
  for (const OperatorRow& row : AllOperators()) {
    const OperatorKernel* kernel = FindOperatorKernel(row);
    EXPECT_EQ(kernel != nullptr, row.runtime.exists) << row.stem;
    if (kernel == nullptr) continue;
    EXPECT_NE(kernel->prepare, nullptr) << row.stem;
  }
}

TEST(Kernels, ALibraryReplacesWhatItsColumnNames) {
  const OperatorRow& add = RowOf(BuiltinOperator::kAdd);
  const Target cmsis = MakeTarget(KernelLibrary::kCmsisNn);
  EXPECT_EQ(SelectKernel(add, cmsis).prepare, cmsis_nn::kAdd.prepare);
  EXPECT_EQ(SelectKernel(add, MakeTarget(KernelLibrary::kEspNn)).prepare,
            reference::kAdd.prepare);
  const OperatorRow& softmax = RowOf(BuiltinOperator::kSoftmax);
  for (auto library : {KernelLibrary::kEspNn, KernelLibrary::kEspNnAnsi}) {
    EXPECT_EQ(SelectKernel(softmax, MakeTarget(library)).init,
              esp_nn::kSoftmax.init);
  }
  EXPECT_EQ(
      SelectKernel(softmax, MakeTarget(KernelLibrary::kReference)).prepare,
      reference::kSoftmax.prepare);
}

TEST(Kernels, AnOverlayKeepsTheStepsThatItDoesNotHave) {
  const Kernel kernel = SelectKernel(RowOf(BuiltinOperator::kMaximum),
                                     MakeTarget(KernelLibrary::kCmsisNn));
  EXPECT_EQ(kernel.init, reference::kMaximum.init);
  EXPECT_EQ(kernel.prepare, cmsis_nn::kMaximum.prepare);
}

TEST(Kernels, AnOverlayIsThereSinceItsChange) {
  const OperatorRow& pad = RowOf(BuiltinOperator::kPad);
  Target target = MakeTarget(KernelLibrary::kCmsisNn);
  EXPECT_EQ(SelectKernel(pad, target).prepare, cmsis_nn::kPad.prepare);
  target.kernels.changes.Remove(Change::kCmsisPadTranspose);
  EXPECT_EQ(SelectKernel(pad, target).prepare, reference::kPad.prepare);
}

}  // namespace
}  // namespace tinyml::runtime
