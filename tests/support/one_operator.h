// Models of a single operator, for tests of what is allocated for it.
#ifndef TINYML_TESTS_SUPPORT_ONE_OPERATOR_H_
#define TINYML_TESTS_SUPPORT_ONE_OPERATOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tinyml/model.h"

namespace tinyml::testing {

// A tensor "t"; with a scale and zero point unless `scale` is 0.
Tensor MakeTensor(TensorType type, std::vector<int32_t> shape, float scale = 0,
                  int64_t zero_point = 0);

// A model whose only operator writes the last `outputs` of `tensors` and reads
// the others. It is not validated, as faulty ones are what tests are about.
Model OneOperator(BuiltinOperator code, const std::vector<Tensor>& tensors,
                  OperatorOptions options = {}, size_t outputs = 1);
Model OneCustomOperator(const std::string& custom_code,
                        const std::vector<Tensor>& tensors, size_t outputs);

}  // namespace tinyml::testing

#endif  // TINYML_TESTS_SUPPORT_ONE_OPERATOR_H_
