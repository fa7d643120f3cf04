// Untrusted text made safe for the formats that reports are written in.
#ifndef TINYML_REPORT_ESCAPE_H_
#define TINYML_REPORT_ESCAPE_H_

#include <string>
#include <string_view>

namespace tinyml::report {

// For a cell of a Markdown table, which shows the text as it is, without HTML,
// code or links that it may contain.
std::string MarkdownCell(std::string_view text);

// A CSV field by RFC 4180.
std::string CsvField(std::string_view text);

// For an XML document in UTF-8, in an element or an attribute. What is not a
// valid character becomes U+FFFD.
std::string XmlText(std::string_view text);

// A JSON document for a <script> element of an HTML page: without whitespace
// between tokens, and without anything that ends the element.
std::string ScriptJson(std::string_view json);

}  // namespace tinyml::report

#endif  // TINYML_REPORT_ESCAPE_H_
