#include "formats/tflite/writer.h"

#include <flatbuffers/flatbuffers.h>

#include <limits>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/checked.h"
#include "base/macros.h"
#include "formats/tflite/options_conversion.h"
#include "formats/tflite/tflite_generated.h"
#include "model/options_base.h"

namespace tinyml {
namespace {

using flatbuffers::Offset;
using flatbuffers::Vector;

// Offsets are signed 32-bit in places, and the builder asserts below 2 GiB.
constexpr int64_t kMaxFileBytes = std::numeric_limits<int32_t>::max();

// TFLM and the format need constant data at this alignment.
constexpr size_t kDataAlignment = 16;

// No table of the format with its vtable is larger than this.
constexpr int64_t kMostTableBytes = 256;

// Which bytes in memory, not which values.
using DataKey = std::pair<const uint8_t*, size_t>;
DataKey KeyOf(const BufferData& data) {
  return {data.bytes().data(), data.size()};
}

// Sums up an upper bound of the file's size, before anything is built.
class SizeBound {
 public:
  void Bytes(size_t count) { Add(static_cast<int64_t>(count) + 32); }
  template <typename T>
  void Items(const std::vector<T>& items) {
    Add(static_cast<int64_t>(items.size() * sizeof(T)) + 32);
  }
  void Table() { Add(kMostTableBytes); }
  int64_t total() const { return total_; }

 private:
  void Add(int64_t bytes) {
    total_ =
        CheckedAdd(total_, bytes).value_or(std::numeric_limits<int64_t>::max());
  }
  int64_t total_ = 1024;
};

// Options tables have up to 17 fields, of which each may be a vector.
constexpr size_t kMostVectorHeads = size_t{17} * 16;

void AddBound(const OptionsBase& options, SizeBound& bound) {
  bound.Table();
  bound.Bytes(options.VectorBytes() + kMostVectorHeads);
}

void AddBound(const Tensor& tensor, SizeBound& bound) {
  bound.Table();
  bound.Bytes(tensor.name.size());
  bound.Items(tensor.shape);
  bound.Items(tensor.shape_signature);
  if (tensor.quantization) {
    const Quantization& q = *tensor.quantization;
    bound.Table();
    bound.Items(q.min);
    bound.Items(q.max);
    bound.Items(q.scale);
    bound.Items(q.zero_point);
    bound.Table();
    if (const auto* custom = std::get_if<CustomQuantization>(&q.details)) {
      bound.Items(custom->custom);
    } else if (const auto* axes =
                   std::get_if<MultiAxisQuantization>(&q.details)) {
      bound.Items(axes->quantized_dimensions);
    }
  }
  if (tensor.sparsity) {
    bound.Table();
    bound.Items(tensor.sparsity->traversal_order);
    bound.Items(tensor.sparsity->block_map);
    for (const SparseDimension& dimension : tensor.sparsity->dimensions) {
      bound.Table();
      for (const SparseIndexVector* indices :
           {&dimension.array_segments, &dimension.array_indices}) {
        bound.Table();
        std::visit(
            [&bound](const auto& values) {
              if constexpr (requires { values.size(); }) bound.Items(values);
            },
            *indices);
      }
    }
  }
  for (const VariantSubType& sub_type : tensor.variant_tensors) {
    bound.Table();
    bound.Items(sub_type.shape);
  }
}

int64_t BoundOf(const Model& model) {
  SizeBound bound;
  bound.Bytes(model.description.size());
  for (const OperatorCode& code : model.operator_codes) {
    bound.Table();
    bound.Bytes(code.custom_code.size());
  }
  for (const Subgraph& subgraph : model.subgraphs) {
    bound.Table();
    bound.Bytes(subgraph.name.size());
    bound.Items(subgraph.inputs);
    bound.Items(subgraph.outputs);
    for (const Tensor& tensor : subgraph.tensors) AddBound(tensor, bound);
    for (const Operator& op : subgraph.operators) {
      bound.Table();
      bound.Items(op.inputs);
      bound.Items(op.outputs);
      bound.Items(op.intermediates);
      bound.Bytes(op.mutating_variable_inputs.size());
      if (op.options.has_value()) AddBound(*op.options.get(), bound);
      if (op.options_2.has_value()) AddBound(*op.options_2.get(), bound);
      if (op.custom_options) bound.Bytes(op.custom_options->size());
    }
  }
  std::set<DataKey> seen;
  for (const Buffer& buffer : model.buffers) {
    bound.Table();
    if (seen.insert(KeyOf(buffer.data)).second) {
      bound.Bytes(buffer.data.size());
    }
  }
  bound.Items(model.metadata_buffer);
  for (const Metadata& metadata : model.metadata) {
    bound.Table();
    bound.Bytes(metadata.name.size());
  }
  for (const SignatureDef& signature : model.signature_defs) {
    bound.Table();
    bound.Bytes(signature.signature_key.size());
    for (const auto* maps : {&signature.inputs, &signature.outputs}) {
      for (const TensorMap& map : *maps) {
        bound.Table();
        bound.Bytes(map.name.size());
      }
    }
  }
  for (const std::string& group : model.external_buffer_groups) {
    bound.Table();
    bound.Bytes(group.size());
  }
  for (const ExternalBuffer& external : model.external_buffers) {
    bound.Table();
    bound.Bytes(external.packing.size());
  }
  return bound.total();
}

class Writer {
 public:
  explicit Writer(size_t size_bound) : builder_(size_bound) {
    builder_.DedupVtables(true);
  }
  std::vector<uint8_t> Write(const Model& model);

