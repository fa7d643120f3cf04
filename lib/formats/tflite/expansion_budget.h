// Bounds the memory that reading one file may take.
#ifndef TINYML_FORMATS_TFLITE_EXPANSION_BUDGET_H_
#define TINYML_FORMATS_TFLITE_EXPANSION_BUDGET_H_

#include <cstddef>
#include <cstdint>

namespace tinyml {

// Objects of a FlatBuffer may be shared: a small file can refer to one large
// vector a million times, and copying each would take all memory. Everything
// copied out of the file is therefore charged here first. Once the budget is
// spent, Charge refuses for good; the caller copies nothing more and reports
// exhausted() at the end. Not thread-safe.
class ExpansionBudget {
 public:
  explicit ExpansionBudget(uint64_t bytes) : left_(bytes) {}

  // Returns whether `count` items of `item_bytes` may be copied.
  bool Charge(uint64_t count, uint64_t item_bytes) {
    if (exhausted_ || (item_bytes != 0 && count > left_ / item_bytes)) {
      exhausted_ = true;
      return false;
    }
    left_ -= count * item_bytes;
    return true;
  }
  bool exhausted() const { return exhausted_; }

 private:
  uint64_t left_;
  bool exhausted_ = false;
};

}  // namespace tinyml

#endif  // TINYML_FORMATS_TFLITE_EXPANSION_BUDGET_H_
