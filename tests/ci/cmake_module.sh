#!/usr/bin/env bash
# Builds the firmware in firmware/ with TinymlAddModel.cmake: for the host, and
# for a Cortex-M4 where its compiler is installed.
#
# usage: cmake_module.sh TINYML CMAKE [host|arm]; exit code 77: no compiler
set -euo pipefail
tinyml=$1 cmake=$2 where=$3
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAIL: $*" >&2
  exit 1
}

cp -r "$here/firmware" "$work/firmware"
cp "$root/testdata/keyword_int8.tflite" "$root/testdata/sine_float.tflite" "$work/firmware"
arguments=("-DMODULE=$root/scripts/ci/cmake/TinymlAddModel.cmake"
  "-DTINYML_EXECUTABLE=$tinyml")
if [ "$where" = arm ]; then
  command -v arm-none-eabi-gcc >/dev/null || {
    echo "arm-none-eabi-gcc is not installed"
    exit 77
  }
  arguments+=("-DCMAKE_TOOLCHAIN_FILE=$work/firmware/arm-none-eabi.cmake")
fi
build() { "$cmake" --build "$work/build" >"$work/log" 2>&1; }

"$cmake" -S "$work/firmware" -B "$work/build" "${arguments[@]}" >"$work/log" 2>&1 || {
  cat "$work/log"
  fail "cmake does not configure"
}
build || {
  cat "$work/log"
  fail "does not build within the budget"
}
if [ "$where" = host ]; then
  "$work/build/firmware" || fail "the models are not what was to be embedded"
else
  arm-none-eabi-nm "$work/build/firmware" | grep -q ' [Rr] g_keyword_int8$' ||
    fail "the model is not in read-only memory"
  size=$(arm-none-eabi-nm -S "$work/build/firmware" | awk '$4 == "keyword_arena" {print $2}')
  wanted=$("$tinyml" arena-size "$root/testdata/keyword_int8.tflite" -t cortex-m4 \
    -f csv | awk -F, 'NR == 1 {for (i = 1; i <= NF; ++i) if ($i == "required_arena_bytes") at = i}
      NR == 2 {print $at}')
  [ $((16#$size)) -eq "$wanted" ] || fail "the arena has $((16#$size)) bytes, not $wanted"
fi

# A model that changes is converted again.
cp "$root/testdata/sine_float.tflite" "$work/firmware/keyword_int8.tflite"
build || fail "does not build with another model"
grep -q "$("$tinyml" inspect "$root/testdata/sine_float.tflite" -f json |
  grep -o '[0-9a-f]\{64\}' | head -n 1)" "$work/build/firmware_models/keyword_int8.h" ||
  fail "the header is not that of the new model"
cp "$root/testdata/keyword_int8.tflite" "$work/firmware"

"$cmake" -S "$work/firmware" -B "$work/build" -DBUDGET=8K >"$work/log" 2>&1 ||
  fail "cmake does not configure again"
if build; then fail "builds over the budget"; fi
grep -q 'over' "$work/log" || {
  cat "$work/log"
  fail "the build does not say that the budget is exceeded"
}
