// Walks a TFLite FlatBuffer by the schema, without trusting it.
//
// flatbuffers' verifier says only whether a buffer is sound. This walk says
// where it is not, and what in it a newer version of the format has added.
#ifndef TINYML_FORMATS_TFLITE_SCHEMA_WALK_H_
#define TINYML_FORMATS_TFLITE_SCHEMA_WALK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tinyml {

struct SchemaWalkResult {
  // The first place that is not well-formed, as a sentence; nothing if none
  // was found.
  std::optional<std::string> fault;
  // Fields, union types and deprecated values that the in-memory model has no
  // place for, each as a sentence; at most kMaxUnknownListed and a count.
  std::vector<std::string> unknown;
  // Numbers of 8 bytes, alone or in vectors, that lie at a multiple of 4 and
  // not of 8: some writers place them so. How many places, and the first of
  // them.
  size_t misaligned = 0;
  std::string first_misaligned;
};

inline constexpr size_t kMaxUnknownListed = 20;

// Tables visited at most, by this walk and by the verifier. Tables may be
// shared, so their number is not bounded by the file's size.
inline constexpr uint32_t kMaxTables = 4'000'000;

// Tables within tables at most; the format itself needs 7.
inline constexpr uint32_t kMaxTableDepth = 16;

// Walks the FlatBuffer at the start of `bytes`. Reads nothing outside them.
SchemaWalkResult WalkSchema(std::span<const uint8_t> bytes);

}  // namespace tinyml

#endif  // TINYML_FORMATS_TFLITE_SCHEMA_WALK_H_
