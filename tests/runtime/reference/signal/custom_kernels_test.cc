// Kernels registered by custom name: sizes by hand, and what is refused.
#include <flatbuffers/flexbuffers.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/kernels/kernel_context.h"
#include "runtime/reference/custom.h"
#include "runtime/reference/signal/signal.h"
#include "tests/support/one_operator.h"

namespace tinyml::runtime::reference {
namespace {

using testing::MakeTensor;

constexpr Abi kArm = {4, 8, true};
constexpr Abi kHost = {8, 8, false};

// A model with one custom operator.
class OneOperator {
 public:
  OneOperator(const std::string& name, std::vector<Tensor> inputs,
              const std::vector<Tensor>& outputs) {
    const size_t written = outputs.size();
    inputs.insert(inputs.end(), outputs.begin(), outputs.end());
    model_ = testing::OneCustomOperator(name, inputs, written);
    target_.abi = kArm;
  }

  OneOperator& WithOptions(
      const std::function<void(flexbuffers::Builder&)>& fill) {
    flexbuffers::Builder builder;
    builder.Map([&] { fill(builder); });
    builder.Finish();
    auto owner =
        std::make_shared<const std::vector<uint8_t>>(builder.GetBuffer());
    model_.subgraphs[0].operators[0].custom_options =
        BufferData(owner, std::span<const uint8_t>(*owner));
    return *this;
  }

  // Init and Prepare on `library`.
  Status Run(const Kernel& kernel,
             KernelLibrary library = KernelLibrary::kReference) {
    target_.kernels.library = library;
    context_ = std::make_unique<KernelContext>(model_, target_);
    context_->SelectOperator(Phase::kInit, 0, 0);
    if (kernel.init != nullptr) {
      Status status = kernel.init(*context_);
      if (!status) return status;
    }
    context_->SelectOperator(Phase::kPrepare, 0, 0);
    return kernel.prepare(*context_);
  }

  std::vector<int64_t> PersistentBytes() const {
    std::vector<int64_t> sizes;
    for (const Event& event : context_->events()) {
      if (event.kind == EventKind::kPersistent) sizes.push_back(event.size);
    }
    return sizes;
  }
  std::vector<int64_t> ScratchBytes() const {
    std::vector<int64_t> sizes;
    for (const auto& request : context_->scratch()) {
      sizes.push_back(request.bytes);
    }
    return sizes;
  }
  size_t Warnings() const { return context_->warnings().size(); }
  Target& target() { return target_; }

 private:
  Model model_;
  Target target_;
  std::unique_ptr<KernelContext> context_;
};

using Sizes = std::vector<int64_t>;

TEST(KissFft, StateHoldsTwiddlesAndWorkArea) {
  // 3 pointers; 66 int and 8 complex; 12 complex.
  EXPECT_EQ(KissFftStateBytes(16, 2, kArm), 12 + 264 + 8 * 4 + 12 * 4);
  EXPECT_EQ(KissFftStateBytes(16, 4, kHost), 24 + 264 + 8 * 8 + 12 * 8);
  EXPECT_EQ(KissFftStateBytes(10, 2, kArm), 12 + 264 + 5 * 4 + 7 * 4);
  EXPECT_EQ(KissFftStateBytes(15, 2, kArm), 0);
}

OneOperator Rfft(int32_t length) {
  OneOperator op("SignalRfft", {MakeTensor(TensorType::kInt16, {1, length})},
                 {MakeTensor(TensorType::kInt16, {1, length + 2})});
  op.WithOptions([&](flexbuffers::Builder& builder) {
    builder.Int("T", static_cast<int>(TensorType::kInt16));
    builder.Int("fft_length", length);
  });
  return op;
}

TEST(SignalRfft, RequestsStateAndWorkArea) {
  OneOperator op = Rfft(16);
  ASSERT_TRUE(op.Run(kSignalRfft));
  EXPECT_EQ(op.PersistentBytes(), (Sizes{32, 356}));
  EXPECT_EQ(op.ScratchBytes(), (Sizes{32}));
  EXPECT_EQ(op.Warnings(), 0U);
}

TEST(SignalRfft, RefusesLengthsThatKissFftCannotRun) {
  for (int32_t length : {2, 14, 15, 22}) {
    OneOperator op = Rfft(length);
    EXPECT_FALSE(op.Run(kSignalRfft)) << length;
    EXPECT_TRUE(op.Run(kSignalRfft, KernelLibrary::kEspNn)) << length;
    EXPECT_EQ(op.Warnings(), 1U) << length;
  }
  for (int32_t length : {4, 6, 10, 20, 512, 480}) {
    EXPECT_TRUE(Rfft(length).Run(kSignalRfft)) << length;
  }
}

TEST(SignalFramer, RoundsTheFrameUpToSteps) {
  OneOperator op("SignalFramer", {MakeTensor(TensorType::kInt16, {2, 320})},
                 {MakeTensor(TensorType::kInt16, {2, 2, 400}),
                  MakeTensor(TensorType::kBool, {})});
  const auto options = [](int step) {
    return [step](flexbuffers::Builder& builder) {
      builder.Int("frame_size", 400);
      builder.Int("frame_step", step);
      builder.Bool("prefill", true);
    };
  };
  ASSERT_TRUE(op.WithOptions(options(160)).Run(kSignalFramer));
  // 480 samples twice, after a header of 24 bytes.
  EXPECT_EQ(op.PersistentBytes(), (Sizes{28, 8, 8, 1944, 1944}));
  EXPECT_FALSE(op.WithOptions(options(0)).Run(kSignalFramer));
  EXPECT_FALSE(op.WithOptions(options(150)).Run(kSignalFramer));
  EXPECT_FALSE(op.WithOptions(options(640)).Run(kSignalFramer));
}

TEST(SignalFilterBank, RefusesAbsurdChannelCounts) {
  OneOperator op("SignalFilterBank", {}, {});
  for (int channels : {-2, 1 << 30}) {
    op.WithOptions([&](flexbuffers::Builder& builder) {
      builder.Int("num_channels", channels);
    });
    EXPECT_FALSE(op.Run(kSignalFilterBank));
  }
}

TEST(EthosU, RequestsAddressesWhereItIsLinked) {
  OneOperator op("ethos-u",
                 {MakeTensor(TensorType::kUInt8, {100}),
                  MakeTensor(TensorType::kUInt8, {10})},
                 {MakeTensor(TensorType::kInt8, {1, 4})});
  op.WithOptions([](flexbuffers::Builder& builder) { builder.Int("type", 1); });
  ASSERT_TRUE(op.Run(kEthosU));
  EXPECT_EQ(op.PersistentBytes(), (Sizes{12}));
  EXPECT_EQ(op.ScratchBytes(), (Sizes{3 * 8, 3 * 4}));

  const Model empty;
  KernelContext context(empty, op.target());
  EXPECT_FALSE(CheckEthosULinked(context));
  op.target().kernels.ethos_u = true;
  EXPECT_TRUE(CheckEthosULinked(context));
}

}  // namespace
}  // namespace tinyml::runtime::reference
