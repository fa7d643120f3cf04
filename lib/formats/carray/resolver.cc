#include "formats/carray/resolver.h"

#include <fmt/format.h>
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/macros.h"
#include "model/operator_table.h"

namespace tinyml::carray {
namespace {

// One operator that has to be registered.
struct Registration {
  std::string method;  // "AddConv2D"; empty: AddCustom with the two below.
  std::string custom_code;
  std::string function;  // "Register_MyOp": the application defines it.
};

// The runtime compares custom codes as C strings.
std::string_view CString(const std::string& text) {
  return std::string_view(text).substr(0, text.find('\0'));
}

// Returns every operator of `model` once, in the order of first use.
Result<std::vector<Registration>> Registrations(const Model& model) {
  std::vector<Registration> all;
  std::vector<bool> seen(model.operator_codes.size(), false);
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const std::vector<Operator>& operators = model.subgraphs[s].operators;
    for (size_t i = 0; i < operators.size(); ++i) {
      if (seen[operators[i].opcode_index]) continue;
      seen[operators[i].opcode_index] = true;
      const OperatorCode& code = model.CodeOf(operators[i]);
      Registration registration;
      if (code.Code() == BuiltinOperator::kCustom) {
        const std::string_view name = CString(code.custom_code);
        registration.method = FindOperator(code.Code(), name)->resolver_method;
        registration.custom_code = name;
      } else {
        registration.method = FindOperator(code.Code())->resolver_method;
        if (registration.method.empty()) {
          return Fail(ErrorCode::kUnsupported,
                      fmt::format("{}: the runtime has no kernel for this "
                                  "operator, so it cannot be registered",
                                  DescribeOperator(model, {s, i})));
        }
      }
      const bool known = std::ranges::any_of(all, [&](const Registration& r) {
        return r.method == registration.method &&
               r.custom_code == registration.custom_code;
      });
      if (!known) all.push_back(std::move(registration));
    }
  }
  return all;
}

// Names the functions that the application defines; two operators whose codes
// make the same name are told apart by a number.
void NameFunctions(std::vector<Registration>& registrations) {
  std::vector<std::string> used;
  for (Registration& registration : registrations) {
    if (!registration.method.empty()) continue;
    const std::string name =
        ToIdentifier(fmt::format("Register_{}", registration.custom_code));
    std::string unique = name;
    for (int n = 2; std::ranges::find(used, unique) != used.end(); ++n) {
      unique = fmt::format("{}_{}", name, n);
    }
    used.push_back(unique);
    registration.function = std::move(unique);
  }
}

std::string Body(const std::vector<Registration>& registrations) {
  std::string body;
  if (registrations.empty()) body += "  (void)resolver;\n";
  for (const Registration& registration : registrations) {
    const std::string call = registration.method.empty()
                                 ? fmt::format("AddCustom({}, {}())",
                                               Quoted(registration.custom_code),
                                               registration.function)
                                 : registration.method + "()";
    body += fmt::format(
        "  if (resolver.{} != kTfLiteOk) return kTfLiteError;\n", call);
  }
  body += "  return kTfLiteOk;\n}\n";
  return body;
}

// The functions that the application must define.
std::string Declarations(const std::vector<Registration>& registrations) {
  std::string text;
  for (const Registration& registration : registrations) {
    if (!registration.method.empty()) continue;
    text += fmt::format(
        "// For you to define: returns the kernel of the custom operator\n"
        "// {}, which is not part of the runtime.\n"
        "TFLMRegistration* {}();\n"
        "\n",
        CommentText(Quoted(registration.custom_code)), registration.function);
  }
  return text;
}

}  // namespace

Result<std::vector<OutputFile>> ResolverFiles(const Unit& unit,
                                              const Model& model,
                                              OutputForm form) {
  TINYML_ASSIGN_OR_RETURN(std::vector<Registration> registrations,
                          Registrations(model));
  NameFunctions(registrations);
  const Names& names = unit.names;
  std::string guard = names.guard;
  guard.insert(guard.size() - std::string_view("H_").size(), "RESOLVER_");
  const std::string stem = unit.path.stem + "_resolver";
  // An array of no registrations would not be C++.
  const size_t room = std::max<size_t>(registrations.size(), 1);
  const bool header_only = form == OutputForm::kHeader;
  const std::string signature = fmt::format(
      "TfLiteStatus Register{0}Ops({0}OpResolver& resolver)", names.camel);

  std::string header = unit.banner;
  header += fmt::format(
      "#ifndef {0}\n"
      "#define {0}\n"
      "\n"
      "#include \"tensorflow/lite/micro/micro_mutable_op_resolver.h\"\n"
      "\n"
      "{1}"
      "// Has room for exactly the operators of {2}.\n"
      "using {3}OpResolver = tflite::MicroMutableOpResolver<{4}>;\n"
      "\n"
      "// Registers them. Call it once for each resolver, and check the "
      "result.\n",
      guard, Declarations(registrations), names.array, names.camel, room);
  if (header_only) {
    header += fmt::format("inline {} {{\n{}", signature, Body(registrations));
  } else {
    header += signature + ";\n";
  }
  header += fmt::format("\n#endif  // {}\n", guard);

  std::vector<OutputFile> files;
  if (!header_only) {
    const std::string extension =
        form == OutputForm::kCpp ? unit.path.extension : ".cc";
    std::string source = unit.banner;
    source += fmt::format("#include {}\n\n{} {{\n{}", Quoted(stem + ".h"),
                          signature, Body(registrations));
    files.push_back(TextFile(unit.path.folder + stem + extension, source));
  }
  files.push_back(TextFile(unit.path.folder + stem + ".h", std::move(header)));
  return files;
}

}  // namespace tinyml::carray

namespace tinyml {

std::vector<std::string> ApplicationOperators(const Model& model) {
  std::vector<std::string> names;
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const Operator& op : subgraph.operators) {
      const OperatorCode& code = model.CodeOf(op);
      if (code.Code() != BuiltinOperator::kCustom) continue;
      const std::string name(carray::CString(code.custom_code));
      if (FindOperator(code.Code(), name)->runtime.exists) continue;
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

}  // namespace tinyml
