// Untrusted text made safe for the formats that reports are written in.
#ifndef TINYML_REPORT_ESCAPE_H_
#define TINYML_REPORT_ESCAPE_H_

#include <string>
#include <string_view>

namespace tinyml::report {

// For a cell of a Markdown table, which shows the text and neither HTML, code
// nor links that it may hold.
std::string MarkdownCell(std::string_view text);

// A field as RFC 4180 asks.
std::string CsvField(std::string_view text);

// For an XML document in UTF-8, in an element or an attribute. What is no
// character there becomes U+FFFD.
std::string XmlText(std::string_view text);

// A JSON document for a <script> element of an HTML page: without the space
// between its tokens, and without anything that ends the element.
std::string ScriptJson(std::string_view json);

}  // namespace tinyml::report

#endif  // TINYML_REPORT_ESCAPE_H_
