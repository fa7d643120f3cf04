// Where results on an ESP32 may not be those that a run computes.
#ifndef TINYML_EXEC_ESP_RESULTS_H_
#define TINYML_EXEC_ESP_RESULTS_H_

#include <string>

#include "runtime/targets/target.h"
#include "tinyml/model.h"

namespace tinyml::exec {

// Returns a sentence that names the operators of `model` which ESP-NN's vector
// code computes on `target`; empty if there are none.
//
// ESP-NN's C code, which the other ESP32 chips and its ANSI build run, computes
// what the reference kernels do: its requantization differs only where an
// accumulator is so near to 2^31 that the sum with half of the divisor
// overflows. Source: ESP-NN 596b08401a63, d45b843ca5f8 and c0876179f1cf,
// src/common/common_functions.h, src/softmax/softmax_common.h, *_ansi.c and
// *_opt.c. The code of the ESP32-S3 and the ESP32-P4 is assembly.
std::string EspVectorCodeNote(const Model& model,
                              const runtime::Target& target);

}  // namespace tinyml::exec

#endif  // TINYML_EXEC_ESP_RESULTS_H_