 private:
  // The format's readers take some vectors for granted, so these are written
  // even when empty; the others are left out then.
  template <typename T>
  auto Always(const std::vector<T>& values) {
    return builder_.CreateVector(values);
  }
  template <typename T>
  auto IfAny(const std::vector<T>& values)
      -> decltype(std::declval<flatbuffers::FlatBufferBuilder&>().CreateVector(
          values)) {
    if (values.empty()) return 0;
    return builder_.CreateVector(values);
  }
  Offset<flatbuffers::String> Text(const std::string& text) {
    return text.empty() ? Offset<flatbuffers::String>(0)
                        : builder_.CreateString(text);
  }
  Offset<Vector<uint8_t>> Bytes(std::span<const uint8_t> bytes,
                                size_t alignment) {
    builder_.ForceVectorAlignment(bytes.size(), 1, alignment);
    return builder_.CreateVector(bytes.data(), bytes.size());
  }
  // Converts each item and makes a vector of the tables.
  template <typename Item, typename Function>
  auto Tables(const std::vector<Item>& items, Function convert) {
    std::vector<decltype(convert(items.front()))> offsets;
    offsets.reserve(items.size());
    for (const Item& item : items) offsets.push_back(convert(item));
    return offsets;
  }

  Offset<fbs::QuantizationParameters> WriteQuantization(const Quantization& q);
  std::pair<fbs::SparseIndexVector, Offset<void>> WriteIndices(
      const SparseIndexVector& indices);
  Offset<fbs::SparsityParameters> WriteSparsity(const Sparsity& sparsity);
  Offset<fbs::Tensor> WriteTensor(const Tensor& tensor);
  Offset<fbs::Operator> WriteOperator(const Operator& op);
  Offset<fbs::SubGraph> WriteSubgraph(const Subgraph& subgraph);
  Offset<fbs::SignatureDef> WriteSignature(const SignatureDef& signature);

