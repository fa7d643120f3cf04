// Untrusted text in Markdown, XML and a page's script.
#include "report/escape.h"

#include <gtest/gtest.h>

#include <string>

namespace tinyml::report {
namespace {

TEST(Escape, XmlKeepsTextAndReplacesWhatIsNoCharacter) {
  EXPECT_EQ(XmlText("a<b>&\"c\""), "a&lt;b&gt;&amp;&quot;c&quot;");
  EXPECT_EQ(XmlText("gr\xC3\xB6\xC3\x9F"
                    "e"),
            "gr\xC3\xB6\xC3\x9F"
            "e");
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(XmlText(std::string_view("\x01\0", 2)), bad + bad);
  EXPECT_EQ(XmlText("\xC3"), bad);                      // Cut short.
  EXPECT_EQ(XmlText("\xC0\x80"), bad + bad);            // Overlong.
  EXPECT_EQ(XmlText("\xED\xA0\x80"), bad + bad + bad);  // A surrogate.
  EXPECT_EQ(XmlText("\xF4\x90\x80\x80"), bad + bad + bad + bad);
  EXPECT_EQ(XmlText("\xF0\x9F\x98\x80"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(XmlText("a\nb"), "a&#10;b");
}

TEST(Escape, MarkdownShowsNoHtmlAndNoLinks) {
  EXPECT_EQ(MarkdownCell("a|b\nc"), "a\\|b c");
  EXPECT_EQ(MarkdownCell("<img src=x>"), "&lt;img src=x>");
  EXPECT_EQ(MarkdownCell("![x](y) `z`"), "![x]\\(y) \\`z\\`");
  EXPECT_EQ(MarkdownCell("CONV_2D (int8 [1,2])"), "CONV_2D (int8 [1,2])");
}

TEST(Escape, ScriptJsonCannotEndItsElement) {
  EXPECT_EQ(ScriptJson("{\"a\": \"</script> <!-- \\\" b\",\n \"c\": [1, 2]}\n"),
            "{\"a\":\"\\u003c/script> \\u003c!-- \\\" b\",\"c\":[1,2]}");
  EXPECT_EQ(ScriptJson("[\"\\\\\", \" x\"]"), "[\"\\\\\",\" x\"]");
}

}  // namespace
}  // namespace tinyml::report
