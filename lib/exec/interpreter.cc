#include "tinyml/interpreter.h"

#include <algorithm>
#include <utility>

#include "base/macros.h"
#include "base/text.h"
#include "exec/engine.h"
#include "formats/npy/conversion.h"
#include "ops/macs.h"

namespace tinyml {
namespace {

RunningTensor MakeRunningTensor(const ops::TensorView& view) {
  RunningTensor result;
  result.tensor = view.source;
  result.shape = view.dims;
  // Alignment may have left bytes after the elements.
  const auto size = static_cast<size_t>(
      (view.Elements() * TensorTypeBits(view.type) + 7) / 8);
  result.bytes = view.bytes.first(std::min(size, view.bytes.size()));
  result.defined_bytes = result.bytes.size();
  if (!view.IsConstant()) {
    result.writable = {view.writable, result.bytes.size()};
  }
  return result;
}

exec::EngineOptions EngineOptionsOf(const InterpreterOptions& options) {
  exec::EngineOptions engine_options;
  engine_options.layout = options.separate_memory && !options.guard
                              ? exec::ModelMemory::Layout::kSeparate
                              : exec::ModelMemory::Layout::kArena;
  engine_options.form =
      options.plain_kernels ? ops::KernelForm::kPlain : ops::KernelForm::kFast;
  engine_options.guard = options.guard;
  engine_options.poison = options.poison;
  engine_options.profile = options.profile;
  engine_options.resource_variables = options.resource_variables;
  return engine_options;
}

std::vector<RunningTensor> MakeRunningTensors(
    std::span<const ops::TensorView* const> views) {
  std::vector<RunningTensor> result;
  for (const ops::TensorView* view : views) {
    result.push_back(MakeRunningTensor(*view));
  }
  return result;
}

// How floats are converted to elements of `tensor`, or back.
Result<npy::Conversion> ConversionOf(const char* what,
                                     const RunningTensor& tensor, bool writes) {
  const TensorType type = tensor.tensor->type;
  const auto& quantization = tensor.tensor->quantization;
  const bool by_channel = quantization && quantization->scale.size() > 1;
  const auto real = TensorType::kFloat32;
  const auto conversion = npy::Conversion::Find(
      writes ? real : type, writes ? type : real,
      quantization && !by_channel ? &*quantization : nullptr);
  if (conversion) return *conversion;
  return Fail(ErrorCode::kUnsupported,
              std::string(what) + " '" + Printable(tensor.tensor->name) +
                  "' (" + TensorTypeName(type) +
                  ") has no scale and zero point to convert floats by");
}

}  // namespace

class Interpreter::Impl {
 public:
  Impl(const Model& model, std::unique_ptr<exec::Engine> engine)
      : model_(model), engine_(std::move(engine)) {}

  exec::Engine& engine() const { return *engine_; }
  const Model& model() const { return model_; }

