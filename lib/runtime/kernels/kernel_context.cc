#include "runtime/kernels/kernel_context.h"

#include <fmt/format.h>

#include <limits>

#include "base/checked.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/text.h"
#include "model/fault.h"
#include "runtime/abi/core_structs.h"

namespace tinyml::runtime {
namespace {

// The runtime counts elements and bytes in int.
constexpr int64_t kMaxTensorBytes = std::numeric_limits<int32_t>::max();

int64_t CountElements(std::span<const int32_t> dims) {
  int64_t count = 1;
  for (int32_t dim : dims) {
    const auto product = CheckedMul(count, dim);
    if (!product || *product > kMaxTensorBytes) return kMaxTensorBytes;
    count = *product;
  }
  return count;
}

// What came with Change::kMoreTensorTypes or after it.
bool IsOneOfMoreTypes(TensorType type) {
  return type == TensorType::kFloat16 || type == TensorType::kFloat64 ||
         type == TensorType::kUInt32 || type == TensorType::kResource ||
         type == TensorType::kInt4;
}

}  // namespace

int64_t RuntimeTensor::Elements() const { return CountElements(dims); }

int64_t RuntimeTensor::Bytes() const {
  return Elements() * RuntimeTypeBytes(type);
}

int64_t RuntimeTensor::BytesInModel() const {
  return CountElements(dims_relocated ? source->shape : dims) *
         RuntimeTypeBytes(type);
}

int64_t RuntimeTensor::ZeroPoint(size_t i) const {
  const auto& points = source->quantization->zero_point;
  return points.size() == Scales().size() ? points[i] : points[0];
}

std::string RuntimeTensor::Describe() const {
  std::string text =
      "'" + Printable(source->name) + "' (" + TensorTypeName(type) + " [";
  for (size_t i = 0; i < dims.size(); ++i) {
    if (i > 0) text += ",";
    text += std::to_string(dims[i]);
  }
  return text + "])";
}

int64_t RuntimeTypeBytes(TensorType type) {
  switch (type) {
    case TensorType::kFloat16:
    case TensorType::kBFloat16:
    case TensorType::kInt16:
    case TensorType::kUInt16:
      return 2;
    case TensorType::kFloat32:
    case TensorType::kInt32:
    case TensorType::kUInt32:
    case TensorType::kResource:
      return 4;
    case TensorType::kFloat64:
    case TensorType::kInt64:
    case TensorType::kUInt64:
    case TensorType::kComplex64:
      return 8;
    case TensorType::kComplex128:
      return 16;
    case TensorType::kUInt8:
    case TensorType::kInt8:
    case TensorType::kBool:
    case TensorType::kInt4:
      return 1;
    default:
      return 0;
  }
}

KernelContext::KernelContext(const Model& model, const Target& target)
    : model_(model), target_(target) {
  tensors_.resize(model.subgraphs.size());
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const Subgraph& subgraph = model.subgraphs[s];
    tensors_[s].reserve(subgraph.tensors.size());
    for (const Tensor& tensor : subgraph.tensors) {
      RuntimeTensor& view = tensors_[s].emplace_back();
      view.source = &tensor;
      view.type = tensor.type;
      view.dims = tensor.shape;
      const Buffer& buffer = model.buffers[tensor.buffer];
      // The runtime looks only at the FlatBuffer.
      if (!buffer.outside_flatbuffer) view.data = buffer.data.bytes();
      if (view.IsAffine()) {
        view.scale = tensor.quantization->scale[0];
        view.zero_point =
            static_cast<int32_t>(tensor.quantization->zero_point[0]);
      }
    }
  }
}

Status KernelContext::LoadTensors() {
  for (size_t s = 0; s < tensors_.size(); ++s) {
    for (size_t i = 0; i < tensors_[s].size(); ++i) {
      const RuntimeTensor& tensor = tensors_[s][i];
      const auto refuse = [&](const std::string& reason) {
        return FailAbout({.tensor = TensorId(s, i)},
                         fmt::format("subgraph {}, tensor {}", s, i),
                         ErrorCode::kUnsupported, reason);
      };
      // micro/memory_helpers.cc, TfLiteTypeSizeOf has no size for the type;
      // InitializeAllocationInfo needs the size of every tensor.
      const bool too_new =
          (tensor.type == TensorType::kBFloat16 &&
           !Has(Change::kBFloat16Tensors)) ||
          (tensor.type == TensorType::kUInt16 &&
           !Has(Change::kUInt16Tensors)) ||
          (tensor.type == TensorType::kInt4 && !Has(Change::kConvInt4)) ||
          (IsOneOfMoreTypes(tensor.type) && !Has(Change::kMoreTensorTypes));
      if (RuntimeTypeBytes(tensor.type) == 0 || too_new) {
        return refuse("the runtime has no tensors of type " +
                      TensorTypeName(tensor.type) + ": " + tensor.Describe());
      }
      // InitializeTfLiteTensorFromFlatbuffer asserts that there are as many.
      if (!Has(Change::kZeroPointsBroadcast) && tensor.IsAffine() &&
          tensor.source->quantization->zero_point.size() <
              tensor.Scales().size()) {
        return refuse(tensor.Describe() +
                      " has fewer zero points than scales, on which this "
                      "runtime aborts");
      }
      if (tensor.Bytes() > kMaxTensorBytes) {
        return refuse(tensor.Describe() +
                      " is larger than the runtime can count (2 GiB)");
      }
    }
  }
  return {};
}

