// Copies vectors and strings out of a verified FlatBuffer, within a budget.
// Absent and empty mean the same in this format, and both give an empty value.
#ifndef TINYML_FORMATS_TFLITE_COPY_H_
#define TINYML_FORMATS_TFLITE_COPY_H_

#include <flatbuffers/flatbuffers.h>

#include <cstring>
#include <string>
#include <vector>

#include "formats/tflite/expansion_budget.h"

namespace tinyml {

template <typename To, typename From>
std::vector<To> CopyVector(const flatbuffers::Vector<From>* from,
                           ExpansionBudget& budget) {
  std::vector<To> to;
  if (from == nullptr || !budget.Charge(from->size(), sizeof(To))) return to;
  to.reserve(from->size());
  // Elements of 8 bytes may be misaligned, for which Get(i) is not made.
  for (flatbuffers::uoffset_t i = 0; i < from->size(); ++i) {
    From item;
    std::memcpy(&item, from->Data() + size_t{i} * sizeof(From), sizeof(From));
    to.push_back(static_cast<To>(flatbuffers::EndianScalar(item)));
  }
  return to;
}

inline std::string CopyString(const flatbuffers::String* from,
                              ExpansionBudget& budget) {
  if (from == nullptr || !budget.Charge(from->size(), 1)) return {};
  return std::string(from->data(), from->size());
}

}  // namespace tinyml

#endif  // TINYML_FORMATS_TFLITE_COPY_H_
