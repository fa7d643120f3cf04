// Changes the operators of one subgraph, and keeps track of what writes and
// what reads each tensor in constant time for each change.
#ifndef TINYML_TRANSFORM_REWRITER_H_
#define TINYML_TRANSFORM_REWRITER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tinyml/model.h"

namespace tinyml::transform {

class Rewriter {
 public:
  // `model` must pass ValidateModel and outlive the rewriter, which alone
  // changes the subgraph's operators and tensors until Finish().
  Rewriter(Model& model, size_t subgraph);

  Model& model() { return model_; }
  size_t OperatorCount() const { return graph().operators.size(); }
  Operator& op(int index) { return graph().operators[index]; }
  BuiltinOperator CodeOf(int index) { return model_.CodeOf(op(index)).Code(); }
  bool IsRemoved(int index) const { return removed_[index]; }
  const Tensor& tensor(TensorIndex index) const {
    return graph().tensors[index];
  }
  bool IsOutput(TensorIndex tensor) const { return is_output_[tensor]; }

  // Input `i` of an operator as it is now; kNoTensor if it is omitted or there
  // are fewer.
  TensorIndex Input(int index, size_t i);
  // Makes operator `index` read `tensor` as input `i`, which it must have.
  void SetInput(int index, size_t i, TensorIndex tensor);
  // The same, where `i` may be one more than it has.
  void AddInput(int index, TensorIndex tensor);

  // The only operator that writes `tensor`; kNone for inputs, constants,
  // variables and what several operators write.
  int Producer(TensorIndex tensor) const;
  // The only operator that reads `tensor`, once; kNone if there is none or more
  // than one, or if it is an output of the subgraph.
  int SoleReader(TensorIndex tensor) const;
  static constexpr int kNone = -1;

  // Adds an operator that runs right before or right after operator `index` of
  // the model as it was given, and after those that were added there earlier.
  // Returns the index that it has until Finish().
  int InsertBefore(int index, Operator op);
  int InsertAfter(int index, Operator op);
  // Operator `index` writes `tensor`, which nothing else writes, as output `i`.
  void SetOutput(int index, size_t i, TensorIndex tensor);
  // A tensor without values, for an operator to write.
  TensorIndex NewTensor(Tensor tensor);
  // The index of the operator code for `code`, for an operator to add.
  uint32_t Opcode(BuiltinOperator code);

  // Removes operator `index`, whose result `to` equals `from`: whoever read
  // `to` reads `from`. Returns false, and does nothing, where `to` is an output
  // of the subgraph whose name or place `from` cannot take, or the tensors
  // differ in shape, type or quantization.
  bool Bypass(int index, TensorIndex from, TensorIndex to);
  // Removes operator `index`; nothing may read what it writes.
  void Drop(int index) { Remove(index); }
  // Whether an operator reads `tensor`, or it is an output of the subgraph.
  bool IsRead(TensorIndex tensor) const;
  // Removes operator `reader`, and lets operator `producer`, of whose first
  // output it is the sole reader, write its first output.
  void Absorb(int producer, int reader);

  // Whether `tensor` holds values that nothing writes.
  bool IsConstant(TensorIndex tensor) const;
  // Its values, if it is such a tensor of float32.
  std::optional<std::vector<float>> Floats(TensorIndex tensor) const;
  // The same of int32 or int64.
  std::optional<std::vector<int64_t>> Ints(TensorIndex tensor) const;
  TensorIndex NewConstant(TensorType type, std::vector<int32_t> shape,
                          BufferData values, std::string_view name);
  TensorIndex NewFloats(std::vector<int32_t> shape,
                        const std::vector<float>& values,
                        std::string_view name);
  TensorIndex NewInts(std::vector<int32_t> shape,
                      const std::vector<int32_t>& values,
                      std::string_view name);

  void SetQuantization(TensorIndex tensor, Quantization quantization);
  void SetShape(TensorIndex tensor, std::vector<int32_t> shape);
  // The operator becomes `code`; its options are the caller's business.
  void SetCode(int index, BuiltinOperator code);
  void Changed() { changed_ = true; }

  // Writes the changes into the model. Returns whether there were any. Nothing
  // else may be called afterwards. `origins` gets, for each operator that there
  // is then, the one that it was, or that it was added to.
  bool Finish(std::vector<int>* origins = nullptr);

 private:
  Subgraph& graph() { return model_.subgraphs[subgraph_]; }
  const Subgraph& graph() const { return model_.subgraphs[subgraph_]; }
  // The tensor that replaces `tensor` now.
  TensorIndex Resolve(TensorIndex tensor);
  void Count(TensorIndex tensor, int reader, int times);
  void Remove(int index);
  void Grow();

  Model& model_;
  size_t subgraph_;
  // Where an operator runs: at that of the operator that it was added to, in
  // order of the second.
  struct Place {
    int at = 0;
    int order = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  int Insert(Place place, Operator op);

  std::vector<bool> removed_;
  std::vector<Place> places_;
  int inserted_ = 0;
  std::vector<TensorIndex> stands_for_;  // Itself, or another.
  std::vector<int> producer_;
  // How many inputs read a tensor, and the sum of the readers' indices: of a
  // sole reader, its index.
  std::vector<int64_t> readers_;
  std::vector<int64_t> reader_sum_;
  std::vector<bool> is_output_;
  std::vector<bool> is_input_;
  bool changed_ = false;
};

// Whether the passes may change `model` at all: offline plans and compressed
// tensors refer to tensors by number, which no pass follows.
bool IsRewritable(const Model& model);

// Whether two tensors have the same type and quantization.
bool SameMeaning(const Tensor& a, const Tensor& b);

}  // namespace tinyml::transform

#endif  // TINYML_TRANSFORM_REWRITER_H_
