// Highway's choice of vector instructions at run time. Debian's libhwy, which
// has these functions, measures the timer's resolution whenever it is loaded:
// 5 ms of CPU for every program that links it. Source of what each target
// needs: highway 1.0.3, hwy/ops/set_macros-inl.h (HWY_TARGET_STR_*).

// Ours alone: not exported from a library that others may link together with
// libhwy.
#undef HWY_SHARED_DEFINE
#include <hwy/targets.h>

#if HWY_ARCH_X86
#include <cpuid.h>
#endif

#include <atomic>

namespace hwy {
namespace {

#if HWY_ARCH_X86

// __builtin_cpu_supports of clang 14 does not know it.
bool HasF16c() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
}

int64_t Detect() {
  __builtin_cpu_init();
  int64_t targets = HWY_ENABLED_BASELINE;
  if (!__builtin_cpu_supports("ssse3")) return targets;
  targets |= HWY_SSSE3;
  if (!__builtin_cpu_supports("sse4.1") || !__builtin_cpu_supports("sse4.2") ||
      !__builtin_cpu_supports("pclmul") || !__builtin_cpu_supports("aes")) {
    return targets;
  }
  targets |= HWY_SSE4;
  if (!__builtin_cpu_supports("avx") || !__builtin_cpu_supports("avx2") ||
      !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2") ||
      !__builtin_cpu_supports("fma") || !HasF16c()) {
    return targets;
  }
  targets |= HWY_AVX2;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw")) {
    targets |= HWY_AVX3;
  }
  return targets;
}

#else

// What the compiler was told to assume.
int64_t Detect() { return HWY_ENABLED_BASELINE; }

#endif

std::atomic<int64_t> targets_of_test = 0;

}  // namespace

int64_t SupportedTargets() {
  static const int64_t kDetected = Detect();
  const int64_t of_test = targets_of_test;
  return of_test != 0 ? of_test : kDetected;
}

void SetSupportedTargetsForTest(int64_t targets) {
  targets_of_test = targets;
  // The next dispatch asks again.
  GetChosenTarget().DeInit();
}

ChosenTarget& GetChosenTarget() {
  static ChosenTarget chosen;
  return chosen;
}

}  // namespace hwy
