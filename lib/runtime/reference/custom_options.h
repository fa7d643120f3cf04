// Options of custom operators, and the requests that are sized by them.
#ifndef TINYML_RUNTIME_REFERENCE_CUSTOM_OPTIONS_H_
#define TINYML_RUNTIME_REFERENCE_CUSTOM_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/flexbuffer.h"
#include "runtime/kernels/kernel_context.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// Returns element `index` of the options vector. Refuses options that are
// missing or broken, which the runtime reads unchecked. Source: tflite-micro
// 90b983c2b3f1, micro/flatbuffer_utils.cc, FlexbufferWrapper.
Result<int32_t> OptionElement(const KernelContext& context, size_t index,
                              std::string_view name);

// Returns the value of `key` in the options map; null if it is not there.
// Refuses as above.
Result<FlexScalar> OptionValue(const KernelContext& context,
                               std::string_view key);

// Returns count * bytes. Refuses a result that is negative or larger than any
// arena (the runtime computes it unsigned and gets nonsense).
Result<int64_t> ArrayBytes(const KernelContext& context, std::string_view what,
                           int64_t count, int64_t bytes);

// Persistent memory for an array.
Status PersistentArray(KernelContext& context, std::string_view what,
                       int64_t count, int64_t bytes);

// Warns that Invoke writes or reads past the end of `tensor` if it has fewer
// than `elements` elements.
void WarnIfShort(KernelContext& context, const RuntimeTensor& tensor,
                 int64_t elements);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_CUSTOM_OPTIONS_H_
