// What an error is about, and its reason without that.
#include "base/error.h"

#include <gtest/gtest.h>

namespace tinyml {
namespace {

TEST(Error, KnowsItsSubjectAndItsReason) {
  const Error error = FailAbout({.op = OperatorId(0, 3)}, "operator 3",
                                ErrorCode::kUnsupported, "no kernel")
                          .value();
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_EQ(error.message, "operator 3: no kernel");
  EXPECT_EQ(error.Reason(), "no kernel");
  EXPECT_EQ(error.subject.op, OperatorId(0, 3));
  EXPECT_EQ(error.subject.file, "");
}

TEST(Error, InFileKeepsTheOperator) {
  const Error error =
      InFile("a.tflite", FailAbout({.op = OperatorId(1, 2)}, "operator 2",
                                   ErrorCode::kInvalid, "no input")
                             .value());
  EXPECT_EQ(error.message, "a.tflite: operator 2: no input");
  EXPECT_EQ(error.Reason(), "no input");
  EXPECT_EQ(error.subject.op, OperatorId(1, 2));
  EXPECT_EQ(error.subject.file, "a.tflite");
}

TEST(Error, FailInFileNamesTheFile) {
  const Error error = FailInFile("a.npy", "it is empty").value();
  EXPECT_EQ(error.message, "a.npy: it is empty");
  EXPECT_EQ(error.Reason(), "it is empty");
  EXPECT_EQ(error.subject.file, "a.npy");
}

TEST(Error, WithinChangesOnlyTheWords) {
  const Error error =
      Within("sample 4", {ErrorCode::kInvalid, "a value is infinite"});
  EXPECT_EQ(error.message, "sample 4: a value is infinite");
  EXPECT_EQ(error.Reason(), "a value is infinite");
  EXPECT_EQ(error.subject, ErrorSubject());
}

TEST(Error, ReasonIsTheMessageWhereNothingIsNamed) {
  const Error error = {ErrorCode::kIo, "cannot read it"};
  EXPECT_EQ(error.Reason(), "cannot read it");
}

}  // namespace
}  // namespace tinyml
