# Writes OUTPUT, a C++ file that defines SYMBOL, a span of every JSON file as a
# string literal. HEADER declares it.
#
# usage: cmake -DDIR=... -DFILES=tflm/a.json,esp-nn/b.json -DSYMBOL=kName
#              -DHEADER=runtime/targets/name.h -DOUTPUT=... -P
string(REPLACE "," ";" FILES "${FILES}")
set(rows "")
foreach(file IN LISTS FILES)
  file(READ ${DIR}/${file} json)
  string(FIND "${json}" ")json\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${file} holds the delimiter of a raw string")
  endif()
  string(APPEND rows "    R\"json(${json})json\",\n")
endforeach()
list(LENGTH FILES count)
file(WRITE "${OUTPUT}" "// Generated from JSON files; do not edit.
#include <array>

#include \"${HEADER}\"

namespace tinyml::runtime {
namespace {

constexpr std::array<std::string_view, ${count}> kTexts = {
${rows}};

}  // namespace

constinit const std::span<const std::string_view> ${SYMBOL}(kTexts);

}  // namespace tinyml::runtime
")
