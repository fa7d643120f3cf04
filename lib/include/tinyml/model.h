// The in-memory model: what a .tflite file says, as plain values.
//
// A Model owns everything it holds; tensor data is shared, immutable bytes that
// may lie in the mapped file. Models are values: copies share data (buffers)
// and are independent in structure. Reading a const Model from several threads
// is safe; changing one while another thread uses it is not.
//
// Shapes are in the file's order; for images that is NHWC. Numbers of the enums
// are those of the TFLite format (schema version 3).
#ifndef TINYML_MODEL_H_
#define TINYML_MODEL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/operator_id.h"
#include "tinyml/operators.h"
#include "tinyml/status.h"

namespace tinyml {

// Index of a tensor within its subgraph; kNoTensor marks an omitted input.
using TensorIndex = int32_t;
inline constexpr TensorIndex kNoTensor = -1;

enum class TensorType : int8_t {
  kFloat32 = 0,
  kFloat16 = 1,
  kInt32 = 2,
  kUInt8 = 3,
  kInt64 = 4,
  kString = 5,
  kBool = 6,
  kInt16 = 7,
  kComplex64 = 8,
  kInt8 = 9,
  kFloat64 = 10,
  kComplex128 = 11,
  kUInt64 = 12,
  kResource = 13,
  kVariant = 14,
  kUInt32 = 15,
  kUInt16 = 16,
  kInt4 = 17,
  kBFloat16 = 18,
  kInt2 = 19,
  kUInt4 = 20,
  kFloat8E4M3FN = 21,
  kFloat8E5M2 = 22,
};

// Returns the lower-case name of the type ("int8"), or "type 99".
TINYML_API std::string TensorTypeName(TensorType type);

// Returns the width of one element in bits, or 0 if it has no fixed width
// (strings, variants) or the type is unknown.
TINYML_API int TensorTypeBits(TensorType type);

// Immutable bytes with shared ownership: the content of a buffer.
class TINYML_API BufferData {
 public:
  BufferData() = default;
  // A view into memory that `owner` keeps alive.
  BufferData(std::shared_ptr<const void> owner, std::span<const uint8_t> view)
      : owner_(std::move(owner)), view_(view) {}
  // Takes ownership of `bytes`.
  explicit BufferData(std::vector<uint8_t> bytes);

  std::span<const uint8_t> bytes() const { return view_; }
  bool empty() const { return view_.empty(); }
  size_t size() const { return view_.size(); }

  friend bool operator==(const BufferData& a, const BufferData& b) {
    return a.view_.size() == b.view_.size() &&
           std::equal(a.view_.begin(), a.view_.end(), b.view_.begin());
  }

 private:
  std::shared_ptr<const void> owner_;
  std::span<const uint8_t> view_;
};

// Scales per block of `block_size` elements, kept in other tensors.
struct BlockwiseQuantization {
  int32_t scales = 0;       // Tensor index.
  int32_t zero_points = 0;  // Tensor index.
  int32_t block_size = 0;   // Elements.
  friend bool operator==(const BlockwiseQuantization&,
                         const BlockwiseQuantization&) = default;
};

struct MultiAxisQuantization {
  int32_t scales = 0;       // Tensor index.
  int32_t zero_points = 0;  // Tensor index.
  int32_t block_size = 0;   // Elements.
  std::vector<int32_t> quantized_dimensions;
  friend bool operator==(const MultiAxisQuantization&,
                         const MultiAxisQuantization&) = default;
};

struct CustomQuantization {
  std::vector<uint8_t> custom;
  friend bool operator==(const CustomQuantization&,
                         const CustomQuantization&) = default;
};

// real = scale * (quantized - zero_point); one scale, or one for each index
// along `quantized_dimension`. Source: the format's QuantizationParameters.
struct Quantization {
  std::vector<float> min;
  std::vector<float> max;
  std::vector<float> scale;
  std::vector<int64_t> zero_point;
  int32_t quantized_dimension = 0;
  std::variant<std::monostate, CustomQuantization, BlockwiseQuantization,
               MultiAxisQuantization>
      details;