 private:
  const Model& model_;
  std::unique_ptr<exec::Engine> engine_;
};

Interpreter::Interpreter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Interpreter::Interpreter(Interpreter&&) noexcept = default;
Interpreter& Interpreter::operator=(Interpreter&&) noexcept = default;
Interpreter::~Interpreter() = default;

Result<Interpreter> Interpreter::Create(const Model& model,
                                        const Target& target,
                                        const InterpreterOptions& options) {
  TINYML_ASSIGN_OR_RETURN(
      auto engine,
      exec::Engine::Create(model, target.runtime(), EngineOptionsOf(options)));
  return Interpreter(std::make_unique<Impl>(model, std::move(engine)));
}

Result<Interpreter> Interpreter::Another(
    const InterpreterOptions& options) const {
  TINYML_ASSIGN_OR_RETURN(auto engine,
                          impl_->engine().Another(EngineOptionsOf(options)));
  return Interpreter(std::make_unique<Impl>(impl_->model(), std::move(engine)));
}

std::vector<RunningTensor> Interpreter::Inputs() const {
  return MakeRunningTensors(impl_->engine().inputs());
}

std::vector<RunningTensor> Interpreter::Outputs() const {
  std::vector<RunningTensor> outputs =
      MakeRunningTensors(impl_->engine().outputs());
  const auto& indices = impl_->model().subgraphs[0].outputs;
  for (size_t i = 0; i < outputs.size(); ++i) {
    outputs[i].defined_bytes =
        std::min(outputs[i].bytes.size(), At(0, indices[i]).bytes.size());
  }
  return outputs;
}

Status Interpreter::SetInput(size_t input, std::span<const float> values) {
  const auto views = impl_->engine().inputs();
  if (input >= views.size()) {
    return Fail(ErrorCode::kUsage, "the model has no input " +
                                       std::to_string(input) + ", but " +
                                       std::to_string(views.size()));
  }
  const RunningTensor tensor = MakeRunningTensor(*views[input]);
  TINYML_ASSIGN_OR_RETURN(const npy::Conversion conversion,
                          ConversionOf("input", tensor, true));
  const std::string name = "input '" + Printable(tensor.tensor->name) + "'";
  if (tensor.writable.empty() && !tensor.bytes.empty()) {
    return Fail(ErrorCode::kUnsupported, name + " is a constant of the model");
  }
  const size_t count = tensor.bytes.size() / npy::WidthOf(tensor.tensor->type);
  if (values.size() != count) {
    return Fail(ErrorCode::kUsage, name + " has " + std::to_string(count) +
                                       " elements, not " +
                                       std::to_string(values.size()));
  }
  const std::span bytes(reinterpret_cast<const uint8_t*>(values.data()),
                        values.size_bytes());
  if (!conversion.IsCopy()) {
    if (const auto nan = npy::FindNan(TensorType::kFloat32, bytes)) {
      return Fail(ErrorCode::kInvalid, "element " + std::to_string(*nan) +
                                           " for " + name + " is not a number");
    }
  }
  conversion.Convert(bytes, tensor.writable);
  return {};
}

Result<std::vector<float>> Interpreter::GetOutput(size_t output) const {
  const auto views = impl_->engine().outputs();
  if (output >= views.size()) {
    return Fail(ErrorCode::kUsage, "the model has no output " +
                                       std::to_string(output) + ", but " +
                                       std::to_string(views.size()));
  }
  const RunningTensor tensor = MakeRunningTensor(*views[output]);
  TINYML_ASSIGN_OR_RETURN(const npy::Conversion conversion,
                          ConversionOf("output", tensor, false));
  std::vector<float> values(tensor.bytes.size() /
                            npy::WidthOf(tensor.tensor->type));
  conversion.Convert(tensor.bytes, {reinterpret_cast<uint8_t*>(values.data()),
                                    values.size() * sizeof(float)});
  return values;
}

RunningTensor Interpreter::At(int subgraph, TensorIndex index) const {
  return MakeRunningTensor(impl_->engine().tensor(subgraph, index));
}

Status Interpreter::Invoke() { return impl_->engine().Invoke(); }

Status Interpreter::Reset() { return impl_->engine().Reset(); }

bool Interpreter::EndedEarly() const { return impl_->engine().ended_early(); }

void Interpreter::SetObserver(Observer observer) {
  impl_->engine().set_observer(std::move(observer));
}

int64_t Interpreter::ArenaUsedBytes() const {
  return impl_->engine().simulation().replay.used_bytes;
}

int64_t Interpreter::RequiredArenaBytes() const {
  return impl_->engine().simulation().replay.required_bytes;
}

std::vector<std::string> Interpreter::Warnings() const {
  return impl_->engine().Warnings();
}

std::vector<Hazard> Interpreter::Hazards() const {
  return impl_->engine().hazards();
}

std::vector<OperatorProfile> Interpreter::Profile() const {
  const Model& model = impl_->model();
  std::vector<OperatorProfile> result;
  for (const exec::OperatorTime& time : impl_->engine().times()) {
    const Subgraph& graph = model.subgraphs[time.id.subgraph];
    const Operator& op = graph.operators[time.id.index];
    OperatorProfile& profile = result.emplace_back();
    profile.id = time.id;
    profile.name = OperatorName(model, op);
    profile.runs = time.runs;
    profile.nanoseconds = time.time.count();
    profile.macs = CountMacs(model, graph, op);
    for (const auto* list : {&op.inputs, &op.outputs}) {
      for (const TensorIndex index : *list) {
        if (index < 0) continue;
        profile.bytes += static_cast<int64_t>(
            MakeRunningTensor(impl_->engine().tensor(time.id.subgraph, index))
                .bytes.size());
      }
    }
  }
  return result;
}

}  // namespace tinyml