  flatbuffers::FlatBufferBuilder builder_;
};

Offset<fbs::QuantizationParameters> Writer::WriteQuantization(
    const Quantization& q) {
  fbs::QuantizationDetails type = fbs::QuantizationDetails::NONE;
  Offset<void> details = 0;
  if (const auto* custom = std::get_if<CustomQuantization>(&q.details)) {
    type = fbs::QuantizationDetails::CustomQuantization;
    const auto bytes = Bytes(custom->custom, kDataAlignment);
    details = fbs::CreateCustomQuantization(builder_, bytes).Union();
  } else if (const auto* block =
                 std::get_if<BlockwiseQuantization>(&q.details)) {
    type = fbs::QuantizationDetails::BlockwiseQuantization;
    details =
        fbs::CreateBlockwiseQuantization(builder_, block->scales,
                                         block->zero_points, block->block_size)
            .Union();
  } else if (const auto* axes =
                 std::get_if<MultiAxisQuantization>(&q.details)) {
    type = fbs::QuantizationDetails::MultiAxisQuantization;
    const auto dimensions = IfAny(axes->quantized_dimensions);
    details = fbs::CreateMultiAxisQuantization(builder_, axes->scales,
                                               axes->zero_points,
                                               axes->block_size, dimensions)
                  .Union();
  }
  const auto min = IfAny(q.min);
  const auto max = IfAny(q.max);
  const auto scale = IfAny(q.scale);
  const auto zero_point = IfAny(q.zero_point);
  return fbs::CreateQuantizationParameters(builder_, min, max, scale,
                                           zero_point, type, details,
                                           q.quantized_dimension);
}

std::pair<fbs::SparseIndexVector, Offset<void>> Writer::WriteIndices(
    const SparseIndexVector& indices) {
  if (const auto* wide = std::get_if<std::vector<int32_t>>(&indices)) {
    const auto values = Always(*wide);
    return {fbs::SparseIndexVector::Int32Vector,
            fbs::CreateInt32Vector(builder_, values).Union()};
  }
  if (const auto* half = std::get_if<std::vector<uint16_t>>(&indices)) {
    builder_.ForceVectorAlignment(half->size(), sizeof(uint16_t), 4);
    const auto values = Always(*half);
    return {fbs::SparseIndexVector::Uint16Vector,
            fbs::CreateUint16Vector(builder_, values).Union()};
  }
  if (const auto* narrow = std::get_if<std::vector<uint8_t>>(&indices)) {
    const auto values = Bytes(*narrow, 4);
    return {fbs::SparseIndexVector::Uint8Vector,
            fbs::CreateUint8Vector(builder_, values).Union()};
  }
  return {fbs::SparseIndexVector::NONE, 0};
}

Offset<fbs::SparsityParameters> Writer::WriteSparsity(
    const Sparsity& sparsity) {
  const auto dimensions =
      IfAny(Tables(sparsity.dimensions, [this](const SparseDimension& from) {
        const auto [segments_type, segments] =
            WriteIndices(from.array_segments);
        const auto [indices_type, indices] = WriteIndices(from.array_indices);
        return fbs::CreateDimensionMetadata(
            builder_,
            from.sparse_csr ? fbs::DimensionType::SPARSE_CSR
                            : fbs::DimensionType::DENSE,
            from.dense_size, segments_type, segments, indices_type, indices);
      }));
  const auto traversal_order = IfAny(sparsity.traversal_order);
  const auto block_map = IfAny(sparsity.block_map);
  return fbs::CreateSparsityParameters(builder_, traversal_order, block_map,
                                       dimensions);
}

Offset<fbs::Tensor> Writer::WriteTensor(const Tensor& tensor) {
  const auto shape = Always(tensor.shape);
  const auto name = Text(tensor.name);
  Offset<fbs::QuantizationParameters> quantization = 0;
  if (tensor.quantization) {
    quantization = WriteQuantization(*tensor.quantization);
  }
  Offset<fbs::SparsityParameters> sparsity = 0;
  if (tensor.sparsity) sparsity = WriteSparsity(*tensor.sparsity);
  const auto signature = IfAny(tensor.shape_signature);
  const auto variants =
      IfAny(Tables(tensor.variant_tensors, [this](const VariantSubType& from) {
        const auto variant_shape = Always(from.shape);
        return fbs::CreateVariantSubType(
            builder_, variant_shape, static_cast<fbs::TensorType>(from.type),
            from.has_rank);
      }));
  return fbs::CreateTensor(
      builder_, shape, static_cast<fbs::TensorType>(tensor.type), tensor.buffer,
      name, quantization, tensor.is_variable, sparsity, signature,
      tensor.has_rank, variants, tensor.external_buffer);
}

Offset<fbs::Operator> Writer::WriteOperator(const Operator& op) {
  const auto inputs = Always(op.inputs);
  const auto outputs = Always(op.outputs);
  const auto intermediates = IfAny(op.intermediates);
  const auto mutating = IfAny(op.mutating_variable_inputs);
  auto type = fbs::BuiltinOptions::NONE;
  auto type_2 = fbs::BuiltinOptions2::NONE;
  Offset<void> options = 0;
  Offset<void> options_2 = 0;
  if (op.options.has_value()) {
    type = static_cast<fbs::BuiltinOptions>(op.options.get()->type_number());
    options = WriteOptions(builder_, *op.options.get());
  }
  if (op.options_2.has_value()) {
    type_2 =
        static_cast<fbs::BuiltinOptions2>(op.options_2.get()->type_number());
    options_2 = WriteOptions(builder_, *op.options_2.get());
  }
  Offset<Vector<uint8_t>> custom = 0;
  if (op.custom_options) {
    // FlexBuffers hold scalars of up to 8 bytes at their own alignment.
    custom = Bytes(op.custom_options->bytes(), 8);
  }
  return fbs::CreateOperator(
      builder_, op.opcode_index, inputs, outputs, type, options, custom,
      static_cast<fbs::CustomOptionsFormat>(op.custom_options_format), mutating,
      intermediates, /*large_custom_options_offset=*/0,
      /*large_custom_options_size=*/0, type_2, options_2,
      op.debug_metadata_index);
}

Offset<fbs::SubGraph> Writer::WriteSubgraph(const Subgraph& subgraph) {
  const auto tensors =
      Always(Tables(subgraph.tensors,
                    [this](const Tensor& item) { return WriteTensor(item); }));
  const auto operators =
      Always(Tables(subgraph.operators, [this](const Operator& item) {
        return WriteOperator(item);
      }));
  const auto inputs = Always(subgraph.inputs);
  const auto outputs = Always(subgraph.outputs);
  const auto name = Text(subgraph.name);
  return fbs::CreateSubGraph(builder_, tensors, inputs, outputs, operators,
                             name, subgraph.debug_metadata_index);
}

Offset<fbs::SignatureDef> Writer::WriteSignature(
    const SignatureDef& signature) {
  const auto write_map = [this](const TensorMap& map) {
    const auto name = Text(map.name);
    return fbs::CreateTensorMap(builder_, name, map.tensor_index);
  };
  const auto inputs = IfAny(Tables(signature.inputs, write_map));
  const auto outputs = IfAny(Tables(signature.outputs, write_map));
  const auto key = Text(signature.signature_key);
  return fbs::CreateSignatureDef(builder_, inputs, outputs, key,
                                 signature.subgraph_index);
}

std::vector<uint8_t> Writer::Write(const Model& model) {
  // The builder works from the file's end to its start: what is written first
  // comes last. Data last keeps the offsets within the structure short.
  // Buffers that share their bytes in memory share them in the file too, so
  // that a file whose buffers do so does not grow.
  std::map<DataKey, Offset<Vector<uint8_t>>> written;
  const auto buffers = Always(Tables(model.buffers, [&](const Buffer& buffer) {
    if (buffer.data.empty()) return fbs::CreateBuffer(builder_);
    Offset<Vector<uint8_t>>& data = written[KeyOf(buffer.data)];
    if (data.IsNull()) data = Bytes(buffer.data.bytes(), kDataAlignment);
    return fbs::CreateBuffer(builder_, data);
  }));
  const auto codes =
      Always(Tables(model.operator_codes, [this](const OperatorCode& code) {
        const auto custom_code = Text(code.custom_code);
        return fbs::CreateOperatorCode(
            builder_, code.deprecated_builtin_code, custom_code, code.version,
            static_cast<fbs::BuiltinOperator>(code.builtin_code));
      }));
  const auto subgraphs =
      Always(Tables(model.subgraphs, [this](const Subgraph& item) {
        return WriteSubgraph(item);
      }));
  const auto description = Text(model.description);
  const auto metadata_buffer = IfAny(model.metadata_buffer);
  const auto metadata =
      IfAny(Tables(model.metadata, [this](const Metadata& item) {
        const auto name = Text(item.name);
        return fbs::CreateMetadata(builder_, name, item.buffer);
      }));
  const auto signatures =
      IfAny(Tables(model.signature_defs, [this](const SignatureDef& item) {
        return WriteSignature(item);
      }));
  const auto groups = IfAny(
      Tables(model.external_buffer_groups, [this](const std::string& item) {
        const auto name = Text(item);
        return fbs::CreateExternalBufferGroup(builder_, name);
      }));
  const auto externals =
      IfAny(Tables(model.external_buffers, [this](const ExternalBuffer& item) {
        const auto packing = Text(item.packing);
        return fbs::CreateExternalBuffer(builder_, item.id, item.group,
                                         item.offset, item.length, packing);
      }));
  const auto root = fbs::CreateModel(builder_, model.version, codes, subgraphs,
                                     description, buffers, metadata_buffer,
                                     metadata, signatures, groups, externals);
  fbs::FinishModelBuffer(builder_, root);
  const uint8_t* bytes = builder_.GetBufferPointer();
  return {bytes, bytes + builder_.GetSize()};
}

}  // namespace

Result<std::vector<uint8_t>> WriteTflite(const Model& model) {
  const int64_t bound = BoundOf(model);
  if (bound > kMaxFileBytes) {
    return Fail(ErrorCode::kUnsupported,
                "the model does not fit into a TFLite file of 2 GiB");
  }
  return Writer(static_cast<size_t>(bound)).Write(model);
}

}  // namespace tinyml
