#include "formats/tflite/schema_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace tinyml {
namespace {

enum class FieldKind : uint8_t {
  kScalar,
  kString,
  kVector,            // Of scalars of `bytes` each.
  kTable,             // `target` is an index into kTables.
  kTableVector,       // Likewise.
  kUnion,             // `target` is an index into kUnions; type at id - 1.
  kDeprecatedScalar,  // Not in the in-memory model.
  kDeprecatedOffset,  // Likewise.
};

struct FieldInfo {
  std::string_view name;
  uint16_t id;
  FieldKind kind;
  int16_t target;
  uint8_t bytes;
};

struct TableInfo {
  std::string_view name;
  std::span<const FieldInfo> fields;
  uint16_t known_fields;  // Numbers below this are in the schema.
};

struct UnionInfo {
  std::string_view name;
  std::span<const int16_t> members;  // Indices into kTables, by type number.
};

#include "formats/tflite/schema_tables.inc"

class Walker {
 public:
  explicit Walker(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  SchemaWalkResult Run() {
    uint32_t root = 0;
    if (!Read(0, &root)) {
      Fault("the file ends within its first four bytes");
    } else {
      Table(kTables[kModelTable], root, 0);
    }
    if (unlisted_ > 0) {
      result_.unknown.push_back(fmt::format("and {} more", unlisted_));
    }
    return std::move(result_);
  }

 private:
  // One step of the way from the root: a field, and an index if it is a vector.
  struct Step {
    std::string_view field;
    int64_t index;
  };
  struct VTable {
    uint64_t position;
    uint16_t bytes;
  };

  template <typename T>
  bool Read(uint64_t at, T* value) const {
    if (at > bytes_.size() || bytes_.size() - at < sizeof(T)) return false;
    std::memcpy(value, bytes_.data() + at, sizeof(T));
    return true;
  }

  std::string Path() const {
    std::string path;
    for (const Step& step : path_) {
      if (!path.empty()) path += '.';
      path += step.field;
      if (step.index >= 0) path += fmt::format("[{}]", step.index);
    }
    return path.empty() ? "the model's root" : path;
  }

  // Records the first fault and returns false, which ends the walk.
  bool Fault(std::string what) {
    if (!result_.fault) {
      result_.fault = fmt::format("{}: {}", Path(), what);
    }
    return false;
  }

  void Unknown(std::string what) {
    if (result_.unknown.size() >= kMaxUnknownListed) {
      ++unlisted_;
      return;
    }
    result_.unknown.push_back(fmt::format("{}: {}", Path(), what));
  }

  // Whether what takes `bytes` (a power of two) may lie at `at`. Numbers of 8
  // bytes may lie at a multiple of 4, which is noted.
  bool Align(uint64_t at, uint64_t bytes) {
    if (at % std::min<uint64_t>(bytes, 4) != 0) {
      return Fault("it is not aligned");
    }
    if (at % bytes != 0) {
      if (result_.misaligned++ == 0) result_.first_misaligned = Path();
    }
    return true;
  }

  // Position of the field in the file, or 0 if the table does not have it.
  uint64_t FieldPosition(uint64_t table, const VTable& vtable, uint16_t id) {
    const uint64_t entry = 4 + uint64_t{id} * 2;
    uint16_t offset = 0;
    if (entry + 2 > vtable.bytes) return 0;
    if (!Read(vtable.position + entry, &offset) || offset == 0) return 0;
    return table + offset;
  }

  bool Table(const TableInfo& info, uint64_t at, uint32_t depth) {
    if (depth > kMaxTableDepth) return Fault("tables nest too deeply");
    if (++visited_ > kMaxTables) {
      return Fault(fmt::format("there are more than {} tables", kMaxTables));
    }
    if (at % 4 != 0) return Fault("its table is not aligned");
    int32_t to_vtable = 0;
    if (!Read(at, &to_vtable)) {
      return Fault("its table lies past the end of the file");
    }
    const int64_t vtable_at = static_cast<int64_t>(at) - to_vtable;
    VTable vtable = {static_cast<uint64_t>(vtable_at), 0};
    if (vtable_at < 0 || vtable_at % 2 != 0 ||
        !Read(vtable.position, &vtable.bytes) || vtable.bytes % 2 != 0 ||
        vtable.position + vtable.bytes > bytes_.size()) {
      return Fault("its table of fields lies outside the file");
    }
    for (const FieldInfo& field : info.fields) {
      const uint64_t position = FieldPosition(at, vtable, field.id);
      if (field.kind == FieldKind::kUnion) {
        path_.push_back({field.name, -1});
        if (!Union(field, at, vtable, position, depth)) return false;
        path_.pop_back();
      } else if (position != 0) {
        path_.push_back({field.name, -1});
        if (!Field(field, position, depth)) return false;
        path_.pop_back();
      }
    }
    for (uint16_t id = info.known_fields; 4 + id * 2 + 2 <= vtable.bytes;
         ++id) {
      if (FieldPosition(at, vtable, id) != 0) {
        Unknown(fmt::format("{} has field number {}, of a newer format",
                            info.name, id));
      }
    }
    return true;
  }

  // Follows the offset stored at `position`.
  bool Follow(uint64_t position, uint64_t* target) {
    uint32_t offset = 0;
    if (position % 4 != 0) return Fault("its offset is not aligned");
    if (!Read(position, &offset)) {
      return Fault("its offset lies past the end of the file");
    }
    if (offset == 0) return Fault("its offset is zero");
    *target = position + offset;
    if (*target >= bytes_.size()) {
      return Fault(
          fmt::format("it points to byte {}, but the file has {} bytes",
                      *target, bytes_.size()));
    }
    return true;
  }

  // Reads the length of the vector at `at` and checks that it is all there.
  bool Vector(uint64_t at, uint64_t item_bytes, uint32_t* count) {
    if (at % 4 != 0) return Fault("it is not aligned");
    if (!Read(at, count)) return Fault("it lies past the end of the file");
    if (*count * item_bytes > bytes_.size() - at - 4) {
      return Fault(fmt::format(
          "it says that it has {} elements, which do not fit into the file of "
          "{} bytes",
          *count, bytes_.size()));
    }
    // There is nothing to read at a wrong place in an empty vector, which
    // ordinary builders do not align.
    return *count == 0 || Align(at + 4, item_bytes);
  }

  bool Field(const FieldInfo& field, uint64_t position, uint32_t depth) {
    uint64_t target = 0;
    uint32_t count = 0;
    switch (field.kind) {
      case FieldKind::kScalar:
      case FieldKind::kDeprecatedScalar:
        if (position + field.bytes > bytes_.size()) {
          return Fault("it lies past the end of the file");
        }
        if (!Align(position, field.bytes)) return false;
        if (field.kind == FieldKind::kDeprecatedScalar) {
          Deprecated(position, field.bytes);
        }
        return true;
      case FieldKind::kDeprecatedOffset:
        Unknown("the format has deprecated this field");
        return true;
      case FieldKind::kString:
        if (!Follow(position, &target) || !Vector(target, 1, &count)) {
          return false;
        }
        if (target + 4 + count >= bytes_.size() ||
            bytes_[target + 4 + count] != 0) {
          return Fault("the text does not end where it says");
        }
        return true;
      case FieldKind::kVector:
        return Follow(position, &target) && Vector(target, field.bytes, &count);
      case FieldKind::kTable:
        return Follow(position, &target) &&
               Table(kTables[field.target], target, depth + 1);
      case FieldKind::kTableVector:
        if (!Follow(position, &target) || !Vector(target, 4, &count)) {
          return false;
        }
        for (uint32_t i = 0; i < count; ++i) {
          path_.back().index = i;
          uint64_t table = 0;
          if (!Follow(target + 4 + uint64_t{i} * 4, &table) ||
              !Table(kTables[field.target], table, depth + 1)) {
            return false;
          }
        }
        path_.back().index = -1;
        return true;
      case FieldKind::kUnion:
        break;  // Needs its type; see Union.
    }
    return true;
  }

  void Deprecated(uint64_t position, uint8_t size) {
    for (uint8_t i = 0; i < size; ++i) {
      if (bytes_[position + i] != 0) {
        Unknown("the format has deprecated this field");
        return;
      }
    }
  }

  bool Union(const FieldInfo& field, uint64_t table, const VTable& vtable,
             uint64_t position, uint32_t depth) {
    const UnionInfo& info = kUnions[field.target];
    uint8_t type = 0;
    const uint64_t type_position =
        FieldPosition(table, vtable, static_cast<uint16_t>(field.id - 1));
    if (type_position != 0 && !Read(type_position, &type)) {
      return Fault("its type lies past the end of the file");
    }
    uint64_t target = 0;
    if (position != 0 && !Follow(position, &target)) return false;
    if (type >= info.members.size()) {
      Unknown(fmt::format("{} of type {}, of a newer format", info.name, type));
      return true;
    }
    if (type == 0) {
      if (position != 0) Unknown(fmt::format("{} without a type", info.name));
      return true;
    }
    const TableInfo& member = kTables[info.members[type]];
    if (position == 0) {
      Unknown(
          fmt::format("it is said to be {}, but there is none", member.name));
      return true;
    }
    return Table(member, target, depth + 1);
  }

  std::span<const uint8_t> bytes_;
  SchemaWalkResult result_;
  std::vector<Step> path_;
  uint32_t visited_ = 0;
  size_t unlisted_ = 0;
};

}  // namespace

SchemaWalkResult WalkSchema(std::span<const uint8_t> bytes) {
  return Walker(bytes).Run();
}

}  // namespace tinyml
