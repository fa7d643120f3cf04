// Libraries that are loaded when they are needed.
#include "base/shared_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tinyml {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

using Cosine = double(double);

TEST(SharedLibrary, FindsFunctions) {
  SharedLibrary math("libm.so.6", "tests");
  Cosine* const cosine = math.Find<Cosine>("cos");
  ASSERT_TRUE(math.status()) << math.status().error().message;
  EXPECT_EQ(cosine(0), 1);
}

TEST(SharedLibrary, NamesThePackageOfOneThatIsMissing) {
  SharedLibrary missing("libtinymlmissing.so.7", "Sculptures");
  Cosine* const cosine = missing.Find<Cosine>("cos");
  EXPECT_EQ(cosine, nullptr);
  ASSERT_FALSE(missing.status());
  EXPECT_EQ(missing.status().error().code, ErrorCode::kIo);
  EXPECT_THAT(
      missing.status().error().message,
      StartsWith("Sculptures need the Debian package libtinymlmissing7: "));
}

TEST(SharedLibrary, FailsWithoutAFunction) {
  SharedLibrary math("libm.so.6", "tests");
  Cosine* const function = math.Find<Cosine>("cos_of_something_else");
  EXPECT_EQ(function, nullptr);
  ASSERT_FALSE(math.status());
  EXPECT_THAT(math.status().error().message,
              HasSubstr("cos_of_something_else"));
}

}  // namespace
}  // namespace tinyml
