#include "formats/tflite/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <utility>

#include "base/error.h"
#include "base/macros.h"
#include "formats/tflite/copy.h"
#include "formats/tflite/expansion_budget.h"
#include "formats/tflite/identify.h"
#include "formats/tflite/options_conversion.h"
#include "formats/tflite/schema_walk.h"
#include "formats/tflite/tflite_generated.h"

namespace tinyml {
namespace {

// The strictest alignment that the format asks of anything in it.
constexpr size_t kFileAlignment = 16;

// What is copied out of a file may take this much memory. Structs are at most
// ten times their size in the file; the rest is for objects shared on purpose.
constexpr uint64_t kBudgetBase = uint64_t{32} << 20;
constexpr uint64_t kBudgetPerByte = 16;
constexpr uint64_t kBudgetMost = uint64_t{256} << 20;

// FlatBuffers are at most this long; data may follow in the same file. Source:
// flatbuffers 2.0.8, base.h, FLATBUFFERS_MAX_BUFFER_SIZE, less one because the
// verifier asserts that the size is below it.
constexpr size_t kMaxFlatBufferBytes = FLATBUFFERS_MAX_BUFFER_SIZE - 1;

// An offset below this means that the data are not outside the FlatBuffer.
// Source: tflite-micro 90b983c2b3f1, schema.fbs, table Buffer.
constexpr uint64_t kFirstOutsideOffset = 2;

// Returns `file`, copied if it does not lie at a multiple of kFileAlignment.
SharedBytes Aligned(SharedBytes file) {
  const auto address = reinterpret_cast<uintptr_t>(file.bytes.data());
  if (address % kFileAlignment == 0) return file;
  static constexpr std::align_val_t kAlignment{kFileAlignment};
  const size_t size = file.bytes.size();
  auto* copy = static_cast<uint8_t*>(::operator new(size, kAlignment));
  std::shared_ptr<const void> owner(copy, [](const void* memory) {
    ::operator delete(const_cast<void*>(memory), kAlignment);
  });
  std::memcpy(copy, file.bytes.data(), size);
  return {std::move(owner), std::span<const uint8_t>(copy, size)};
}

class Converter {
 public:
  Converter(SharedBytes file, ReadReport* report)
      : file_(std::move(file)),
        report_(report),
        budget_(std::min(kBudgetMost,
                         kBudgetBase + kBudgetPerByte * file_.bytes.size())) {}

  Result<Model> Convert(const fbs::Model& from);

 private:
  // Appends one converted item for each of `from`, as far as the budget lasts.
  template <typename To, typename From, typename Function>
  void ConvertEach(const flatbuffers::Vector<flatbuffers::Offset<From>>* from,
                   std::vector<To>& to, Function convert) {
    if (from == nullptr || !budget_.Charge(from->size(), sizeof(To))) return;
    to.reserve(from->size());
    for (flatbuffers::uoffset_t i = 0; i < from->size(); ++i) {
      if (budget_.exhausted()) return;
      to.push_back(convert(*from->Get(i)));
    }
  }
  std::string Text(const flatbuffers::String* from) {
    return CopyString(from, budget_);
  }
  template <typename To, typename From>
  std::vector<To> Copy(const flatbuffers::Vector<From>* from) {
    return CopyVector<To>(from, budget_);
  }

  // The word after `from`, if the file has one.
  FileWord WordAfter(const flatbuffers::Vector<int32_t>* from) const {
    FileWord word;
    if (from == nullptr) return word;
    const uint8_t* end = from->Data() + from->size() * sizeof(int32_t);
    const uint8_t* file_end = file_.bytes.data() + file_.bytes.size();
    if (file_end - end >= static_cast<ptrdiff_t>(sizeof(int32_t))) {
      word.value = flatbuffers::ReadScalar<int32_t>(end);
    }
    return word;
  }

  // A view of `from`, which stays in the file.
  BufferData View(const flatbuffers::Vector<uint8_t>& from) const {
    return {file_.owner, std::span(from.data(), from.size())};
  }
  // A view of a place in the file that is addressed by offset and size.
  Result<BufferData> Outside(uint64_t offset, uint64_t size,
                             std::string_view what) const;
  void Warn(std::string sentence) {
    if (report_ == nullptr) return;
    constexpr size_t kMostWarnings = 20;
    if (report_->warnings.size() < kMostWarnings) {
      report_->warnings.push_back(std::move(sentence));
    }
  }

