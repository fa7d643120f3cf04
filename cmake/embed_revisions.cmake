# Writes OUTPUT, a C++ file that holds every revision file as a string literal.
#
# usage: cmake -DDIR=... -DFILES=tflm/a.json,esp-nn/b.json -DOUTPUT=... -P
string(REPLACE "," ";" FILES "${FILES}")
set(rows "")
foreach(file IN LISTS FILES)
  file(READ ${DIR}/${file} json)
  string(FIND "${json}" ")revision\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${file} holds the delimiter of a raw string")
  endif()
  string(APPEND rows "    R\"revision(${json})revision\",\n")
endforeach()
list(LENGTH FILES count)
file(WRITE "${OUTPUT}" "// Generated from lib/runtime/revisions; do not edit.
#include <array>

#include \"runtime/targets/revisions.h\"

namespace tinyml::runtime {
namespace {

constexpr std::array<std::string_view, ${count}> kTexts = {
${rows}};

}  // namespace

constinit const std::span<const std::string_view> kEmbeddedRevisions(kTexts);

}  // namespace tinyml::runtime
")
