# Writes OUTPUT, a C++ file that holds the page of HTML reports: page.html with
# the style sheet and the scripts in their places.
#
# usage: cmake -DDIR=... -DOUTPUT=... -P
file(READ ${DIR}/page.html page)
# In the order in which they need one another.
foreach(name report.css data.js map.js panels.js table.js main.js)
  file(READ ${DIR}/${name} part)
  string(FIND "${page}" "{{${name}}}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "page.html has no place for ${name}")
  endif()
  string(REPLACE "{{${name}}}" "${part}" page "${page}")
endforeach()
string(FIND "${page}" ")page\"" clash)
if(NOT clash EQUAL -1)
  message(FATAL_ERROR "the page holds the delimiter of a raw string")
endif()
file(WRITE "${OUTPUT}" "// Generated from lib/report/html; do not edit.
#include \"report/embedded_page.h\"

namespace tinyml::report {

const std::string_view kArenaPage = R\"page(${page})page\";

}  // namespace tinyml::report
")
