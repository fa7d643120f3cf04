// A format that a report does not have is an error.
#include <gtest/gtest.h>

#include <string>

#include "tinyml/arena_diff.h"
#include "tinyml/inspect.h"
#include "tinyml/quantize_report.h"
#include "tinyml/report.h"
#include "tinyml/revisions.h"

namespace tinyml {
namespace {

std::string Refusal(const Result<std::string>& report) {
  if (report) return "none";
  EXPECT_EQ(report.error().code, ErrorCode::kUsage);
  return report.error().message;
}

TEST(ReportFormatsTest, WhatAReportCannotBeIsSaid) {
  EXPECT_EQ(Refusal(FormatTargets({}, ReportFormat::kSvg)),
            "a list of targets can be text or json, not svg");
  EXPECT_EQ(Refusal(FormatRevisions(KnownRevisions(), {}, ReportFormat::kCsv)),
            "a list of revisions can be text or json, not csv");
  EXPECT_EQ(Refusal(FormatRun({}, ReportFormat::kHtml)),
            "the report of a run can be text or json, not html");
  EXPECT_EQ(Refusal(FormatInspection({}, {}, ReportFormat::kJunit)),
            "an inspection can be text or json, not junit");
  EXPECT_EQ(Refusal(FormatQuantization({}, ReportFormat::kMarkdown)),
            "the report of a quantization can be text or json, not markdown");
  EXPECT_EQ(Refusal(FormatArenaDiff({}, ReportFormat::kSvg)),
            "a comparison of targets can be text, json or markdown, not svg");
  EXPECT_EQ(Refusal(FormatRevisions({}, {}, ReportFormat::kJson)), "none");
}

TEST(ReportFormatsTest, EveryNameIsFound) {
  EXPECT_EQ(FindReportFormat("text"), ReportFormat::kText);
  EXPECT_EQ(FindReportFormat("svg"), ReportFormat::kSvg);
  EXPECT_EQ(FindReportFormat("junit"), ReportFormat::kJunit);
  EXPECT_EQ(FindReportFormat("pdf"), std::nullopt);
}

}  // namespace
}  // namespace tinyml
