#include "ops/sequence/sigmoid_table.h"

namespace tinyml::ops {
namespace {

// sigmoid(i / 24) in Q0.16, some of them a little more than rounded.
constexpr uint16_t kSigmoid[256] = {
    32768, 33451, 34133, 34813, 35493, 36169, 36843, 37513, 38180, 38841,
    39498, 40149, 40794, 41432, 42064, 42688, 43304, 43912, 44511, 45102,
    45683, 46255, 46817, 47369, 47911, 48443, 48964, 49475, 49975, 50464,
    50942, 51409, 51865, 52311, 52745, 53169, 53581, 53983, 54374, 54755,
    55125, 55485, 55834, 56174, 56503, 56823, 57133, 57433, 57724, 58007,
    58280, 58544, 58800, 59048, 59288, 59519, 59743, 59959, 60168, 60370,
    60565, 60753, 60935, 61110, 61279, 61441, 61599, 61750, 61896, 62036,
    62172, 62302, 62428, 62549, 62666, 62778, 62886, 62990, 63090, 63186,
    63279, 63368, 63454, 63536, 63615, 63691, 63765, 63835, 63903, 63968,
    64030, 64090, 64148, 64204, 64257, 64308, 64357, 64405, 64450, 64494,
    64536, 64576, 64614, 64652, 64687, 64721, 64754, 64786, 64816, 64845,
    64873, 64900, 64926, 64950, 64974, 64997, 65019, 65039, 65060, 65079,
    65097, 65115, 65132, 65149, 65164, 65179, 65194, 65208, 65221, 65234,
    65246, 65258, 65269, 65280, 65291, 65301, 65310, 65319, 65328, 65337,
    65345, 65352, 65360, 65367, 65374, 65381, 65387, 65393, 65399, 65404,
    65410, 65415, 65420, 65425, 65429, 65433, 65438, 65442, 65445, 65449,
    65453, 65456, 65459, 65462, 65465, 65468, 65471, 65474, 65476, 65479,
    65481, 65483, 65485, 65488, 65489, 65491, 65493, 65495, 65497, 65498,
    65500, 65501, 65503, 65504, 65505, 65507, 65508, 65509, 65510, 65511,
    65512, 65513, 65514, 65515, 65516, 65517, 65517, 65518, 65519, 65520,
    65520, 65521, 65522, 65522, 65523, 65523, 65524, 65524, 65525, 65525,
    65526, 65526, 65526, 65527, 65527, 65528, 65528, 65528, 65529, 65529,
    65529, 65529, 65530, 65530, 65530, 65530, 65531, 65531, 65531, 65531,
    65531, 65532, 65532, 65532, 65532, 65532, 65532, 65533, 65533, 65533,
    65533, 65533, 65533, 65533, 65533, 65534, 65534, 65534, 65534, 65534,
    65534, 65534, 65534, 65534, 65534, 65535,
};

// |x| * 3/4 in steps of the table, and what is between two of them.
struct Interpolated {
  uint32_t value = 0;
  bool negative = false;
};

Interpolated Look(int32_t x, int step_bits, uint32_t largest) {
  const bool negative = x < 0;
  const uint32_t magnitude =
      negative ? 0 - static_cast<uint32_t>(x) : static_cast<uint32_t>(x);
  const uint32_t index = magnitude >> step_bits;
  if (index >= 255) return {largest << step_bits, negative};
  const uint32_t low = kSigmoid[index];
  const uint32_t high = kSigmoid[index + 1];
  const uint32_t rest = magnitude & ((1U << step_bits) - 1);
  return {(low << step_bits) + rest * (high - low), negative};
}

}  // namespace

int16_t SigmoidQ15(int16_t x) {
  auto [value, negative] = Look(3 * x, 9, 0xFFFE);
  value = negative ? (1U << 25) - value + (1U << 9) - 1 : value + (1U << 9);
  return static_cast<int16_t>(value >> 10);
}

int16_t TanhScale::Tanh(int16_t x) const {
  const uint32_t product =
      static_cast<uint32_t>(x) * static_cast<uint32_t>(multiplier);
  const uint32_t half = right_shift > 0 ? 1U << (right_shift - 1) : 0;
  auto [value, negative] =
      Look(static_cast<int32_t>(product + half) >> right_shift, 8, 0xFFFF);
  // tanh(x) = 2 sigmoid(2x) - 1.
  value = negative ? (1U << 23) - value + (1U << 7) - 1
                   : value - (1U << 23) + (1U << 7);
  return static_cast<int16_t>(value >> 8);
}

}  // namespace tinyml::ops
