# Writes OUTPUT, a C++ file that defines kRevisionTable: what the revision files
# say, as constant data, so that the program need not parse them.
#
# usage: cmake -DDIR=... -DFILES=tflm/a.json,esp-nn/b.json -DOUTPUT=... -P
string(REPLACE "," ";" FILES "${FILES}")

# A string literal of a text field of `json`; of "" if there is none.
function(text_of json key result)
  string(JSON value ERROR_VARIABLE missing GET "${json}" ${key})
  if(missing)
    set(value "")
  endif()
  set(${result} "R\"text(${value})text\"" PARENT_SCOPE)
endfunction()

function(bool_of json key result)
  string(JSON value ERROR_VARIABLE missing GET "${json}" ${key})
  if(NOT missing AND value)
    set(${result} true PARENT_SCOPE)
  else()
    set(${result} false PARENT_SCOPE)
  endif()
endfunction()

# Defines an array of the texts in the list `key`, if it has any, and returns its
# name, or "{}".
set(arrays "")
function(list_of json key name result)
  set(${result} "{}" PARENT_SCOPE)
  string(JSON count ERROR_VARIABLE missing LENGTH "${json}" ${key})
  if(missing OR count EQUAL 0)
    return()
  endif()
  set(items "")
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON item GET "${json}" ${key} ${i})
    string(APPEND items "R\"text(${item})text\", ")
  endforeach()
  set(arrays "${arrays}constexpr std::string_view ${name}[] = {${items}};\n" PARENT_SCOPE)
  set(${result} "${name}" PARENT_SCOPE)
endfunction()

function(releases_of json name result)
  set(${result} "{}" PARENT_SCOPE)
  string(JSON count ERROR_VARIABLE missing LENGTH "${json}" releases)
  if(missing OR count EQUAL 0)
    return()
  endif()
  set(items "")
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON release GET "${json}" releases ${i})
    text_of("${release}" what what)
    text_of("${release}" version version)
    text_of("${release}" note note)
    string(APPEND items "{${what}, ${version}, ${note}}, ")
  endforeach()
  set(arrays "${arrays}constexpr RevisionRow::Release ${name}[] = {${items}};\n" PARENT_SCOPE)
  set(${result} "${name}" PARENT_SCOPE)
endfunction()

set(rows "")
set(number 0)
foreach(file IN LISTS FILES)
  file(READ ${DIR}/${file} json)
  set(row "")
  foreach(key IN ITEMS project name commit date upstream_commit based_on note)
    text_of("${json}" ${key} value)
    string(APPEND row "${value}, ")
  endforeach()
  foreach(key IN ITEMS default measured)
    bool_of("${json}" ${key} value)
    string(APPEND row "${value}, ")
  endforeach()
  foreach(key IN ITEMS also kernels adds lacks)
    list_of("${json}" ${key} kList${number}_${key} value)
    string(APPEND row "${value}, ")
  endforeach()
  releases_of("${json}" kReleases${number} value)
  string(APPEND rows "    {${row}${value}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${OUTPUT}" "// Generated from lib/runtime/revisions; do not edit.
#include \"runtime/targets/revisions.h\"

namespace tinyml::runtime {
namespace {

${arrays}
constexpr RevisionRow kRows[] = {
${rows}};

}  // namespace

constinit const std::span<const RevisionRow> kRevisionTable(kRows);

}  // namespace tinyml::runtime
")
