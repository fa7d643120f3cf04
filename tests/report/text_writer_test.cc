// Aligned tables of reports.
#include "report/text_writer.h"

#include <gtest/gtest.h>

namespace tinyml::report {
namespace {

TEST(AlignedRows, ColumnsAreAsWideAsTheirWidestCell) {
  EXPECT_EQ(AlignedRows("  ", {{}, {true, 5}, {}},
                        {{"name", "bytes", "title"},
                         {"a", "1", "first"},
                         {"longest", "1,000,000", ""}}),
            "  name         bytes  title\n"
            "  a                1  first\n"
            "  longest  1,000,000  \n");
}

TEST(AlignedRows, TheLastCellOfARowWidensNothing) {
  EXPECT_EQ(AlignedRows("", {{}, {true, 3}, {}},
                        {{"a", "refused: a long reason"}, {"bb", "1", "x"}}),
            "a   refused: a long reason\n"
            "bb    1  x\n");
}

}  // namespace
}  // namespace tinyml::report
