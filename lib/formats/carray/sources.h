// The C, C++ and assembler files that hold a model.
#ifndef TINYML_FORMATS_CARRAY_SOURCES_H_
#define TINYML_FORMATS_CARRAY_SOURCES_H_

#include <string>
#include <vector>

#include "formats/carray/names.h"
#include "tinyml/convert.h"
#include "tinyml/model_file.h"
#include "tinyml/output.h"

namespace tinyml::carray {

// What the files of one conversion have in common.
struct Unit {
  Names names;
  PathParts path;      // Of the file that the user asked for.
  std::string banner;  // The comment at the top of every file.
  BufferData data;     // The model's bytes.
  ArrayStyle array_style = ArrayStyle::kString;
  std::vector<ArenaConstant> arenas;
};

// The name of the header beside the source, as #include gives it.
std::string HeaderName(const Unit& unit);

// The header that declares the array.
OutputFile DeclaringHeader(const Unit& unit);
// The header that holds the array.
OutputFile SelfContainedHeader(const Unit& unit);
// The C source that defines the array.
OutputFile CSource(const Unit& unit);
// The C++ source that defines the array.
OutputFile CppSource(const Unit& unit);

// The assembler source, and the file with the model's bytes that it includes.
OutputFile AssemblerSource(const Unit& unit);
OutputFile AssemblerData(const Unit& unit);

}  // namespace tinyml::carray

#endif  // TINYML_FORMATS_CARRAY_SOURCES_H_
