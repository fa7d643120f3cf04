// Small models for tests to start from.
#ifndef TINYML_TESTS_SUPPORT_MODELS_H_
#define TINYML_TESTS_SUPPORT_MODELS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tinyml/model.h"

namespace tinyml::testing {

// A valid model with one of nearly everything:
//
//   subgraph 0:  0 input    int8 [1,4,4,3]
//                1 filter   int8 [8,1,1,3], constant, a scale per channel
//                2 bias     int32 [8], constant
//                3 features int8 [1,4,4,8]
//                4 cond     bool [1], constant
//                5 chosen   int8 [1,4,4,8]
//                6 output   int8 [1,4,4,8]
//     operator 0 CONV_2D(0, 1, 2) -> 3
//     operator 1 IF(4, 3) -> 5, calls subgraph 1 or 2
//     operator 2 CUSTOM "Thing"(5) -> 6, with custom options
//   subgraphs 1 and 2: one RELU each, 0 -> 1
//
// with a signature, an offline plan (metadata 0) and an external buffer.
Model GoodModel();

// A sparse 2 x 4 constant: row 0 has columns 1 and 3, row 1 has none.
Tensor SparseTensor();

// Paths of all .tflite files in `folder`, sorted.
std::vector<std::string> TfliteFilesIn(const std::string& folder);

}  // namespace tinyml::testing

#endif  // TINYML_TESTS_SUPPORT_MODELS_H_
