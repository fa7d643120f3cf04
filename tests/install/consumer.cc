// A program of somebody else: it includes only installed headers.
#include <tinyml/model.h>
#include <tinyml/version.h>

#include <cstdio>

int main() {
  const int32_t shape[] = {1, 49, 10};
  const auto bytes = tinyml::StoredBytes(tinyml::TensorType::kInt16, shape);
  std::printf("tinyml %s: %s, %lld bytes\n", TINYML_VERSION_STRING,
              tinyml::TensorTypeName(tinyml::TensorType::kInt16).c_str(),
              static_cast<long long>(bytes.value_or(-1)));
  return bytes == 980 ? 0 : 1;
}