  // Whether it has both scales and zero points, which is when the runtime
  // treats a tensor as quantized.
  bool IsAffine() const { return !scale.empty() && !zero_point.empty(); }
  // Compares floats by bits, so that a file's NaN equals itself when read
  // again.
  friend TINYML_API bool operator==(const Quantization& a,
                                    const Quantization& b);
};

// One index array of a sparse dimension, in the width that the file uses.
using SparseIndexVector =
    std::variant<std::monostate, std::vector<int32_t>, std::vector<uint16_t>,
                 std::vector<uint8_t>>;

struct SparseDimension {
  bool sparse_csr = false;  // Otherwise dense.
  int32_t dense_size = 0;
  SparseIndexVector array_segments;
  SparseIndexVector array_indices;
  friend bool operator==(const SparseDimension&,
                         const SparseDimension&) = default;
};

struct Sparsity {
  std::vector<int32_t> traversal_order;
  std::vector<int32_t> block_map;
  std::vector<SparseDimension> dimensions;
  friend bool operator==(const Sparsity&, const Sparsity&) = default;
};

struct VariantSubType {
  std::vector<int32_t> shape;
  TensorType type = TensorType::kFloat32;
  bool has_rank = false;
  friend bool operator==(const VariantSubType&,
                         const VariantSubType&) = default;
};

// A word of the file that is not part of the model: all compare equal.
struct FileWord {
  int32_t value = 0;
  friend bool operator==(const FileWord&, const FileWord&) { return true; }
};

struct Tensor {
  std::string name;
  TensorType type = TensorType::kFloat32;
  std::vector<int32_t> shape;            // Empty: a scalar.
  std::vector<int32_t> shape_signature;  // As shape, -1 where it may vary.
  bool has_rank = false;
  uint32_t buffer = 0;  // Index into Model::buffers; 0 is the empty buffer.
  std::optional<Quantization> quantization;
  bool is_variable = false;
  std::optional<Sparsity> sparsity;
  std::vector<VariantSubType> variant_tensors;
  uint32_t external_buffer = 0;
  // What the file has after the shape, where one kernel looks for a dimension.
  // 0 in a model that was not read from a file.
  FileWord word_after_shape;
  friend bool operator==(const Tensor&, const Tensor&) = default;
};

// The options table of an operator: an immutable value, one of the structs of
// tinyml/options.h (which also has MakeOptions()).
class OptionsBase;
class TINYML_API OperatorOptions {
 public:
  OperatorOptions() = default;
  explicit OperatorOptions(std::shared_ptr<const OptionsBase> table)
      : table_(std::move(table)) {}

  bool has_value() const { return table_ != nullptr; }
  // Name of the format's options table ("Conv2DOptions"), or "" for none.
  std::string_view TypeName() const;
  const OptionsBase* get() const { return table_.get(); }

  // Returns the table if it is a T of tinyml/options.h, otherwise null. It
  // lives as long as any copy of these options. Defined in tinyml/options.h.
  template <typename T>
  const T* As() const;

  // Compares type and every field; floats by bits.
  friend TINYML_API bool operator==(const OperatorOptions& a,
                                    const OperatorOptions& b);

 private:
  std::shared_ptr<const OptionsBase> table_;
};

struct OperatorCode {
  // The number before the format outgrew a byte; older files have only this.
  int8_t deprecated_builtin_code = 0;
  BuiltinOperator builtin_code = BuiltinOperator::kAdd;
  std::string custom_code;
  int32_t version = 1;

