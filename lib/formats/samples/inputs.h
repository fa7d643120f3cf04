// The inputs that samples are made for, as every kind of sample sees them.
#ifndef TINYML_FORMATS_SAMPLES_INPUTS_H_
#define TINYML_FORMATS_SAMPLES_INPUTS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tinyml/samples.h"
#include "tinyml/status.h"

namespace tinyml::samples {

// "'mfcc' (float32 [1,49,10,1])": how messages name an input.
std::string Describe(const SampleInput& input);
// "'a' (...), 'b' (...)".
std::string DescribeAll(std::span<const SampleInput> inputs);

// Whether a file or an array called `name` is meant for `input`: it has the
// input's name, or that as a name of a file.
bool IsNamedBy(std::string_view name, const SampleInput& input);

// Fails with kUnsupported unless samples can be made for each of `inputs`:
// their shapes are fixed and elements have whole bytes.
Status CheckInputs(std::span<const SampleInput> inputs);

// Of one sample. Requires CheckInputs.
size_t ElementsOf(const SampleInput& input);
size_t BytesOf(const SampleInput& input);

// Whether elements are real numbers, and not merely integers: floats, or
// quantized with a scale and a zero point.
bool IsReal(const SampleInput& input);
// Whether WriteReals can be used: IsReal, or integers of 8 or 16 bits.
bool TakesReals(const SampleInput& input);

// Writes `values` as the elements of `input`, quantized with its parameters,
// or rounded where it has none. Fails with kInvalid, naming `sample`, for a
// value that is not finite. Requires TakesReals and a value for each element.
Status WriteReals(std::span<const float> values, const SampleInput& input,
                  std::string_view sample, std::span<uint8_t> bytes);

}  // namespace tinyml::samples

#endif  // TINYML_FORMATS_SAMPLES_INPUTS_H_
