// Fields of JSON objects, and what is wrong with them.
#include "base/json_fields.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace tinyml {
namespace {

const Json kDocument = Json::parse(R"({
  "name": "keywords", "empty": "", "count": 7, "flag": true, "real": 0.5,
  "huge": 1e300, "big": 18446744073709551615, "size": "96K",
  "list": ["a", "b"], "abi": {"pointer_bytes": 8, "short": 1},
  "items": [{"bytes": 1}, {"bytes": "x"}, {"bytes": null}]})");

std::string FaultOf(void (*read)(JsonFields&)) {
  JsonFields fields(kDocument, "file.json");
  read(fields);
  const Status status = fields.status();
  return status ? "" : status.error().message;
}

TEST(JsonFields, ValuesHaveTheirTypes) {
  JsonFields fields(kDocument, "file.json");
  std::string name;
  bool flag = false;
  int64_t count = 0;
  float real = 0;
  std::vector<std::string> list;
  fields.Get("name", name);
  fields.Get("flag", flag);
  fields.Get("count", count);
  fields.Get("real", real);
  fields.Get("list", list);
  EXPECT_EQ(name, "keywords");
  EXPECT_TRUE(flag);
  EXPECT_EQ(count, 7);
  EXPECT_EQ(real, 0.5F);
  EXPECT_EQ(list, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(fields.String("empty"), "");
  EXPECT_EQ(fields.Size("size"), 98304);
  EXPECT_EQ(fields.Integer("abi.pointer_bytes", 4, 8), 8);
  EXPECT_TRUE(fields.status().has_value());
}

TEST(JsonFields, AbsentOnesLeaveTheValue) {
  JsonFields fields(kDocument, "file.json");
  int64_t count = 3;
  fields.Get("nothing", count);
  fields.Get("name.inside", count);
  EXPECT_EQ(count, 3);
  EXPECT_EQ(fields.Integer("abi.nothing", 0, 9), std::nullopt);
  EXPECT_EQ(fields.List("nothing").size(), 0U);
  EXPECT_TRUE(fields.status().has_value());
}

TEST(JsonFields, FaultsNameTheKey) {
  EXPECT_EQ(FaultOf([](JsonFields& f) { f.String("count"); }),
            "file.json: 'count' must be a string");
  EXPECT_EQ(FaultOf([](JsonFields& f) { f.Require("nothing"); }),
            "file.json: 'nothing' is missing");
  EXPECT_EQ(FaultOf([](JsonFields& f) { f.Integer("count", 8, 9); }),
            "file.json: 'count' must be an integer from 8 to 9");
  EXPECT_EQ(FaultOf([](JsonFields& f) { f.Integer("big", 0, INT64_MAX); }),
            "file.json: 'big' must be an integer of at least 0");
  EXPECT_EQ(FaultOf([](JsonFields& f) {
              float real = 0;
              f.Get("huge", real);
            }),
            "file.json: 'huge' must be a finite number");
  EXPECT_EQ(FaultOf([](JsonFields& f) {
              bool flag = false;
              f.Get("abi.short", flag);
            }),
            "file.json: 'abi.short' must be true or false");
  EXPECT_EQ(FaultOf([](JsonFields& f) {
              std::string text;
              f.Get("empty", text);
            }),
            "file.json: 'empty' must not be empty");
}

TEST(JsonFields, FaultsInAListNameTheItem) {
  EXPECT_EQ(FaultOf([](JsonFields& f) {
              f.Each("items",
                     [](JsonFields& item) { item.Integer("bytes", 0, 9); });
            }),
            "file.json: 'items[1]': 'bytes' must be an integer from 0 to 9");
  EXPECT_EQ(FaultOf([](JsonFields& f) { f.Each("list", [](JsonFields&) {}); }),
            "file.json: 'list[0]': must be an object");
}

TEST(JsonFields, ListsOfIntegers) {
  const Json json = Json::parse(R"({"good": [1, -1], "bad": [1, 9, "x"]})");
  JsonFields fields(json, "");
  EXPECT_EQ(fields.Integers("good", -1, 5), (std::vector<int64_t>{1, -1}));
  EXPECT_TRUE(fields.Integers("nothing", 0, 1).empty());
  fields.Integers("bad", -1, 5);
  ASSERT_FALSE(fields.status().has_value());
  EXPECT_EQ(fields.status().error().message,
            "'bad[1]' must be an integer from -1 to 5");
}

TEST(JsonFields, TheFirstFaultCounts) {
  EXPECT_EQ(FaultOf([](JsonFields& f) {
              f.Require("first");
              f.Require("second");
            }),
            "file.json: 'first' is missing");
}

TEST(JsonFields, DoneRefusesUnknownKeys) {
  const Json json = Json::parse(R"({"name": "a", "targest": []})");
  JsonFields fields(json, "file.json", {.file = "file.json"});
  fields.String("name");
  fields.List("targets");
  EXPECT_TRUE(fields.status().has_value());
  const Status done = fields.Done();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().message,
            "file.json: unknown key 'targest'; did you mean 'targets'?");
  EXPECT_EQ(done.error().subject.file, "file.json");
}

TEST(ParseJsonObject, RefusesOtherTextAndDeepNesting) {
  EXPECT_TRUE(ParseJsonObject("{}", "x").has_value());
  EXPECT_EQ(ParseJsonObject("[]", "x").error().message,
            "x is not a JSON object");
  EXPECT_EQ(ParseJsonObject("{", "x").error().message,
            "x is not a JSON object");
  EXPECT_EQ(ParseJsonObject(std::string(100000, '['), "x").error().message,
            "x is nested too deep");
}

}  // namespace
}  // namespace tinyml
