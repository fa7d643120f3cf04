#include "model/options.h"

namespace tinyml {

std::string_view OperatorOptions::TypeName() const {
  return table_ == nullptr ? std::string_view() : table_->type_name();
}

bool operator==(const OperatorOptions& a, const OperatorOptions& b) {
  if (a.table_ == b.table_) return true;
  if (a.table_ == nullptr || b.table_ == nullptr) return false;
  return a.table_->Equals(*b.table_);
}

#include "model/options.inc"

}  // namespace tinyml
