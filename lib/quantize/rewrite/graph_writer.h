// One subgraph while it is rewritten: its tensors, old and new.
#ifndef TINYML_QUANTIZE_REWRITE_GRAPH_WRITER_H_
#define TINYML_QUANTIZE_REWRITE_GRAPH_WRITER_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "quantize/parameters/plan.h"
#include "tinyml/model.h"

namespace tinyml::quantize {

class GraphWriter {
 public:
  // `model` is a copy of the float model, whose subgraph `subgraph` is changed;
  // `plan` must outlive the writer.
  GraphWriter(Model& model, int subgraph, const Plan& plan);

  // The tensor that holds the values of `t` as class `demanded` (or
  // kFloatClass); with a conversion before what is emitted next, if need be.
  TensorIndex As(TensorIndex t, int demanded);
  // A tensor to write in class `written`, whose values become those of `t`:
  // itself, or one whose conversion follows what is emitted next.
  TensorIndex For(TensorIndex t, int written);
  // Appends the operator, and what For() promised.
  void Emit(Operator op);
  // Puts the operators into the graph. Call nothing else afterwards.
  void Finish() { graph().operators = std::move(operators_); }

  // Makes a tensor of given bytes, symmetric, with a scale or one for each
  // index of `axis`.
  TensorIndex NewConstant(TensorType type, std::vector<int32_t> shape,
                          std::vector<uint8_t> bytes, std::vector<float> scales,
                          int32_t axis, std::string name);
  TensorIndex NewTensor(const Tensor& like, const std::string& suffix,
                        int written);

  Model& model() { return model_; }
  Subgraph& graph() { return model_.subgraphs[index_]; }
  const ParameterClass& ClassOf(int number) const {
    return plan_.classes[number];
  }
  // The class of a tensor's home; kFloatClass if it has none.
  int HomeOf(TensorIndex t) const;

 private:
  TensorIndex ConstantAs(TensorIndex t, int demanded);
  Operator Conversion(TensorIndex from, int from_class, TensorIndex to,
                      int to_class);
  void SetForm(Tensor& tensor, int number) const;

  Model& model_;
  int index_;
  const Plan& plan_;
  std::vector<Operator> operators_;
  std::vector<Operator> afterwards_;
  std::map<std::pair<TensorIndex, int>, TensorIndex> converted_;
  std::vector<Tensor> originals_;  // As the float model has them.
};

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REWRITE_GRAPH_WRITER_H_
