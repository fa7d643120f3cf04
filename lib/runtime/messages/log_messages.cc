// Source of the formats and of when they are printed: tflite-micro
// 90b983c2b3f1, the files named at each group.
#include "runtime/messages/log_messages.h"

#include <algorithm>

namespace tinyml::runtime {
namespace {

constexpr std::string_view kLarger =
    "Make the arena as large as `tinyml arena-size MODEL --target BOARD` says "
    "(the required arena, aligned to 16 bytes). The bytes that are missing "
    "here "
    "are not enough: the runtime stops at the first request that fails.";
constexpr std::string_view kEarlier =
    "Look at what was printed before it: that is the cause.";

constexpr LogMessage kMessages[] = {
    // micro/arena_allocator/single_arena_buffer_allocator.cc
    {"Failed to allocate tail memory. Requested: %d, available %d",
     MessageRole::kArena,
     "The arena is too small: persistent data, which the runtime puts at the "
     "arena's end and never frees, needed {0} bytes, and {1} were left between "
     "it and the tensors.",
     kLarger},
    {"Failed to resize buffer. Requested: %d, available %d",
     MessageRole::kArena,
     "The arena is too small: its beginning, where tensors and scratch buffers "
     "share memory, has to be {0} bytes long, and {1} are left below the "
     "persistent data.",
     kLarger},
    {"Failed to allocate temp memory. Requested: %d, available %d",
     MessageRole::kArena,
     "The arena is too small: AllocateTensors() needs {0} bytes temporarily, "
     "more than stay in use, and {1} were left. arena_used_bytes() of a "
     "working "
     "build does not show this need.",
     kLarger},
    // micro/micro_allocation_info.cc
    {"Failed to allocate memory for memory planning, %d bytes required",
     MessageRole::kArena,
     "The arena is too small for the lists that the memory planner works with: "
     "{0} bytes, which are free again afterwards.",
     kLarger},
    {"Does not support intermediate tensor with non-zero size: %d",
     MessageRole::kCause,
     "An operator has an intermediate tensor of {0} bytes, which the runtime "
     "does not plan.",
     "Convert the model again with a converter that writes intermediates "
     "without data, as integer LSTMs have them."},
    {"Nbr of offline buffer offsets (%d) in metadata not equal nbr tensors "
     "(%d)",
     MessageRole::kCause,
     "The model carries a memory plan made offline for {0} tensors, and it has "
     "{1}.",
     "Make the plan again after the last change of the model, or remove it: "
     "the runtime then plans itself."},
    // micro/micro_allocator.cc
    {"Failed to allocate memory for context->eval_tensors, %d bytes required",
     MessageRole::kArena,
     "The arena is too small for the list of the model's tensors: {0} bytes.",
     kLarger},
    {"Failed to allocate memory for node_and_registrations.",
     MessageRole::kArena,
     "The arena is too small for the list of the model's operators.", kLarger},
    {"Failed to allocate memory for model metadata.", MessageRole::kArena,
     "The arena is too small even for the first allocation, "
     "what the runtime keeps of each subgraph.",
     kLarger},
    {"Failed to allocate memory for persistent TfLiteTensor",
     MessageRole::kArena,
     "The arena is too small for the tensors that describe inputs and outputs, "
     "which are allocated last.",
     kLarger},
    {"Failed to allocate temp. memory for tensor %d, subgraph %d",
     MessageRole::kArena,
     "The arena is too small: while an operator was prepared there was no room "
     "to describe tensor {0} of subgraph {1}.",
     kLarger},
    {"Failed to allocate variable tensor of size %d", MessageRole::kArena,
     "The arena is too small for a variable tensor of {0} bytes; variables "
     "share their memory with nothing.",
     kLarger},
    {"Unable to allocate TfLiteAffineQuantization", MessageRole::kArena,
     "The arena is too small for the quantization of a tensor.", kLarger},
    {"Unable to allocate quantization->zero_point", MessageRole::kArena,
     "The arena is too small for the zero points of a tensor.", kLarger},
    {"Scratch buffer request exceeds limit per operator (%d)",
     MessageRole::kCause,
     "An operator asked for more than {0} scratch buffers, a limit that the "
     "runtime is compiled with.",
     "Raise kMaxScratchBuffersPerOp in micro_allocator.h and build the runtime "
     "again, or use another kernel library."},
    {"Model allocation started before finishing previously allocated model",
     MessageRole::kCause,
     "Two interpreters share an allocator, and the second began before the "
     "first had finished AllocateTensors().",
     "Call AllocateTensors() of one interpreter before you create the next."},
    // micro/memory_planner/greedy_memory_planner.cc
    {"Too many buffers (max is %d)", MessageRole::kCause,
     "The memory planner has room for {0} buffers, and the model has more.",
     "With a planner of your own (linear or non-persistent), give it more "
     "room; the default planner gets what it needs."},
    // micro/micro_interpreter.cc
    {"Failed to allocate memory for context->input_tensors_, %d bytes required",
     MessageRole::kArena,
     "The arena is too small for the list of inputs: {0} bytes. That is nearly "
     "the last thing that is allocated.",
     kLarger},
    {"Failed to allocate memory for context->output_tensors_, %d bytes "
     "required",
     MessageRole::kArena,
     "The arena is too small for the list of outputs: {0} bytes. That is "
     "nearly the last thing that is allocated.",
     kLarger},
    {"Failed to initialize input tensor %d", MessageRole::kFollows,
     "Input {0} could not be described.", kEarlier},
    {"Failed to initialize output tensor %d", MessageRole::kFollows,
     "Output {0} could not be described.", kEarlier},
    {"Failed to initialize tensor %d", MessageRole::kFollows,
     "Tensor {0} has a type that this runtime does not know, or there is no "
     "room for it.",
     "Look at what was printed before it; `tinyml inspect MODEL` says which "
     "types stop the runtime."},
    {"Failed starting model allocation.", MessageRole::kFollows,
     "The model's first structures could not be allocated.", kEarlier},
    {"Missing registration for opcode_index %d", MessageRole::kCause,
     "An operator of the model names entry {0} of its table of operators, "
     "which "
     "has no such entry: the model is damaged, or its bytes are not aligned.",
     "Check the model with `tinyml inspect MODEL`, and align its array to 16 "
     "bytes."},
    {"Failed to get registration from op code %s", MessageRole::kFollows,
     "The operator {0} is in the model and not in the application's resolver.",
     "Register it: `tinyml convert MODEL -o model.cc --resolver` writes a "
     "function that registers exactly what the model uses."},
    {"Did not find a parser for %s", MessageRole::kCause,
     "The operator {0} is registered without the function that reads its "
     "options.",
     "Register it with the resolver's own Add function."},
    {"found builtin operator %s with custom options", MessageRole::kCause,
     "The operator {0} carries custom options, which built-in operators do not "
     "have.",
     "Convert the model again; something wrote it wrongly."},
    {"Invoke() called after initialization failed", MessageRole::kFollows,
     "The model was invoked although the interpreter could not be made ready.",
     "Check what AllocateTensors() returns, and look at what was printed "
     "before it."},
    {"Input index %d out of range (length is %d)", MessageRole::kCause,
     "The application asked for input {0} of a model that has {1}.",
     "Count from 0; `tinyml inspect MODEL` lists the inputs."},
    {"Output index %d out of range (length is %d)", MessageRole::kCause,
     "The application asked for output {0} of a model that has {1}.",
     "Count from 0; `tinyml inspect MODEL` lists the outputs."},
    // micro/micro_interpreter_graph.cc
    {"Node %s (number %d) failed to prepare with status %d",
     MessageRole::kFollows,
     "Operator {1} ({0}) could not be prepared: memory, a type or a shape that "
     "its kernel does not take.",
     "Look at what was printed before it. If that is nothing, "
     "`tinyml arena-size MODEL --target BOARD` names what the kernel refuses."},
    {"Node %s (number %d) failed to invoke with status %d",
     MessageRole::kFollows, "Operator {1} ({0}) failed while it ran.",
     "Look at what was printed before it. `tinyml run MODEL --random-input 1` "
     "runs the same kernels on the host and says why."},
    {"has dynamic tensor #%d", MessageRole::kCause,
     "Tensor {0} has a shape that is only known when the model runs; the "
     "runtime plans all memory beforehand.",
     "Convert the model with fixed shapes; of an ONNX model, name them with "
     "--input-shape."},
    // micro/micro_op_resolver.cc, micro/micro_mutable_op_resolver.h
    {"Didn't find op for builtin opcode '%s'", MessageRole::kCause,
     "The operator {0} is in the model and not in the application's resolver.",
     "Register it: `tinyml convert MODEL -o model.cc --resolver` writes a "
     "function that registers exactly what the model uses. Where the resolver "
     "has no method for it, the runtime is older than the model: with --target "
     "this command says since when there is one.",
     true},
    {"Op builtin_code out of range: %d", MessageRole::kCause,
     "The model has operator code {0}, which this runtime does not know: it is "
     "newer than the runtime, or damaged.",
     "Use a newer runtime, or convert the model with an older converter."},
    {"Operator with CUSTOM builtin_code has no custom_code",
     MessageRole::kCause, "A custom operator of the model has no name.",
     "Convert the model again; something wrote it wrongly."},
    {"Couldn't register custom op '%s', resolver size is", MessageRole::kCause,
     "The resolver has no room for the custom operator {0}.",
     "Raise the number in MicroMutableOpResolver<N>; "
     "`tinyml convert MODEL -o model.cc --resolver` writes it exactly."},
    {"Couldn't register builtin op #%d, resolver size", MessageRole::kCause,
     "The resolver has no room for built-in operator number {0}.",
     "Raise the number in MicroMutableOpResolver<N>; "
     "`tinyml convert MODEL -o model.cc --resolver` writes it exactly."},
    {"Calling AddBuiltin with the same op more than", MessageRole::kCause,
     "An operator is registered twice.", "Remove one of the two calls."},
    {"Calling AddCustom for the same op more than once", MessageRole::kCause,
     "A custom operator is registered twice.", "Remove one of the two calls."},
    // micro/micro_resource_variable.cc
    {"Maximum resource variable count (%d) reached", MessageRole::kCause,
     "The model has more resource variables than the {0} that the application "
     "made room for.",
     "Raise the number that MicroResourceVariables::Create() gets, and tell "
     "`tinyml arena-size` with --resource-variables: they are in the arena."},
    {"Failed to allocate resource buffer", MessageRole::kArena,
     "The arena is too small for the contents of a resource variable.",
     kLarger},
    {"Attempting to read non-existent resource variable %d",
     MessageRole::kCause,
     "An operator reads resource variable {0}, which nothing has created.",
     "Give the interpreter a MicroResourceVariables, and let the model assign "
     "the variable before it reads it."},
    // micro/kernels/conv_common.cc and others
    {"Hybrid models are not supported on TFLite Micro", MessageRole::kCause,
     "An operator has float activations and integer weights, which no kernel "
     "of "
     "the runtime takes.",
     "Quantize the whole model: `tinyml quantize MODEL --calibration DATA -o "
     "OUT` from the float model, or convert with full integer quantization."},
    // core/c/common.h, TF_LITE_ENSURE and its relatives
    {"%s:%d %s != %s (%s != %s)", MessageRole::kCause,
     "A check in {0}, line {1}, failed: {2} is {4}, and {3} is {5}.",
     "`tinyml arena-size MODEL --target BOARD` says in words which operator "
     "and "
     "tensor it is."},
    {"%s:%d %s was not true.", MessageRole::kCause,
     "A check in {0}, line {1}, failed: {2} does not hold.",
     "`tinyml arena-size MODEL --target BOARD` says in words which operator "
     "and "
     "tensor it is."},
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Matches `pattern`, which starts with a literal or at the line's start,
// against all of `line` from its first character on.
bool MatchHere(std::string_view pattern, std::string_view line,
               std::vector<std::string>& values) {
  while (!pattern.empty()) {
    const size_t mark = std::min(pattern.find('%'), pattern.size());
    if (!line.starts_with(pattern.substr(0, mark))) return false;
    line.remove_prefix(mark);
    pattern.remove_prefix(mark);
    if (pattern.empty()) return true;
    const char kind = pattern[1];
    pattern.remove_prefix(2);
    if (kind == 'd') {
      size_t length = line.starts_with('-') ? 1 : 0;
      while (length < line.size() && IsDigit(line[length])) ++length;
      if (length == 0 || !IsDigit(line[length - 1])) return false;
      values.emplace_back(line.substr(0, length));
      line.remove_prefix(length);
      continue;
    }
    // Text goes on to the literal after it, or to the end.
    const size_t next_mark = std::min(pattern.find('%'), pattern.size());
    const std::string_view literal = pattern.substr(0, next_mark);
    const size_t end = literal.empty() ? line.size() : line.find(literal);
    if (end == std::string_view::npos || end == 0) return false;
    values.emplace_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return true;
}

// The name of a file, without what comes before it on the line.
std::string LastWord(const std::string& text) {
  const size_t at = text.find_last_of(" \t/\\");
  return at == std::string::npos ? text : text.substr(at + 1);
}

}  // namespace

std::span<const LogMessage> LogMessages() { return kMessages; }

std::optional<std::vector<std::string>> MatchMessage(std::string_view pattern,
                                                     std::string_view line) {
  std::vector<std::string> values;
  if (pattern.starts_with("%s:%d ")) {
    // A file's name and a line: the last colon followed by a number and a
    // blank, since log lines may begin with a time.
    for (size_t at = line.find(':'); at != std::string_view::npos;
         at = line.find(':', at + 1)) {
      values.assign(1, LastWord(std::string(line.substr(0, at))));
      if (values[0].find('.') != std::string::npos &&
          MatchHere(pattern.substr(2), line.substr(at), values)) {
        return values;
      }
    }
    return std::nullopt;
  }
  const std::string_view start = pattern.substr(0, pattern.find('%'));
  for (size_t at = line.find(start); at != std::string_view::npos;
       at = line.find(start, at + 1)) {
    values.clear();
    if (MatchHere(pattern, line.substr(at), values)) return values;
  }
  return std::nullopt;
}

}  // namespace tinyml::runtime
