// What the runtime's op resolver (tflite::MicroMutableOpResolver) calls the
// operators that it knows.
#ifndef TINYML_OPS_RESOLVER_NAMES_H_
#define TINYML_OPS_RESOLVER_NAMES_H_

#include <string_view>
#include <vector>

#include "tinyml/operators.h"

namespace tinyml {

// Returns the method that registers a builtin operator ("AddConv2D"), or "" if
// the runtime has no kernel for it.
std::string_view ResolverMethod(BuiltinOperator code);

// Returns the method for a custom operator that comes with the runtime
// ("AddRfft" for "SignalRfft"), or "" for one that an application brings.
std::string_view ResolverMethodOfCustom(std::string_view custom_code);

// Returns the names of every method, sorted.
std::vector<std::string_view> AllResolverMethods();

}  // namespace tinyml

#endif  // TINYML_OPS_RESOLVER_NAMES_H_