std::span<const uint8_t> KernelContext::CustomOptions() const {
  const auto& options = op().custom_options;
  return options.has_value() ? options->bytes() : std::span<const uint8_t>();
}

const RuntimeTensor* KernelContext::Find(std::span<const TensorIndex> list,
                                         int i) const {
  if (i < 0 || static_cast<size_t>(i) >= list.size()) return nullptr;
  const TensorIndex index = list[i];
  if (index < 0) return nullptr;
  return &tensors_[id_.subgraph][index];
}

const RuntimeTensor* KernelContext::Input(int i) const {
  return Find(op().inputs, i);
}

const RuntimeTensor* KernelContext::Output(int i) const {
  return Find(op().outputs, i);
}

const RuntimeTensor& KernelContext::TensorAt(int subgraph,
                                             TensorIndex index) const {
  return tensors_[subgraph][index];
}

RuntimeTensor& KernelContext::MutableTensor(TensorIndex index) {
  return tensors_[id_.subgraph][index];
}

void KernelContext::Record(EventKind kind, std::string_view detail,
                           int64_t bytes, int32_t alignment, Purpose purpose) {
  events_.push_back({kind, phase_, purpose, id_, bytes, alignment, detail});
}

void KernelContext::RecordStruct(EventKind kind, const StructDef& def,
                                 int64_t count) {
  const Layout layout = LayoutOf(def, abi());
  Record(kind, def.name, layout.size * count,
         static_cast<int32_t>(layout.alignment));
}

void KernelContext::RecordTensorStructs(EventKind kind,
                                        const RuntimeTensor& tensor) {
  // tflite-micro 90b983c2b3f1, micro/micro_allocator.cc,
  // InitializeTfLiteTensorFromFlatbuffer.
  RecordStruct(kind, target_.static_memory ? kTfLiteTensor : kFullTfLiteTensor);
  if (!tensor.IsAffine()) return;
  RecordStruct(kind, kTfLiteAffineQuantization);
  const auto channels = static_cast<int64_t>(tensor.Scales().size());
  Record(kind, "zero points of a TfLiteTensor", 4 + 4 * channels, 4);
}

void KernelContext::Persistent(std::string_view detail, int64_t bytes,
                               Purpose purpose) {
  Record(EventKind::kPersistent, detail, bytes, kArenaAlignment, purpose);
}

void KernelContext::Persistent(const StructDef& def, int64_t count) {
  Persistent(def.name, LayoutOf(def, abi()).size * count);
}

Status KernelContext::Scratch(int64_t bytes) {
  if (++scratch_of_operator_ > kMaxScratchBuffersPerOperator) {
    return Refuse("it asks for more than 12 scratch buffers");
  }
  scratch_.push_back({id_, bytes});
  return {};
}

const RuntimeTensor* KernelContext::TempInput(int i) {
  const RuntimeTensor* tensor = Input(i);
  if (tensor != nullptr) RecordTensorStructs(EventKind::kTemp, *tensor);
  return tensor;
}

const RuntimeTensor* KernelContext::TempOutput(int i) {
  const RuntimeTensor* tensor = Output(i);
  if (tensor != nullptr) RecordTensorStructs(EventKind::kTemp, *tensor);
  return tensor;
}

const RuntimeTensor* KernelContext::TempIntermediate(int i) {
  const RuntimeTensor* tensor = Find(op().intermediates, i);
  if (tensor != nullptr) RecordTensorStructs(EventKind::kTemp, *tensor);
  return tensor;
}

const RuntimeTensor* KernelContext::TempTensor(TensorIndex index) {
  const RuntimeTensor& tensor = TensorAt(id_.subgraph, index);
  RecordTensorStructs(EventKind::kTemp, tensor);
  return &tensor;
}

void KernelContext::TempBuffer(int64_t bytes, int32_t alignment) {
  Record(EventKind::kTemp, "temporary buffer", bytes, alignment);
}

std::vector<int32_t>& KernelContext::RelocateDims(int output) {
  RuntimeTensor& tensor = MutableTensor(op().outputs[output]);
  Persistent("relocated output shape", 4 + 4 * int64_t{tensor.Rank()});
  tensor.dims_relocated = true;
  return tensor.dims;
}

std::vector<int32_t>& KernelContext::OverwriteDims(int output) {
  return MutableTensor(op().outputs[output]).dims;
}

void KernelContext::PointToResource(int output, int32_t id) {
  MutableTensor(op().outputs[output]).resource_id = id;
}

Status KernelContext::Refuse(std::string_view reason) const {
  if (id_.index == kNoOperatorIndex) {
    return Fail(ErrorCode::kUnsupported, std::string(reason));
  }
  return FailAt(model_, id_, ErrorCode::kUnsupported, reason);
}

void KernelContext::Warn(std::string_view reason) {
  std::string message = DescribeOperator(model_, id_);
  message += ": ";
  message += reason;
  warnings_.push_back(std::move(message));
}

void KernelContext::Select(Phase phase, OperatorId op) {
  phase_ = phase;
  id_ = op;
  scratch_of_operator_ = 0;
}

}  // namespace tinyml::runtime
