#include "runtime/abi/abi.h"

#include <algorithm>

#include "base/checked.h"

namespace tinyml::runtime {
namespace {

Layout LayoutOf(const Field& field, const Abi& abi) {
  switch (field.kind) {
    case FieldKind::kBytes:
      return {field.width, field.width};
    case FieldKind::kPointer:
      return {abi.pointer_bytes, abi.pointer_bytes};
    case FieldKind::kInt64:
      return {8, abi.int64_alignment};
    case FieldKind::kEnum: {
      const int64_t width = abi.short_enums ? field.width : 4;
      return {width, width};
    }
    case FieldKind::kStruct:
      return LayoutOf(*field.nested, abi);
  }
  return {};
}

}  // namespace

Layout LayoutOf(const StructDef& def, const Abi& abi) {
  Layout whole;
  for (const Field& field : def.fields) {
    const Layout one = LayoutOf(field, abi);
    whole.size = AlignUp(whole.size, one.alignment) + one.size * field.count;
    whole.alignment = std::max(whole.alignment, one.alignment);
  }
  whole.size = std::max<int64_t>(AlignUp(whole.size, whole.alignment), 1);
  return whole;
}

int64_t OffsetOf(const StructDef& def, size_t index, const Abi& abi) {
  int64_t offset = 0;
  for (size_t i = 0; i <= index; ++i) {
    const Field& field = def.fields[i];
    const Layout one = LayoutOf(field, abi);
    offset = AlignUp(offset, one.alignment);
    if (i < index) offset += one.size * field.count;
  }
  return offset;
}

}  // namespace tinyml::runtime
