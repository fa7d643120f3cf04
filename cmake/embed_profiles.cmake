# Writes OUTPUT, a C++ file that holds every profile as a string literal.
#
# usage: cmake -DDIR=... -DFILES=cores/a.json,boards/b.json -DOUTPUT=... -P
string(REPLACE "," ";" FILES "${FILES}")
set(rows "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WLE)
  file(READ ${DIR}/${file} json)
  string(FIND "${json}" ")profile\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${file} holds the delimiter of a raw string")
  endif()
  string(REGEX MATCH "^boards/" is_board ${file})
  if(is_board)
    set(is_board true)
  else()
    set(is_board false)
  endif()
  string(APPEND rows
         "    {\"${name}\", ${is_board}, R\"profile(${json})profile\"},\n")
endforeach()
set(content "// Generated from lib/runtime/profiles; do not edit.
#include \"runtime/targets/embedded_profiles.h\"

#include <array>

namespace tinyml::runtime {
namespace {
")
list(LENGTH FILES count)
string(APPEND content
  "constexpr std::array<EmbeddedProfile, ${count}> kProfiles = {{\n${rows}}};\n"
  "}  // namespace\n\n"
  "constinit const std::span<const EmbeddedProfile> kEmbeddedProfiles(kProfiles);\n\n"
  "}  // namespace tinyml::runtime\n")
file(WRITE "${OUTPUT}" "${content}")
