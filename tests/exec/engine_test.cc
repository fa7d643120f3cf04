// The engine on small models: order, state, profile, early end.
#include "exec/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/paths.h"
#include "tinyml/model_file.h"
#include "tinyml/target.h"

// Designated initialisers leave members out on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace tinyml::exec {
namespace {

using ::testing::SizeIs;

Model Read(const std::string& name) {
  return ReadModelFile(testing::TestdataPath(name)).value().model;
}

std::unique_ptr<Engine> Start(const Model& model,
                              const EngineOptions& options = {}) {
  const auto target = tinyml::Target::Parse("x86-64");
  return std::move(
      Engine::Create(model, target.value().runtime(), options).value());
}

void Fill(const Engine& engine, uint8_t value) {
  for (const ops::TensorView* input : engine.inputs()) {
    std::fill_n(input->writable, input->bytes.size(), value);
  }
}

std::vector<uint8_t> Output(const Engine& engine) {
  const auto bytes = engine.outputs()[0]->bytes;
  return {bytes.begin(), bytes.end()};
}

TEST(EngineTest, ObservesOperatorsInTheirOrder) {
  const Model model = Read("keyword_int8.tflite");
  const auto engine = Start(model);
  std::vector<int> seen;
  engine->set_observer([&](const OperatorId& op) {
    seen.push_back(op.index);
    return Status();
  });
  Fill(*engine, 3);
  ASSERT_TRUE(engine->Invoke());
  ASSERT_THAT(seen, SizeIs(model.subgraphs[0].operators.size()));
  for (size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i], static_cast<int>(i));
  }
}

TEST(EngineTest, AnObserverCanEndTheInvocation) {
  const Model model = Read("keyword_int8.tflite");
  const auto engine = Start(model);
  int calls = 0;
  engine->set_observer([&](const OperatorId&) -> Status {
    if (++calls < 2) return {};
    return Fail(ErrorCode::kIo, "the disk is full");
  });
  const Status status = engine->Invoke();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  EXPECT_EQ(calls, 2);
}

TEST(EngineTest, OutputsDoNotDependOnTheLayoutOrTheGuard) {
  const Model model = Read("keyword_int8.tflite");
  const auto in_arena = Start(model);
  const auto separate =
      Start(model, {.layout = ModelMemory::Layout::kSeparate});
  const auto guarded = Start(model, {.guard = true});
  for (const auto* engine : {&in_arena, &separate, &guarded}) {
    Fill(**engine, 7);
    ASSERT_TRUE((*engine)->Invoke());
  }
  EXPECT_EQ(Output(*in_arena), Output(*separate));
  EXPECT_EQ(Output(*in_arena), Output(*guarded));
}

TEST(EngineTest, ResetForgetsWhatWasInvoked) {
  const Model model = Read("gestures_with_state.tflite");
  const auto engine = Start(model);
  std::vector<std::vector<uint8_t>> outputs;
  for (int i = 0; i < 3; ++i) {
    if (i == 2) {
      ASSERT_TRUE(engine->Reset());
    }
    Fill(*engine, 40);
    ASSERT_TRUE(engine->Invoke());
    outputs.push_back(Output(*engine));
  }
  EXPECT_NE(outputs[0], outputs[1]);
  EXPECT_EQ(outputs[0], outputs[2]);
}

TEST(EngineTest, TheProfileCountsRuns) {
  const Model model = Read("keyword_int8.tflite");
  const auto engine = Start(model, {.profile = true});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(engine->Invoke());
  EXPECT_THAT(engine->times(), SizeIs(model.subgraphs[0].operators.size()));
  for (const OperatorTime& time : engine->times()) EXPECT_EQ(time.runs, 3);
}

TEST(EngineTest, WhatTheRuntimeRefusesIsNotStarted) {
  const Model model = Read("hybrid_refused.tflite");
  const auto target = tinyml::Target::Parse("x86-64");
  const auto engine = Engine::Create(model, target->runtime(), {});
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace tinyml::exec
