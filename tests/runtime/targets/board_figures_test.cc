// The arenas that real boards report with the libraries that people install:
// the Arduino Nano 33 BLE Sense with Chirale_TensorFLowLite 2.0.0, and an ESP32
// with esp-tflite-micro.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/paths.h"
#include "tinyml/arena.h"
#include "tinyml/model_file.h"
#include "tinyml/target.h"

namespace tinyml {
namespace {

struct Figure {
  const char* name;
  const char* model;
  int64_t nano_33_ble_sense;
  int64_t esp32;
};

constexpr Figure kFigures[] = {
    {"PersonDetect", "tflm_person_detect", 82740, 82300},
    {"Keyword", "mlperf_kws_ref_model", 24164, 22780},
    {"ResNet8", "mlperf_pretrainedResnet_quant", 55188, 54364},
    {"AnomalyDetector", "mlperf_model_ToyCar_quant_fullint_micro_intio", 2596,
     2380},
};

class BoardFiguresTest : public ::testing::TestWithParam<Figure> {
 protected:
  // arena_used_bytes() of the model on `target`; -1 if there is no figure.
  static int64_t UsedOn(const std::string& target) {
    const auto shared = testing::SharedDir();
    const auto file = ReadModelFile(*shared + "/models/" +
                                    std::string(GetParam().model) + ".tflite");
    const auto parsed = Target::Parse(target);
    if (!file || !parsed) return -1;
    const auto size = SizeArena(file->model, *parsed);
    return size ? size->arena_used_bytes : -1;
  }
};

TEST_P(BoardFiguresTest, OfANano33BleSenseWithChirale) {
  TINYML_REQUIRE_SHARED(shared);
  EXPECT_EQ(UsedOn("nano-33-ble-sense"), GetParam().nano_33_ble_sense);
}

TEST_P(BoardFiguresTest, OfAnEsp32WithEspTfliteMicro) {
  TINYML_REQUIRE_SHARED(shared);
  EXPECT_EQ(UsedOn("esp32-devkitc"), GetParam().esp32);
}

INSTANTIATE_TEST_SUITE_P(All, BoardFiguresTest, ::testing::ValuesIn(kFigures),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

}  // namespace
}  // namespace tinyml
