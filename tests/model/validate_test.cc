// Each case breaks one thing in a sound model and expects one sentence.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/support/models.h"
#include "tinyml/model.h"
#include "tinyml/options.h"

// Designated initialisers leave members out on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace tinyml {
namespace {

using testing::GoodModel;
using testing::SparseTensor;

struct Fault {
  const char* name;
  void (*make)(Model& model);
  const char* sentence;
};

Tensor& T(Model& model, size_t index) {
  return model.subgraphs[0].tensors[index];
}
Operator& Op(Model& model, size_t index) {
  return model.subgraphs[0].operators[index];
}
Sparsity& AddSparse(Model& model) {
  model.subgraphs[0].tensors.push_back(SparseTensor());
  return *model.subgraphs[0].tensors.back().sparsity;
}
OperatorOptions CallsIf(int32_t then_branch, int32_t else_branch) {
  return MakeOptions(IfOptions{.then_subgraph_index = then_branch,
                               .else_subgraph_index = else_branch});
}

const Fault kModelFaults[] = {
    {"Version", [](Model& m) { m.version = 2; },
     "the model has schema version 2, only version 3 is read"},
    {"NoSubgraph", [](Model& m) { m.subgraphs.clear(); },
     "the model has no subgraph"},
    {"UnknownOperator",
     [](Model& m) {
       m.operator_codes[0].builtin_code = static_cast<BuiltinOperator>(210);
     },
     "operator code 0: the format has no operator 210"},
    {"NegativeOperator",
     [](Model& m) {
       m.operator_codes[2].deprecated_builtin_code = -4;
       m.operator_codes[2].builtin_code = static_cast<BuiltinOperator>(-3);
     },
     "operator code 2: the format has no operator -3"},
    {"CustomWithoutName",
     [](Model& m) { m.operator_codes[3].custom_code.clear(); },
     "operator code 3: a custom operator has no name"},
    {"MetadataBuffer", [](Model& m) { m.metadata[0].buffer = 5; },
     "metadata 0 (OfflineMemoryAllocation): buffer 5 is out of range, the "
     "model "
     "has 5 buffers"},
    {"OldMetadataBuffer",
     [](Model& m) {
       m.metadata_buffer = {0, -2};
     },
     "metadata_buffer entry 1: buffer -2 is out of range, the model has 5 "
     "buffers"},
    {"OfflinePlanHead", [](Model& m) { m.metadata[0].buffer = 0; },
     "metadata 0 (OfflineMemoryAllocation): its buffer has 0 bytes, a plan has "
     "at least 12"},
    {"OfflinePlanLength",
     [](Model& m) {
       m.buffers[4].data = BufferData(std::vector<uint8_t>{
           1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 9, 9, 9, 9});
     },
     "metadata 0 (OfflineMemoryAllocation): its buffer has 16 bytes, a plan of "
     "3 offsets has 24"},
    {"SignatureSubgraph",
     [](Model& m) { m.signature_defs[0].subgraph_index = 3; },
     "signature 0 (serve): subgraph 3 is out of range, the model has 3 "
     "subgraphs"},
    {"SignatureInput",
     [](Model& m) { m.signature_defs[0].inputs[0].tensor_index = 70; },
     "signature 0 (serve): input in is tensor 70, which is out of range, "
     "subgraph 0 has 7 tensors"},
    {"SignatureOutput",
     [](Model& m) { m.signature_defs[0].outputs[0].tensor_index = 7; },
     "signature 0 (serve): output out is tensor 7, which is out of range, "
     "subgraph 0 has 7 tensors"},
    {"ExternalGroup", [](Model& m) { m.external_buffers[0].group = 1; },
     "external buffer 0: group 1 is out of range, the model has 1 groups"},
    {"ExternalBuffer", [](Model& m) { T(m, 3).external_buffer = 6; },
     "subgraph 0, tensor 3 (features): the model has no external buffer with "
     "id 6"},
    {"SubgraphInput", [](Model& m) { m.subgraphs[0].inputs[0] = -1; },
     "subgraph 0: input 0 is tensor -1, which is out of range, the subgraph "
     "has "
     "7 tensors"},
    {"SubgraphOutput", [](Model& m) { m.subgraphs[2].outputs[0] = 2; },
     "subgraph 2: output 0 is tensor 2, which is out of range, the subgraph "
     "has "
     "2 tensors"},
};

const Fault kTensorFaults[] = {
    {"Type", [](Model& m) { T(m, 0).type = static_cast<TensorType>(99); },
     "subgraph 0, tensor 0 (input): type 99 is not a type of the format"},
    {"NegativeType",
     [](Model& m) { T(m, 0).type = static_cast<TensorType>(-1); },
     "subgraph 0, tensor 0 (input): type -1 is not a type of the format"},
    {"Dimension", [](Model& m) { T(m, 0).shape[2] = -2; },
     "subgraph 0, tensor 0 (input): dimension 2 is -2"},
    {"TooManyElements",
     [](Model& m) {
       T(m, 0).shape = {1 << 30, 1 << 30, 1 << 30};
     },
     "subgraph 0, tensor 0 (input): its shape "
     "[1073741824,1073741824,1073741824] has too many elements"},
    {"TooManyBesideUnknown",
     [](Model& m) {
       T(m, 0).shape = {1 << 30, -1, 1 << 30};
     },
     "subgraph 0, tensor 0 (input): its shape [1073741824,-1,1073741824] has "
     "too many elements"},
    {"SignatureRank",
     [](Model& m) {
       T(m, 0).shape_signature = {-1, 4};
     },
     "subgraph 0, tensor 0 (input): its shape has 4 dimensions, its shape "
     "signature 2"},
    {"SignatureDimension",
     [](Model& m) {
       T(m, 0).shape_signature = {-1, 4, -3, 3};
     },
     "subgraph 0, tensor 0 (input): dimension 2 of its shape signature is -3"},
    {"Buffer", [](Model& m) { T(m, 0).buffer = 5; },
     "subgraph 0, tensor 0 (input): buffer 5 is out of range, the model has 5 "
     "buffers"},
    {"BufferLength", [](Model& m) { T(m, 2).shape = {7}; },
     "subgraph 0, tensor 2 (bias): its buffer 2 has 32 bytes, int32 [7] takes "
     "28"},
    {"Int4Length", [](Model& m) { T(m, 1).type = TensorType::kInt4; },
     "subgraph 0, tensor 1 (filter): its buffer 1 has 24 bytes, int4 [8,1,1,3] "
     "takes 12"},
    {"ConstantOfUnknownShape", [](Model& m) { T(m, 2).shape = {-1}; },
     "subgraph 0, tensor 2 (bias): it is constant, but dimension 0 is -1"},
    {"VariantType",
     [](Model& m) {
       T(m, 0).variant_tensors = {{.type = static_cast<TensorType>(50)}};
     },
     "subgraph 0, tensor 0 (input): variant 0 has type 50, which the format "
     "lacks"},
    {"ScaleNan",
     [](Model& m) { T(m, 1).quantization->scale[3] = std::nanf(""); },
     "subgraph 0, tensor 1 (filter): scale 3 is nan"},
    {"ScaleInfinite",
     [](Model& m) {
       T(m, 0).quantization->scale[0] = std::numeric_limits<float>::infinity();
     },
     "subgraph 0, tensor 0 (input): scale 0 is inf"},
    {"ScaleNegative", [](Model& m) { T(m, 0).quantization->scale[0] = -0.5f; },
     "subgraph 0, tensor 0 (input): scale 0 is -0.5"},
    {"QuantizedDimension",
     [](Model& m) { T(m, 1).quantization->quantized_dimension = 4; },
     "subgraph 0, tensor 1 (filter): its quantized dimension 4 is out of "
     "range, "
     "it has 4 dimensions"},
    {"NegativeQuantizedDimension",
     [](Model& m) { T(m, 1).quantization->quantized_dimension = -1; },
     "subgraph 0, tensor 1 (filter): its quantized dimension -1 is out of "
     "range, it has 4 dimensions"},
    {"ScaleCount", [](Model& m) { T(m, 1).quantization->scale.pop_back(); },
     "subgraph 0, tensor 1 (filter): it has 7 scales, dimension 0 has 8"},
    {"ZeroPointCount",
     [](Model& m) { T(m, 1).quantization->zero_point.pop_back(); },
     "subgraph 0, tensor 1 (filter): it has 7 zero points and 8 scales"},
    {"RangeCount",
     [](Model& m) {
       T(m, 0).quantization->min = {0.0f, 1.0f};
       T(m, 0).quantization->max = {2.0f};
     },
     "subgraph 0, tensor 0 (input): its range has 2 minima and 1 maxima"},
    {"BlockScales",
     [](Model& m) {
       T(m, 0).quantization->details = BlockwiseQuantization{.scales = 7};
     },
     "subgraph 0, tensor 0 (input): the tensor 7 of its block scales is out of "
     "range, the subgraph has 7 tensors"},
    {"BlockZeroPoints",
     [](Model& m) {
       T(m, 0).quantization->details = MultiAxisQuantization{
           .scales = -1, .zero_points = -2, .block_size = 4};
     },
     "subgraph 0, tensor 0 (input): the tensor -2 of its block zero points is "
     "out of range, the subgraph has 7 tensors"},
    {"BlockSize",
     [](Model& m) {
       T(m, 0).quantization->details = MultiAxisQuantization{.block_size = -4};
     },
     "subgraph 0, tensor 0 (input): its quantization has a block size of -4"},
    {"NameOfControlCharacters",
     [](Model& m) {
       T(m, 0).name = "a\nb" + std::string(100, 'c');
       T(m, 0).buffer = 9;
     },
     "subgraph 0, tensor 0 "
     "(a?bccccccccccccccccccccccccccccccccccccccccccccccccccccccccc...): "
     "buffer "
     "9 is out of range, the model has 5 buffers"},
};

const Fault kSparsityFaults[] = {
    {"SparseRank", [](Model& m) { AddSparse(m).traversal_order.push_back(2); },
     "subgraph 0, tensor 7 (sparse): its sparsity orders 3 and describes 2 "
     "dimensions, it has 2 with 0 blocked"},
    {"SparseOrder",
     [](Model& m) {
       AddSparse(m).traversal_order = {1, 1};
     },
     "subgraph 0, tensor 7 (sparse): the traversal order of its sparsity is "
     "not "
     "a permutation of 2 dimensions"},
    {"SparseOrderOfOthers",
     [](Model& m) {
       AddSparse(m).traversal_order = {0, 2};
     },
     "subgraph 0, tensor 7 (sparse): the traversal order of its sparsity is "
     "not a permutation of 2 dimensions"},
    {"SparseDimensions", [](Model& m) { AddSparse(m).dimensions.pop_back(); },
     "subgraph 0, tensor 7 (sparse): its sparsity orders 2 and describes 1 "
     "dimensions, it has 2 with 0 blocked"},
    {"SparseBlock",
     [](Model& m) {
       Sparsity& sparsity = AddSparse(m);
       sparsity.block_map = {2};
       sparsity.traversal_order = {0, 1, 2};
       sparsity.dimensions.push_back({.dense_size = 2});
     },
     "subgraph 0, tensor 7 (sparse): its sparsity blocks dimension 2, which is "
     "out of range, it has 2 dimensions"},
    {"SparseDenseSize",
     [](Model& m) { AddSparse(m).dimensions[0].dense_size = 0; },
     "subgraph 0, tensor 7 (sparse): dense dimension 0 of its sparsity has "
     "size "
     "0"},
    {"SparseTooLarge",
     [](Model& m) {
       Sparsity& sparsity = AddSparse(m);
       for (size_t i : {0, 1}) {
         sparsity.dimensions[i] = {.dense_size = 1 << 30};
       }
     },
     "subgraph 0, tensor 7 (sparse): dense dimension 1 of its sparsity has "
     "size 1073741824"},
    {"SparseFirstSegment",
     [](Model& m) {
       AddSparse(m).dimensions[1].array_segments =
           std::vector<uint8_t>{1, 2, 2};
     },
     "subgraph 0, tensor 7 (sparse): segment 0 of sparse dimension 1 begins at "
     "1, out of order or past its 2 indices"},
    {"SparseSegmentPastIndices",
     [](Model& m) {
       AddSparse(m).dimensions[1].array_segments =
           std::vector<uint16_t>{0, 2, 3};
     },
     "subgraph 0, tensor 7 (sparse): segment 2 of sparse dimension 1 begins at "
     "3, out of order or past its 2 indices"},
    {"SparseNegativeIndex",
     [](Model& m) {
       AddSparse(m).dimensions[1].array_indices = std::vector<int32_t>{-1, 3};
     },
     "subgraph 0, tensor 7 (sparse): index 0 of sparse dimension 1 is -1, the "
     "dimension has 4"},
    {"SparseSegments",
     [](Model& m) {
       AddSparse(m).dimensions[1].array_segments = std::vector<uint8_t>{0, 2};
     },
     "subgraph 0, tensor 7 (sparse): sparse dimension 1 has 2 segments, it "
     "needs 3"},
    {"SparseSegmentOrder",
     [](Model& m) {
       AddSparse(m).dimensions[1].array_segments =
           std::vector<uint8_t>{0, 3, 2};
     },
     "subgraph 0, tensor 7 (sparse): segment 1 of sparse dimension 1 begins at "
     "3, out of order or past its 2 indices"},
    {"SparseSegmentEnd",
     [](Model& m) {
       AddSparse(m).dimensions[1].array_segments =
           std::vector<int32_t>{0, 1, 1};
     },
     "subgraph 0, tensor 7 (sparse): the segments of sparse dimension 1 cover "
     "1 "
     "of its 2 indices"},
    {"SparseIndex",
     [](Model& m) {
       AddSparse(m).dimensions[1].array_indices = std::vector<int32_t>{1, 4};
     },
     "subgraph 0, tensor 7 (sparse): index 1 of sparse dimension 1 is 4, the "
     "dimension has 4"},
};

const Fault kOperatorFaults[] = {
    {"OperatorCode", [](Model& m) { Op(m, 0).opcode_index = 4; },
     "subgraph 0, operator 0: operator code 4 is out of range, the model has 4 "
     "operator codes"},
    {"Input", [](Model& m) { Op(m, 0).inputs[1] = 91; },
     "subgraph 0, operator 0 (CONV_2D): input tensor 91 is out of range, the "
     "subgraph has 7 tensors"},
    {"NegativeInput", [](Model& m) { Op(m, 0).inputs[1] = -2; },
     "subgraph 0, operator 0 (CONV_2D): input tensor -2 is out of range, the "
     "subgraph has 7 tensors"},
    {"OmittedOutput", [](Model& m) { Op(m, 0).outputs[0] = kNoTensor; },
     "subgraph 0, operator 0 (CONV_2D): output tensor -1 is out of range, the "
     "subgraph has 7 tensors"},
    {"Intermediate", [](Model& m) { Op(m, 0).intermediates = {7}; },
     "subgraph 0, operator 0 (CONV_2D): intermediate tensor 7 is out of range, "
     "the subgraph has 7 tensors"},
    {"TooFewInputs", [](Model& m) { Op(m, 0).inputs = {0}; },
     "subgraph 0, operator 0 (CONV_2D): it has 1 inputs, CONV_2D takes 2 or 3"},
    {"TooManyOutputs",
     [](Model& m) {
       Op(m, 0).outputs = {3, 5};
     },
     "subgraph 0, operator 0 (CONV_2D): it has 2 outputs, CONV_2D makes 1"},
    {"NoInput", [](Model& m) { Op(m, 1).inputs.clear(); },
     "subgraph 0, operator 1 (IF): it has 0 inputs, IF takes at least 1"},
    {"MutatingInputs",
     [](Model& m) { Op(m, 0).mutating_variable_inputs = {true}; },
     "subgraph 0, operator 0 (CONV_2D): it marks 1 inputs as mutated or not, "
     "it "
     "has 3 inputs"},
    {"WrongOptions",
     [](Model& m) { Op(m, 0).options = MakeOptions(SoftmaxOptions{}); },
     "subgraph 0, operator 0 (CONV_2D): its options are SoftmaxOptions, "
     "CONV_2D "
     "takes Conv2DOptions"},
    {"OptionsOfNoOptions",
     [](Model& m) {
       m.subgraphs[1].operators[0].options = MakeOptions(AddOptions{});
     },
     "subgraph 1, operator 0 (RELU): its options are AddOptions, RELU takes "
     "none"},
    {"OptionsInWrongUnion",
     [](Model& m) { Op(m, 0).options_2 = MakeOptions(Conv2DOptions{}); },
     "subgraph 0, operator 0 (CONV_2D): its Conv2DOptions are in the wrong "
     "union of options"},
    {"Padding",
     [](Model& m) {
       Op(m, 0).options =
           MakeOptions(Conv2DOptions{.padding = static_cast<Padding>(2)});
     },
     "subgraph 0, operator 0 (CONV_2D): padding of its Conv2DOptions is 2, "
     "which the format lacks"},
    {"SecondOptions",
     [](Model& m) {
       Op(m, 0).options_2 = MakeOptions(StablehloSliceOptions{});
     },
     "subgraph 0, operator 0 (CONV_2D): its options are StablehloSliceOptions, "
     "CONV_2D takes Conv2DOptions"},
    {"TypeInOptions",
     [](Model& m) {
       Op(m, 0).options = MakeOptions(
           Conv2DOptions{.quantized_bias_type = static_cast<TensorType>(23)});
     },
     "subgraph 0, operator 0 (CONV_2D): quantized_bias_type of its "
     "Conv2DOptions is 23, which the format lacks"},
    {"CustomOptionsFormat",
     [](Model& m) { Op(m, 2).custom_options_format = 1; },
     "subgraph 0, operator 2 (Thing): its custom options have "
     "unknown format 1"},
    {"NoControlFlowOptions", [](Model& m) { Op(m, 1).options = {}; },
     "subgraph 0, operator 1 (IF): it has no options, which would say what it "
     "calls"},
    {"ThenBranch", [](Model& m) { Op(m, 1).options = CallsIf(3, 2); },
     "subgraph 0, operator 1 (IF): its then branch is subgraph 3, which is out "
     "of range, the model has 3 subgraphs"},
    {"ElseBranch", [](Model& m) { Op(m, 1).options = CallsIf(1, -1); },
     "subgraph 0, operator 1 (IF): its else branch is subgraph -1, which is "
     "out "
     "of range, the model has 3 subgraphs"},
    {"LoopBody",
     [](Model& m) {
       m.operator_codes[1].builtin_code = BuiltinOperator::kWhile;
       m.operator_codes[1].deprecated_builtin_code = 0;
       Op(m, 1).options = MakeOptions(
           WhileOptions{.cond_subgraph_index = 1, .body_subgraph_index = 3});
     },
     "subgraph 0, operator 1 (WHILE): its loop body is subgraph 3, which is "
     "out of range, the model has 3 subgraphs"},
    {"CallsItself", [](Model& m) { Op(m, 1).options = CallsIf(1, 0); },
     "subgraph 0, operator 1 (IF): it calls subgraph 0, which is already being "
     "called; the runtime cannot recurse"},
    {"CallsInACircle",
     [](Model& m) {
       Operator loop = Op(m, 1);
       loop.inputs = {0, 0};
       loop.outputs = {1};
       loop.options = CallsIf(2, 0);
       m.subgraphs[1].operators.push_back(loop);
     },
     "subgraph 1, operator 1 (IF): it calls subgraph 0, which is already being "
     "called; the runtime cannot recurse"},
};

class ValidateTest : public ::testing::TestWithParam<Fault> {};

TEST_P(ValidateTest, SaysWhatIsWrong) {
  Model model = GoodModel();
  GetParam().make(model);
  const Status status = ValidateModel(model);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(status.error().message, GetParam().sentence);
}

std::string NameOf(const ::testing::TestParamInfo<Fault>& info) {
  return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(Model, ValidateTest, ::testing::ValuesIn(kModelFaults),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Tensor, ValidateTest,
                         ::testing::ValuesIn(kTensorFaults), NameOf);
INSTANTIATE_TEST_SUITE_P(Sparsity, ValidateTest,
                         ::testing::ValuesIn(kSparsityFaults), NameOf);
INSTANTIATE_TEST_SUITE_P(Operator, ValidateTest,
                         ::testing::ValuesIn(kOperatorFaults), NameOf);

std::string MessageOf(const Model& model) {
  const Status status = ValidateModel(model);
  return status ? "" : status.error().message;
}

TEST(ValidateGoodTest, AcceptsTheGoodModel) {
  EXPECT_EQ(MessageOf(GoodModel()), "");
}

TEST(ValidateGoodTest, AcceptsASparseConstant) {
  Model model = GoodModel();
  AddSparse(model);
  EXPECT_EQ(MessageOf(model), "");
}

TEST(ValidateGoodTest, AcceptsWhatTheRuntimeLoads) {
  Model model = GoodModel();
  // An omitted bias, no options, a dimension that RESHAPE fills in.
  Op(model, 0).inputs[2] = kNoTensor;
  Op(model, 0).options = {};
  T(model, 6).shape = {1, 4, -1, 8};
  // A bias with the quantized dimension of its filter.
  T(model, 2).quantization = Quantization{.scale = std::vector<float>(8, 0.1f),
                                          .quantized_dimension = 3};
  // One zero point for all channels.
  T(model, 1).quantization->zero_point = {0};
  EXPECT_EQ(MessageOf(model), "");
}

TEST(ValidateGoodTest, AcceptsOperatorsOutOfOrder) {
  Model model = GoodModel();
  std::swap(model.subgraphs[0].operators[0], model.subgraphs[0].operators[2]);
  EXPECT_EQ(MessageOf(model), "");
}

// Appends subgraphs that each call the next one `times` times.
Model ChainOfCalls(size_t length, size_t times) {
  Model model = GoodModel();
  const Subgraph last = model.subgraphs[1];
  const Operator call = Op(model, 1);
  model.subgraphs = {};
  model.signature_defs = {};
  for (size_t i = 0; i < length; ++i) {
    Subgraph subgraph = last;
    for (size_t k = 0; k < times; ++k) {
      Operator next = call;
      next.inputs = {0, 0};
      next.outputs = {1};
      const auto target = static_cast<int32_t>(i + 1);
      next.options = CallsIf(target, target);
      subgraph.operators.push_back(next);
    }
    model.subgraphs.push_back(subgraph);
  }
  model.subgraphs.push_back(last);
  return model;
}

TEST(ValidateControlFlowTest, BoundsDepth) {
  // Both branches double the work, which also runs out at some depth.
  EXPECT_EQ(MessageOf(ChainOfCalls(15, 1)), "");
  Model deep = ChainOfCalls(100, 1);
  for (size_t i = 0; i < 100; ++i) {
    deep.operator_codes.push_back({.deprecated_builtin_code = 127,
                                   .builtin_code = BuiltinOperator::kCallOnce});
    Operator& call = deep.subgraphs[i].operators.back();
    call.opcode_index = static_cast<uint32_t>(deep.operator_codes.size() - 1);
    call.options = MakeOptions(
        CallOnceOptions{.init_subgraph_index = static_cast<int32_t>(i + 1)});
  }
  EXPECT_EQ(MessageOf(deep), "subgraph 36: its calls nest more than 64 deep");
}

TEST(ValidateControlFlowTest, BoundsDoublingCalls) {
  EXPECT_EQ(MessageOf(ChainOfCalls(60, 2)),
            "subgraph 49: with the subgraphs that it calls, it has more than "
            "4194304 operators");
}

}  // namespace
}  // namespace tinyml
