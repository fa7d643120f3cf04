#!/usr/bin/env bash
# Installs the build into a temporary prefix, moves that, and builds and runs a
# program against it: once with find_package, once with pkg-config.
#
# usage: run.sh BUILD_DIR CMAKE CXX
set -euo pipefail

build=$1 cmake=$2 cxx=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
model=$here/../../testdata/keyword_int8.tflite

if grep -q '^TINYML_SANITIZE:BOOL=ON' "$build/CMakeCache.txt"; then
  echo "skipped: a sanitized library cannot be loaded by a plain program"
  exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "FAIL: $*"
  exit 1
}

"$cmake" --install "$build" --prefix "$work/first" >"$work/install.log"
# Nothing installed may depend on where it was installed.
mv "$work/first" "$work/prefix"
prefix=$work/prefix
library=$(find "$prefix" -name libtinyml.so)
pc=$(find "$prefix" -name tinyml.pc)
[ -n "$library" ] || fail "no libtinyml.so was installed"
[ -n "$pc" ] || fail "no tinyml.pc was installed"
if grep -rIl -e "$work" -e "$build" "$prefix"; then
  fail "the files above name the folder of the build"
fi

echo "-- headers stand alone and need only tl/expected.hpp"
for header in "$prefix"/include/tinyml/*.h; do
  printf '#include <tinyml/%s>\n' "$(basename "$header")" >"$work/one.cc"
  "$cxx" -std=c++20 -Wall -Wextra -Wpedantic -Werror -I"$prefix/include" \
    -fsyntax-only -MD -MF "$work/one.d" "$work/one.cc" ||
    fail "$(basename "$header") alone"
  if grep -oE '[^ ]*/(fmt|nlohmann|flatbuffers|CLI)/[^ ]*' "$work/one.d"; then
    fail "$(basename "$header") includes the headers above"
  fi
done

echo "-- the library exports its own names only"
if nm -DC --defined-only "$library" | grep -E ' [TDRBVW] .*(fmt|nlohmann|flatbuffers)::' |
  grep -v 'tinyml::'; then
  fail "the symbols above are exported"
fi

echo "-- nothing is loaded that most programs do not need"
for file in "$library" "$prefix/bin/tinyml"; do
  if readelf -d "$file" |
    grep -E 'NEEDED.*lib(onnx|protobuf\.|sndfile|zip|hwy|spdlog)'; then
    fail "$(basename "$file") loads the libraries above when it starts"
  fi
done

echo "-- find_package"
"$cmake" -S "$here" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_CXX_COMPILER="$cxx" -DMODEL="$(realpath "$model")" >"$work/configure.log" ||
  { cat "$work/configure.log" && fail "configure"; }
"$cmake" --build "$work/build" >"$work/build.log" ||
  { cat "$work/build.log" && fail "build"; }
"$work/build/consumer" "$model" || fail "run"
"$work/build/firmware" || fail "the firmware does not have the model"
[ -f "$prefix/share/man/man1/tinyml-check.1" ] || fail "no manual page was installed"

echo "-- examples"
"$cmake" -S "$here/../../examples" -B "$work/examples" -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_CXX_COMPILER="$cxx" >"$work/configure.log" ||
  { cat "$work/configure.log" && fail "configure the examples"; }
"$cmake" --build "$work/examples" >"$work/build.log" ||
  { cat "$work/build.log" && fail "build the examples"; }
"$work/examples/size_in_memory" "$model" cortex-m4 | tee "$work/size" || fail "size_in_memory"
grep -q 'fullest at subgraph 0, operator' "$work/size" || fail "size_in_memory does not say where"
"$work/examples/build_and_run" "$work" || fail "build_and_run"
cc -c "$work/classifier.c" -o "$work/classifier.o" || fail "its sources do not compile"
"$work/examples/quantize_samples" "$here/../../testdata/sine_float.tflite" "$work/sine.tflite" ||
  fail "quantize_samples"
"$prefix/bin/tinyml" inspect "$work/sine.tflite" >"$work/inspect" || fail "its model"
grep -q int8 "$work/inspect" || fail "its model is not quantized"

echo "-- pkg-config"
export PKG_CONFIG_PATH=${pc%/*}
read -ra flags < <(pkg-config --cflags --libs tinyml)
"$cxx" -std=c++20 "$here/consumer.cc" "${flags[@]}" -o "$work/consumer"
LD_LIBRARY_PATH=${library%/*} "$work/consumer" "$model" || fail "run"
