// What changed upstream between the revisions that are known, each change once.
//
// Kernels ask for a change (KernelContext::Has) and never for a revision, so
// that a revision is no more than the list of changes it has: a data file in
// lib/runtime/revisions/. A change is something that figures, refusals or
// warnings here depend on; the commit beside it in changes.cc is the first one
// after which upstream does what the code asks for.
#ifndef TINYML_RUNTIME_TARGETS_CHANGES_H_
#define TINYML_RUNTIME_TARGETS_CHANGES_H_

#include <bitset>
#include <cstdint>
#include <span>
#include <string_view>

namespace tinyml::runtime {

enum class Change : uint8_t {
  // tflite-micro, reference kernels and interpreter.
  kBoolCast,
  kBFloat16Tensors,
  kIfWithoutOutputs,
  kRfftScratch,
  kTransposeConvInt16WithoutBias,
  kExpandDimsInt16,
  kFullyConnectedPerChannelRefused,
  kMaximumMinimumInt16,
  kUInt16Tensors,
  kRelu6Int16,
  kFullyConnectedPerChannel,
  kQuantizationTypeIsInt,
  kConcatenationWithoutScales,
  kDepthwiseConvWithoutBias,
  kInt16Movement,
  kReluInt16,
  kPoolingSameQuantization,
  kSubInt32,
  kReverseV2,
  kReduceMin,
  kConstantTensorChecks,
  kPackInt16,
  kNoDynamicTensors,
  kPreluInt16,
  kCastChecksTypes,
  kDynamicUpdateSlice,
  kDecode,
  kReduceAll,
  kReduceScratch,
  kTransposeConvActivation,
  // tflite-micro, the kernels that call CMSIS-NN.
  kCmsisGroupedConv,
  kCmsisFilterOffset,
  kCmsisTransposeConvForSize,
  kCmsisLstmGates,
  kCmsisTypeChecks,
  kCmsisBatchMatMul,
  kCmsisOptimizeForSize,
  kCmsisTransposeConvBuffers,
  kCmsisMaximumMinimum,
  kCmsisPadTranspose,
  kCmsisConstantTensorChecks,
  kCmsisDepthwiseBatches,
  kCmsisRanks,
  // esp-tflite-micro, the kernels that call ESP-NN.
  kEspConvNodeData,
  // CMSIS-NN.
  kConvS8MveLanes,
  kConv1xNMveBuffer,
  kConvS16Buffer,
  kDepthwiseS4Mve,
  kDepthwiseOneChannelMve,
  kTransposeConvReversed,
  kConvDispatchByChannels,
  // ESP-NN.
  kEspDepthwiseS16Margin,
  kEspConvIm2colS3,
  kEspDepthwiseTilesS3,
  kEspConvMarginS3,
  kEspConvPathsP4,
};

inline constexpr size_t kChangeCount =
    static_cast<size_t>(Change::kEspConvPathsP4) + 1;

struct ChangeInfo {
  Change change;
  std::string_view project;  // As in revision files: "tflm", "cmsis-nn", ...
  std::string_view name;     // As in revision files.
  std::string_view commit;   // Upstream.
  std::string_view date;     // Of the commit.
  std::string_view what;     // A clause for people.
};

// Every change, in the order of the enum.
std::span<const ChangeInfo> AllChanges();

// Returns null if no change of `project` has this name.
const ChangeInfo* FindChange(std::string_view project, std::string_view name);

// The changes that the revisions of a target have. Made empty or with all.
class ChangeSet {
 public:
  static ChangeSet All() {
    ChangeSet set;
    set.bits_.set();
    return set;
  }

  bool Has(Change change) const { return bits_[static_cast<size_t>(change)]; }
  void Add(Change change) { bits_.set(static_cast<size_t>(change)); }
  void Remove(Change change) { bits_.reset(static_cast<size_t>(change)); }
  void Add(const ChangeSet& other) { bits_ |= other.bits_; }

  friend bool operator==(const ChangeSet&, const ChangeSet&) = default;

 private:
  std::bitset<kChangeCount> bits_;
};

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_CHANGES_H_
