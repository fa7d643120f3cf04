#include "tests/support/models.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "tinyml/options.h"

// Designated initialisers leave members out on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace tinyml::testing {
namespace {

Tensor Int8Tensor(std::string name, std::vector<int32_t> shape) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.type = TensorType::kInt8;
  tensor.shape = std::move(shape);
  tensor.quantization = Quantization{.scale = {0.5f}, .zero_point = {-1}};
  return tensor;
}

Subgraph ReluSubgraph(std::string name) {
  Subgraph subgraph;
  subgraph.name = std::move(name);
  subgraph.tensors = {Int8Tensor("x", {1, 4, 4, 8}),
                      Int8Tensor("y", {1, 4, 4, 8})};
  subgraph.inputs = {0};
  subgraph.outputs = {1};
  Operator relu;
  relu.opcode_index = 2;
  relu.inputs = {0};
  relu.outputs = {1};
  subgraph.operators = {relu};
  return subgraph;
}

Buffer BufferOf(std::vector<uint8_t> bytes) {
  return {.data = BufferData(std::move(bytes))};
}

OperatorCode CodeFor(BuiltinOperator code, std::string custom = "") {
  OperatorCode out;
  out.deprecated_builtin_code = static_cast<int8_t>(code);
  out.builtin_code = code;
  out.custom_code = std::move(custom);
  return out;
}

}  // namespace

Model GoodModel() {
  Model model;
  model.description = "made for tests";
  model.operator_codes = {CodeFor(BuiltinOperator::kConv2D),
                          CodeFor(BuiltinOperator::kIf),
                          CodeFor(BuiltinOperator::kRelu),
                          CodeFor(BuiltinOperator::kCustom, "Thing")};

  Subgraph main;
  main.name = "main";
  main.tensors = {
      Int8Tensor("input", {1, 4, 4, 3}), Int8Tensor("filter", {8, 1, 1, 3}),
      Int8Tensor("bias", {8}),           Int8Tensor("features", {1, 4, 4, 8}),
      Int8Tensor("cond", {1}),           Int8Tensor("chosen", {1, 4, 4, 8}),
      Int8Tensor("output", {1, 4, 4, 8})};
  main.tensors[1].buffer = 1;
  main.tensors[1].quantization =
      Quantization{.scale = std::vector<float>(8, 0.25f),
                   .zero_point = std::vector<int64_t>(8, 0),
                   .quantized_dimension = 0};
  main.tensors[2].type = TensorType::kInt32;
  main.tensors[2].buffer = 2;
  main.tensors[2].quantization.reset();
  main.tensors[4].type = TensorType::kBool;
  main.tensors[4].buffer = 3;
  main.tensors[4].quantization.reset();
  main.inputs = {0};
  main.outputs = {6};

  Operator conv;
  conv.opcode_index = 0;
  conv.inputs = {0, 1, 2};
  conv.outputs = {3};
  conv.options = MakeOptions(Conv2DOptions{.stride_w = 1, .stride_h = 1});
  Operator choose;
  choose.opcode_index = 1;
  choose.inputs = {4, 3};
  choose.outputs = {5};
  choose.options = MakeOptions(
      IfOptions{.then_subgraph_index = 1, .else_subgraph_index = 2});
  Operator custom;
  custom.opcode_index = 3;
  custom.inputs = {5};
  custom.outputs = {6};
  custom.custom_options = BufferData(std::vector<uint8_t>{1, 2, 3});
  main.operators = {conv, choose, custom};
  model.subgraphs = {main, ReluSubgraph("then"), ReluSubgraph("else")};

  // The plan: version 1, subgraph 0, two offsets.
  model.buffers = {
      Buffer{}, BufferOf(std::vector<uint8_t>(24, 7)),
      BufferOf(std::vector<uint8_t>(32, 0)), BufferOf({1}),
      BufferOf({1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0})};
  model.metadata = {{"OfflineMemoryAllocation", 4}};
  model.signature_defs = {{.inputs = {{"in", 0}},
                           .outputs = {{"out", 6}},
                           .signature_key = "serve",
                           .subgraph_index = 0}};
  model.external_buffer_groups = {"weights.bin"};
  model.external_buffers = {
      {.id = 5, .group = 0, .offset = 64, .length = 128, .packing = "plain"}};
  return model;
}

Tensor SparseTensor() {
  Tensor tensor = Int8Tensor("sparse", {2, 4});
  tensor.buffer = 1;
  Sparsity sparsity;
  sparsity.traversal_order = {0, 1};
  sparsity.dimensions = {{.dense_size = 2},
                         {.sparse_csr = true,
                          .array_segments = std::vector<uint8_t>{0, 2, 2},
                          .array_indices = std::vector<uint16_t>{1, 3}}};
  tensor.sparsity = sparsity;
  return tensor;
}

std::vector<std::string> TfliteFilesIn(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".tflite") {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace tinyml::testing
