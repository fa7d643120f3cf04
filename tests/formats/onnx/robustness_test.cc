// Damaged and hostile ONNX files: an answer or one sentence.
// TINYML_FLIPS raises the number of bytes that are changed in each real model.
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "formats/onnx/import.h"
#include "tests/support/paths.h"
#include "tinyml/model_file.h"

namespace tinyml::onnx_import {
namespace {

namespace fs = std::filesystem;
using onnx::TensorProto;

Result<Imported> Import(const std::string& bytes,
                        const std::string& folder = "") {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  return ImportOnnx({data, bytes.size()}, folder, {});
}

// Imports what may be damaged. Returns the error's message, or "".
std::string Exercise(const std::string& bytes, const std::string& folder = "") {
  const Result<Imported> imported = Import(bytes, folder);
  if (imported) {
    const Status valid = ValidateModel(imported->model);
    EXPECT_TRUE(valid.has_value()) << valid.error().message;
    return "";
  }
  const Error& error = imported.error();
  EXPECT_FALSE(error.message.empty());
  EXPECT_EQ(error.message.find('\n'), std::string::npos) << error.message;
  EXPECT_NE(error.code, ErrorCode::kInternal) << error.message;
  return error.message;
}

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The shared models, and ours.
std::vector<std::string> Paths() {
  std::vector<std::string> paths = {
      testing::TestdataPath("gestures.onnx"),
      testing::TestdataPath("gestures_quantized.onnx"),
      testing::TestdataPath("residual.onnx"),
  };
  if (const auto shared = testing::SharedDir()) {
    for (const auto& entry : fs::directory_iterator(*shared + "/models")) {
      if (entry.path().extension() == ".onnx") paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST(OnnxRobustness, TruncatedModels) {
  constexpr size_t kPlaces = 64;
  for (const std::string& path : Paths()) {
    const std::string bytes = ReadAll(path);
    for (size_t i = 0; i < kPlaces; ++i) {
      SCOPED_TRACE(path + " cut at " + std::to_string(i) + "/64");
      Exercise(bytes.substr(0, bytes.size() * i / kPlaces));
    }
  }
}

TEST(OnnxRobustness, ModelsWithOneByteChanged) {
  const char* given = std::getenv("TINYML_FLIPS");
  const int flips = given == nullptr ? 64 : std::atoi(given);
  uint64_t state = 1;
  // Source of the constants: Knuth, MMIX.
  const auto below = [&](uint64_t limit) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>((state >> 33) % limit);
  };
  for (const std::string& path : Paths()) {
    const std::string bytes = ReadAll(path);
    for (int i = 0; i < flips; ++i) {
      // Half of the changes near the start, where the nodes often are.
      const size_t at = below(
          i % 2 == 0 ? bytes.size() : std::min<size_t>(bytes.size(), 4096));
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 + below(255)));
      SCOPED_TRACE(path + ", byte " + std::to_string(at));
      Exercise(changed);
    }
  }
}

// Without the shared folder; every byte of the small model.
TEST(OnnxRobustness, EveryByteOfASmallModel) {
  const std::string good = ReadAll(testing::TestdataPath("residual.onnx"));
  for (size_t at = 0; at < good.size(); ++at) {
    for (const int value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      SCOPED_TRACE("byte " + std::to_string(at) + " = " +
                   std::to_string(value));
      std::string changed = good;
      changed[at] = static_cast<char>(value);
      Exercise(changed);
    }
  }
}

// A model with one input x and one output y, both [2,3].
class Builder {
 public:
  Builder() {
    model_.set_ir_version(8);
    model_.add_opset_import()->set_version(13);
    graph().set_name("g");
    Describe(graph().add_input(), "x");
    Describe(graph().add_output(), "y");
  }
  onnx::GraphProto& graph() { return *model_.mutable_graph(); }
  onnx::NodeProto& Node(const std::string& op,
                        const std::vector<std::string>& inputs,
                        const std::string& output) {
    onnx::NodeProto* node = graph().add_node();
    node->set_op_type(op);
    for (const std::string& input : inputs) node->add_input(input);
    node->add_output(output);
    return *node;
  }
  // A float initializer [2,3] without values.
  TensorProto& Initializer(const std::string& name) {
    TensorProto* tensor = graph().add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(TensorProto::FLOAT);
    tensor->add_dims(2);
    tensor->add_dims(3);
    return *tensor;
  }
  TensorProto& External(const std::string& name, const std::string& location) {
    TensorProto& tensor = Initializer(name);
    tensor.set_data_location(TensorProto::EXTERNAL);
    auto* entry = tensor.add_external_data();
    entry->set_key("location");
    entry->set_value(location);
    return tensor;
  }
  std::string Bytes() const { return model_.SerializeAsString(); }