  Result<Buffer> ConvertBuffer(const fbs::Buffer& from, size_t index);
  std::optional<Quantization> ConvertQuantization(
      const fbs::QuantizationParameters* from);
  SparseIndexVector ConvertIndices(fbs::SparseIndexVector type,
                                   const void* from);
  SparseDimension ConvertDimension(const fbs::DimensionMetadata& from);
  std::optional<Sparsity> ConvertSparsity(const fbs::SparsityParameters* from);
  Tensor ConvertTensor(const fbs::Tensor& from);
  Result<Operator> ConvertOperator(const fbs::Operator& from, size_t subgraph,
                                   size_t index);
  Result<Subgraph> ConvertSubgraph(const fbs::SubGraph& from, size_t index);
  SignatureDef ConvertSignature(const fbs::SignatureDef& from);

  SharedBytes file_;
  ReadReport* report_;
  ExpansionBudget budget_;
};

Result<BufferData> Converter::Outside(uint64_t offset, uint64_t size,
                                      std::string_view what) const {
  const uint64_t file_size = file_.bytes.size();
  if (offset > file_size || size > file_size - offset) {
    return FailAbout({}, what, ErrorCode::kInvalid,
                     fmt::format("its {} bytes at offset {} lie outside the "
                                 "file of {} bytes",
                                 size, offset, file_size));
  }
  return BufferData(file_.owner, file_.bytes.subspan(offset, size));
}

Result<Buffer> Converter::ConvertBuffer(const fbs::Buffer& from, size_t index) {
  Buffer to;
  const bool is_outside = from.offset() >= kFirstOutsideOffset;
  if (from.data() != nullptr && from.data()->size() > 0) {
    to.data = View(*from.data());
    if (is_outside) {
      Warn(
          fmt::format("buffer {} has data both inside and outside the "
                      "FlatBuffer; those inside are used",
                      index));
    }
  } else if (is_outside) {
    TINYML_ASSIGN_OR_RETURN(to.data, Outside(from.offset(), from.size(),
                                             fmt::format("buffer {}", index)));
    to.outside_flatbuffer = !to.data.empty();
  }
  return to;
}

std::optional<Quantization> Converter::ConvertQuantization(
    const fbs::QuantizationParameters* from) {
  if (from == nullptr) return std::nullopt;
  Quantization to;
  to.min = Copy<float>(from->min());
  to.max = Copy<float>(from->max());
  to.scale = Copy<float>(from->scale());
  to.zero_point = Copy<int64_t>(from->zero_point());
  to.quantized_dimension = from->quantized_dimension();
  if (const auto* custom = from->details_as_CustomQuantization()) {
    to.details = CustomQuantization{Copy<uint8_t>(custom->custom())};
  } else if (const auto* block = from->details_as_BlockwiseQuantization()) {
    to.details = BlockwiseQuantization{block->scales(), block->zero_points(),
                                       block->block_size()};
  } else if (const auto* axes = from->details_as_MultiAxisQuantization()) {
    to.details = MultiAxisQuantization{
        axes->scales(), axes->zero_points(), axes->block_size(),
        Copy<int32_t>(axes->quantized_dimensions())};
  }
  return to;
}

SparseIndexVector Converter::ConvertIndices(fbs::SparseIndexVector type,
                                            const void* from) {
  if (from == nullptr) return {};
  switch (type) {
    case fbs::SparseIndexVector::Int32Vector:
      return Copy<int32_t>(
          static_cast<const fbs::Int32Vector*>(from)->values());
    case fbs::SparseIndexVector::Uint16Vector:
      return Copy<uint16_t>(
          static_cast<const fbs::Uint16Vector*>(from)->values());
    case fbs::SparseIndexVector::Uint8Vector:
      return Copy<uint8_t>(
          static_cast<const fbs::Uint8Vector*>(from)->values());
    case fbs::SparseIndexVector::NONE:
      break;
  }
  return {};
}

SparseDimension Converter::ConvertDimension(
    const fbs::DimensionMetadata& from) {
  return {.sparse_csr = from.format() == fbs::DimensionType::SPARSE_CSR,
          .dense_size = from.dense_size(),
          .array_segments =
              ConvertIndices(from.array_segments_type(), from.array_segments()),
          .array_indices =
              ConvertIndices(from.array_indices_type(), from.array_indices())};
}

std::optional<Sparsity> Converter::ConvertSparsity(
    const fbs::SparsityParameters* from) {
  if (from == nullptr) return std::nullopt;
  Sparsity to;
  to.traversal_order = Copy<int32_t>(from->traversal_order());
  to.block_map = Copy<int32_t>(from->block_map());
  ConvertEach(from->dim_metadata(), to.dimensions,
              [this](const auto& item) { return ConvertDimension(item); });
  return to;
}

Tensor Converter::ConvertTensor(const fbs::Tensor& from) {
  Tensor to;
  to.name = Text(from.name());
  to.type = static_cast<TensorType>(from.type());
  to.shape = Copy<int32_t>(from.shape());
  to.word_after_shape = WordAfter(from.shape());
  to.shape_signature = Copy<int32_t>(from.shape_signature());
  to.has_rank = from.has_rank();
  to.buffer = from.buffer();
  to.quantization = ConvertQuantization(from.quantization());
  to.is_variable = from.is_variable();
  to.sparsity = ConvertSparsity(from.sparsity());
  ConvertEach(from.variant_tensors(), to.variant_tensors,
              [this](const fbs::VariantSubType& item) {
                return VariantSubType{
                    .shape = Copy<int32_t>(item.shape()),
                    .type = static_cast<TensorType>(item.type()),
                    .has_rank = item.has_rank()};
              });
  to.external_buffer = from.external_buffer();
  return to;
}

Result<Operator> Converter::ConvertOperator(const fbs::Operator& from,
                                            size_t subgraph, size_t index) {
  Operator to;
  to.opcode_index = from.opcode_index();
  to.inputs = Copy<int32_t>(from.inputs());
  to.outputs = Copy<int32_t>(from.outputs());
  to.intermediates = Copy<int32_t>(from.intermediates());
  to.mutating_variable_inputs = Copy<bool>(from.mutating_variable_inputs());
  to.options = ReadOptions1(from, budget_);
  to.options_2 = ReadOptions2(from, budget_);
  to.custom_options_format = static_cast<int8_t>(from.custom_options_format());
  to.debug_metadata_index = from.debug_metadata_index();
  if (from.custom_options() != nullptr) {
    to.custom_options = View(*from.custom_options());
  } else if (from.large_custom_options_offset() >= kFirstOutsideOffset) {
    TINYML_ASSIGN_OR_RETURN(
        to.custom_options,
        Outside(from.large_custom_options_offset(),
                from.large_custom_options_size(),
                fmt::format("subgraph {}, operator {}: custom options",
                            subgraph, index)));
    Warn(
        fmt::format("subgraph {}, operator {}: its custom options lie outside "
                    "the FlatBuffer, where the runtime does not read them",
                    subgraph, index));
  }
  return to;
}

Result<Subgraph> Converter::ConvertSubgraph(const fbs::SubGraph& from,
                                            size_t index) {
  Subgraph to;
  to.name = Text(from.name());
  to.inputs = Copy<int32_t>(from.inputs());
  to.outputs = Copy<int32_t>(from.outputs());
  to.debug_metadata_index = from.debug_metadata_index();
  ConvertEach(from.tensors(), to.tensors,
              [this](const auto& item) { return ConvertTensor(item); });
  const auto* operators = from.operators();
  if (operators == nullptr ||
      !budget_.Charge(operators->size(), sizeof(Operator))) {
    return to;
  }
  to.operators.reserve(operators->size());
  for (flatbuffers::uoffset_t i = 0; i < operators->size(); ++i) {
    if (budget_.exhausted()) break;
    TINYML_ASSIGN_OR_RETURN(Operator op,
                            ConvertOperator(*operators->Get(i), index, i));
    to.operators.push_back(std::move(op));
  }
  return to;
}

SignatureDef Converter::ConvertSignature(const fbs::SignatureDef& from) {
  const auto convert_map = [this](const fbs::TensorMap& item) {
    return TensorMap{Text(item.name()), item.tensor_index()};
  };
  SignatureDef to;
  ConvertEach(from.inputs(), to.inputs, convert_map);
  ConvertEach(from.outputs(), to.outputs, convert_map);
  to.signature_key = Text(from.signature_key());
  to.subgraph_index = from.subgraph_index();
  return to;
}

Result<Model> Converter::Convert(const fbs::Model& from) {
  Model to;
  to.version = from.version();
  to.description = Text(from.description());
  ConvertEach(from.operator_codes(), to.operator_codes,
              [this](const fbs::OperatorCode& item) {
                return OperatorCode{
                    item.deprecated_builtin_code(),
                    static_cast<BuiltinOperator>(item.builtin_code()),
                    Text(item.custom_code()), item.version()};
              });
  if (const auto* subgraphs = from.subgraphs()) {
    for (flatbuffers::uoffset_t i = 0; i < subgraphs->size(); ++i) {
      if (!budget_.Charge(1, 2 * sizeof(Subgraph))) break;
      TINYML_ASSIGN_OR_RETURN(Subgraph subgraph,
                              ConvertSubgraph(*subgraphs->Get(i), i));
      to.subgraphs.push_back(std::move(subgraph));
    }
  }
  if (const auto* buffers = from.buffers();
      buffers != nullptr && budget_.Charge(buffers->size(), sizeof(Buffer))) {
    to.buffers.reserve(buffers->size());
    for (flatbuffers::uoffset_t i = 0; i < buffers->size(); ++i) {
      TINYML_ASSIGN_OR_RETURN(Buffer buffer,
                              ConvertBuffer(*buffers->Get(i), i));
      to.buffers.push_back(std::move(buffer));
    }
  }
  to.metadata_buffer = Copy<int32_t>(from.metadata_buffer());
  ConvertEach(from.metadata(), to.metadata, [this](const fbs::Metadata& item) {
    return Metadata{Text(item.name()), item.buffer()};
  });
  ConvertEach(from.signature_defs(), to.signature_defs,
              [this](const auto& item) { return ConvertSignature(item); });
  ConvertEach(from.external_buffer_groups(), to.external_buffer_groups,
              [this](const fbs::ExternalBufferGroup& item) {
                return Text(item.name());
              });
  ConvertEach(from.external_buffers(), to.external_buffers,
              [this](const fbs::ExternalBuffer& item) {
                return ExternalBuffer{item.id(), item.group(), item.offset(),
                                      item.length(), Text(item.packing())};
              });
  if (budget_.exhausted()) {
    return Fail(ErrorCode::kInvalid,
                "the file's parts are used again so often that the model would "
                "take too much memory");
  }
  return to;
}

std::string Misalignment(const SchemaWalkResult& walk) {
  return fmt::format(
      "{} of 8-byte numbers {} at a multiple of 4 bytes in the file, not of 8 "
      "as "
      "the format requires (the first is {}): 32-bit cores read them all the "
      "same, other tools may refuse the file; 'tinyml convert' aligns them",
      walk.misaligned == 1
          ? "1 vector or field"
          : fmt::format("{} vectors or fields", walk.misaligned),
      walk.misaligned == 1 ? "lies" : "lie", walk.first_misaligned);
}

Result<Model> ReadContent(SharedBytes file, ReadReport* report) {
  if (IdentifyContent(file.bytes) != ContentKind::kTflite) {
    return Fail(ErrorCode::kInvalid, DescribeForeignContent(file.bytes));
  }
  file = Aligned(std::move(file));
  const auto flatbuffer =
      file.bytes.first(std::min(file.bytes.size(), kMaxFlatBufferBytes));
  // The walk judges alignment, which the verifier has no exception for, and so
  // comes first: without that check the verifier takes what is misaligned for
  // tables.
  SchemaWalkResult walk = WalkSchema(flatbuffer);
  flatbuffers::Verifier verifier(flatbuffer.data(), flatbuffer.size(),
                                 kMaxTableDepth, kMaxTables,
                                 /*check_alignment=*/false);
  if (walk.fault || !fbs::VerifyModelBuffer(verifier)) {
    return Fail(ErrorCode::kInvalid,
                "the file is damaged or cut short: " +
                    walk.fault.value_or("its FlatBuffer is not well-formed"));
  }
  if (report != nullptr) {
    report->dropped = std::move(walk.unknown);
    report->misaligned = walk.misaligned > 0;
    if (report->misaligned) report->warnings.push_back(Misalignment(walk));
  }
  Converter converter(file, report);
  TINYML_ASSIGN_OR_RETURN(Model model,
                          converter.Convert(*fbs::GetModel(flatbuffer.data())));
  TINYML_RETURN_IF_ERROR(ValidateModel(model));
  return model;
}

}  // namespace

Result<Model> ReadTflite(SharedBytes file, std::string_view name,
                         ReadReport* report) {
  Result<Model> model = ReadContent(std::move(file), report);
  if (!model) return Fail(InFile(std::string(name), std::move(model.error())));
  return model;
}

}  // namespace tinyml