  // The operator meant, by the format's rule: the larger of the two numbers.
  // Source: tflite-micro 90b983c2b3f1, tensorflow/compiler/mlir/lite/schema/
  // schema_utils.cc, GetBuiltinCode.
  BuiltinOperator Code() const {
    const auto old = static_cast<int32_t>(deprecated_builtin_code);
    const auto now = static_cast<int32_t>(builtin_code);
    return static_cast<BuiltinOperator>(old > now ? old : now);
  }
  friend bool operator==(const OperatorCode&, const OperatorCode&) = default;
};

struct Operator {
  uint32_t opcode_index = 0;  // Index into Model::operator_codes.
  std::vector<TensorIndex> inputs;
  std::vector<TensorIndex> outputs;
  std::vector<TensorIndex> intermediates;
  std::vector<bool> mutating_variable_inputs;
  OperatorOptions options;    // The format's first union of options.
  OperatorOptions options_2;  // The second one (StableHLO and later).
  // Options of a custom operator; often a FlexBuffer map.
  std::optional<BufferData> custom_options;
  int8_t custom_options_format = 0;
  int32_t debug_metadata_index = -1;
  friend bool operator==(const Operator&, const Operator&) = default;
};

struct Subgraph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<TensorIndex> inputs;
  std::vector<TensorIndex> outputs;
  std::vector<Operator> operators;
  int32_t debug_metadata_index = -1;
  friend bool operator==(const Subgraph&, const Subgraph&) = default;
};

struct Buffer {
  BufferData data;
  // The bytes lay past the FlatBuffer's end, addressed by offset. The runtime
  // does not read such buffers; the writer puts them inside. Not compared.
  bool outside_flatbuffer = false;
  friend bool operator==(const Buffer& a, const Buffer& b) {
    return a.data == b.data;
  }
};

struct Metadata {
  std::string name;
  uint32_t buffer = 0;
  friend bool operator==(const Metadata&, const Metadata&) = default;
};

struct TensorMap {
  std::string name;
  uint32_t tensor_index = 0;
  friend bool operator==(const TensorMap&, const TensorMap&) = default;
};

struct SignatureDef {
  std::vector<TensorMap> inputs;
  std::vector<TensorMap> outputs;
  std::string signature_key;
  uint32_t subgraph_index = 0;
  friend bool operator==(const SignatureDef&, const SignatureDef&) = default;
};

struct ExternalBuffer {
  uint32_t id = 0;
  uint32_t group = 0;
  uint64_t offset = 0;
  uint64_t length = 0;
  std::string packing;
  friend bool operator==(const ExternalBuffer&,
                         const ExternalBuffer&) = default;
};

struct Model {
  uint32_t version = 3;
  std::string description;
  std::vector<OperatorCode> operator_codes;
  std::vector<Subgraph> subgraphs;
  std::vector<Buffer> buffers;
  std::vector<int32_t> metadata_buffer;
  std::vector<Metadata> metadata;
  std::vector<SignatureDef> signature_defs;
  std::vector<std::string> external_buffer_groups;
  std::vector<ExternalBuffer> external_buffers;

  const OperatorCode& CodeOf(const Operator& op) const {
    return operator_codes[op.opcode_index];
  }
  // The bytes of a tensor's buffer; empty for activations.
  std::span<const uint8_t> DataOf(const Tensor& tensor) const {
    return buffers[tensor.buffer].data.bytes();
  }
  friend bool operator==(const Model&, const Model&) = default;
};

// Number of elements of `shape`, or nothing if a dimension is negative or the
// product does not fit.
TINYML_API std::optional<int64_t> ElementCount(std::span<const int32_t> shape);

// Bytes of a tensor's data as the format stores it (int4: two to a byte), or
// nothing if ElementCount has none or the type has no width.
TINYML_API std::optional<int64_t> StoredBytes(TensorType type,
                                              std::span<const int32_t> shape);

// "CONV_2D", or the custom code of a custom operator.
TINYML_API std::string OperatorName(const Model& model, const Operator& op);

// "subgraph 0, operator 3 (CONV_2D)": how messages name an operator.
TINYML_API std::string DescribeOperator(const Model& model, OperatorId op);

// Checks every index, shape, type, buffer length, arity, options table and
// quantization vector. Returns kInvalid with one sentence for the first fault.
TINYML_API Status ValidateModel(const Model& model);

}  // namespace tinyml

#endif  // TINYML_MODEL_H_