 private:
  static void Describe(onnx::ValueInfoProto* value, const std::string& name) {
    value->set_name(name);
    auto* type = value->mutable_type()->mutable_tensor_type();
    type->set_elem_type(TensorProto::FLOAT);
    type->mutable_shape()->add_dim()->set_dim_value(2);
    type->mutable_shape()->add_dim()->set_dim_value(3);
  }
  onnx::ModelProto model_;
};

TEST(OnnxRobustness, NodesInACircle) {
  Builder b;
  b.Node("Add", {"x", "b"}, "a");
  b.Node("Relu", {"a"}, "b");
  b.Node("Relu", {"b"}, "y");
  EXPECT_NE(Exercise(b.Bytes()), "");
  Builder self;
  self.Node("Add", {"x", "y"}, "y");
  EXPECT_NE(Exercise(self.Bytes()), "");
}

TEST(OnnxRobustness, WhatNobodyMakes) {
  Builder b;
  b.Node("Add", {"x", "weight"}, "y");
  EXPECT_NE(Exercise(b.Bytes()), "");
  Builder no_output;
  no_output.Node("Relu", {"x"}, "z");
  EXPECT_NE(Exercise(no_output.Bytes()), "");
}

TEST(OnnxRobustness, NamesThatAreTaken) {
  Builder b;
  b.Node("Relu", {"x"}, "y");
  b.Node("Relu", {"x"}, "y");
  EXPECT_NE(Exercise(b.Bytes()), "");
  Builder input;
  input.Node("Relu", {"x"}, "x");
  input.Node("Relu", {"x"}, "y");
  EXPECT_NE(Exercise(input.Bytes()), "");
}

TEST(OnnxRobustness, ValuesThatDoNotFitTheirShape) {
  Builder b;
  b.Initializer("w").add_float_data(1.0f);
  b.Node("Add", {"x", "w"}, "y");
  EXPECT_NE(Exercise(b.Bytes()), "");
  Builder huge;
  TensorProto& tensor = huge.Initializer("w");
  for (int i = 0; i < 8; ++i) tensor.add_dims(int64_t{1} << 40);
  huge.Node("Add", {"x", "w"}, "y");
  EXPECT_NE(Exercise(huge.Bytes()), "");
}

class ExternalData : public ::testing::Test {
 protected:
  ExternalData() {
    // A fresh folder, and a secret file beside it.
    std::string pattern = (fs::temp_directory_path() / "tinymlXXXXXX").string();
    top_ = mkdtemp(pattern.data());
    fs::create_directories(top_ / "model");
    for (const char* name : {"secret", "model/weights"}) {
      std::ofstream(top_ / name, std::ios::binary) << std::string(24, '\0');
    }
  }
  ~ExternalData() override {
    std::error_code error;
    fs::remove_all(top_, error);
  }
  std::string Read(const std::string& location) {
    Builder b;
    b.External("w", location);
    b.Node("Add", {"x", "w"}, "y");
    return Exercise(b.Bytes(), (top_ / "model").string());
  }
  fs::path top_;
};

TEST_F(ExternalData, LiesInTheFolderOfTheModel) {
  EXPECT_EQ(Read("weights"), "");
  EXPECT_EQ(Read("./weights"), "");
}

TEST_F(ExternalData, AndNowhereElse) {
  EXPECT_NE(Read("missing"), "");
  EXPECT_NE(Read(""), "");
  EXPECT_NE(Read("."), "");
  EXPECT_NE(Read("../secret"), "");
  EXPECT_NE(Read("a/../../secret"), "");
  EXPECT_NE(Read((top_ / "secret").string()), "");
  EXPECT_NE(Read("/etc/hostname"), "");
  fs::create_symlink(top_ / "secret", top_ / "model" / "link");
  EXPECT_NE(Read("link"), "");
  fs::create_directory_symlink(top_, top_ / "model" / "up");
  EXPECT_NE(Read("up/secret"), "");
  EXPECT_NE(Read("/dev/zero"), "");
}

TEST_F(ExternalData, BeyondTheEndOfTheFile) {
  for (const char* key : {"offset", "length"}) {
    for (const char* value :
         {"1", "-1", "99999999999999999999", "18446744073709551615", "x", ""}) {
      SCOPED_TRACE(std::string(key) + "=" + value);
      Builder b;
      auto* entry = b.External("w", "weights").add_external_data();
      entry->set_key(key);
      entry->set_value(value);
      b.Node("Add", {"x", "w"}, "y");
      EXPECT_NE(Exercise(b.Bytes(), (top_ / "model").string()), "");
    }
  }
}

TEST(OnnxRobustness, ManyNodes) {
  constexpr int kNodes = 100'000;
  Builder b;
  std::string last = "x";
  for (int i = 1; i < kNodes; ++i) {
    const std::string name = "v" + std::to_string(i);
    if (i % 2 == 0) {
      b.Node("Add", {last, "x"}, name);
    } else {
      b.Node("Relu", {last}, name);
    }
    last = name;
  }
  b.Node("Relu", {last}, "y");
  EXPECT_EQ(Exercise(b.Bytes()), "");
}

// What is read only at the end comes first.
TEST(OnnxRobustness, ManyNodesInReverse) {
  constexpr int kNodes = 20'000;
  Builder b;
  b.Node("Relu", {"v1"}, "y");
  for (int i = 1; i < kNodes; ++i) {
    b.Node("Relu", {"v" + std::to_string(i + 1)}, "v" + std::to_string(i));
  }
  b.Node("Relu", {"x"}, "v" + std::to_string(kNodes));
  Exercise(b.Bytes());
}

}  // namespace
}  // namespace tinyml::onnx_import
