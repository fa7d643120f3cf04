// The source that registers a model's operators with the runtime.
#ifndef TINYML_FORMATS_CARRAY_RESOLVER_H_
#define TINYML_FORMATS_CARRAY_RESOLVER_H_

#include <vector>

#include "formats/carray/sources.h"
#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::carray {

// Returns <stem>_resolver.h and its source, or for a header that holds
// everything the header alone. Fails with kUnsupported, naming the operator, if
// the runtime has no kernel for one.
Result<std::vector<OutputFile>> ResolverFiles(const Unit& unit,
                                              const Model& model,
                                              OutputForm form);

}  // namespace tinyml::carray

#endif  // TINYML_FORMATS_CARRAY_RESOLVER_H_
