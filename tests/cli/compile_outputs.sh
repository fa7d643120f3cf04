#!/usr/bin/env bash
# Compiles what `tinyml convert` writes, in every form, with every compiler that
# is installed, warnings being errors, and looks into the object files: the
# array's bytes, section, alignment and length. On this machine it also links
# and runs a program that uses them.
#
# usage: compile_outputs.sh TINYML [MODEL]...
#   Without models: those of testdata/, and some of the shared folder
#   ($TINYML_SHARED, otherwise beside the repository).
#   They must be such that a Cortex-M4 runs them.
# Exits 77 if there is no model to try.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tinyml=$(realpath "$1")
shift
shared=${TINYML_SHARED:-$here/../../../shared}
models=()
for model in "$@"; do models+=("$(realpath "$model")"); done
if [ $# -eq 0 ]; then
  # Some end in a zero byte, some do not.
  for model in "$here"/../../testdata/{keyword_int8,sine_float}.tflite \
    "$shared"/models/tflm_{person_detect,magic_wand}.tflite; do
    if [ -f "$model" ]; then models+=("$(realpath "$model")"); fi
  done
fi
# The runtime does not have its operator, so only the resolver can be tried.
custom=$here/../../testdata/unknown_custom_op.tflite
if [ -f "$custom" ]; then custom=$(realpath "$custom"); else custom=; fi
if [ ${#models[@]} -eq 0 ]; then
  echo "compile_outputs.sh: no models to convert"
  exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

warnings=(-Wall -Wextra -Wpedantic -Werror)
checks=0
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# Runs a command and shows its output only if it fails.
quietly() {
  checks=$((checks + 1))
  local log
  if ! log=$("$@" 2>&1); then
    fail "$*"
    printf '%s\n' "$log" | head -20
  fi
}

convert() {
  quietly "$tinyml" -q convert "$@"
}

check_object() {
  quietly python3 "$here/check_object.py" "$@"
}

# The compilers of each language, with the options that choose a standard.
c_compilers=()
cpp_compilers=()
for compiler in gcc clang; do
  if command -v "$compiler" >/dev/null; then
    c_compilers+=("$compiler -std=c11" "$compiler -std=gnu17 -Os -fdata-sections")
  fi
done
for compiler in g++ clang++; do
  if command -v "$compiler" >/dev/null; then
    cpp_compilers+=("$compiler -std=c++11" "$compiler -std=c++20 -O2 -fdata-sections")
  fi
done
arm="-mcpu=cortex-m4 -mthumb -Os"
if command -v arm-none-eabi-gcc >/dev/null; then
  c_compilers+=("arm-none-eabi-gcc -std=c11 $arm")
fi
if command -v arm-none-eabi-g++ >/dev/null; then
  cpp_compilers+=("arm-none-eabi-g++ -std=c++11 $arm")
fi

cat >user.inc <<'EOF'
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "model.h"
static uint8_t arena[kModelArenaSize];
#if G_MODEL_ARENA_SIZE < 16
#error "an arena has at least 16 bytes"
#endif
int main(int argc, char** argv) {
  static unsigned char expected[16 << 20];
  size_t length;
  FILE* file = fopen(argv[argc - 1], "rb");
  if (file == NULL) return 2;
  length = fread(expected, 1, sizeof(expected), file);
  fclose(file);
  if (length != g_model_len || sizeof(g_model) != g_model_len) return 3;
  if (memcmp(expected, g_model, length) != 0) return 4;
  if ((uintptr_t)g_model % 16 != 0) return 5;
  memset(arena, 0, sizeof(arena));
  return kModelArenaSize == G_MODEL_ARENA_SIZE ? arena[0] : 6;
}
EOF
cat >holder.inc <<'EOF'
#include "model.h"
extern const unsigned char* ModelBytes(void);
extern unsigned int ModelLength(void);
const unsigned char* ModelBytes(void) { return g_model; }
unsigned int ModelLength(void) { return g_model_len; }
EOF
cp user.inc user.c
cp user.inc user.cc
cp holder.inc holder.c
cp holder.inc holder.cc

is_host() {
  case $1 in arm-*) return 1 ;; *) return 0 ;; esac
}

# compile_sources MODEL ARGUMENTS SOURCE USER COMPILER...: the model as one
# source file, and a program that uses it.
compile_sources() {
  local model=$1 source=$3 user=$4 compiler
  local -a command arguments
  read -ra arguments <<<"$2"
  shift 4
  rm -rf out
  mkdir out
  convert "$model" -o "out/$source" --target cortex-m4 "${arguments[@]}"
  for compiler in "$@"; do
    read -ra command <<<"$compiler"
    rm -f model.o
    quietly "${command[@]}" "${warnings[@]}" -c "out/$source" -o model.o
    check_object model.o "$model" g_model g_model_len
    is_host "$compiler" || continue
    quietly "${command[@]}" "${warnings[@]}" -Iout "$user" model.o -o user
    quietly ./user "$model"
  done
}

compile_header() {
  local model=$1 compiler extension
  local -a command arguments
  read -ra arguments <<<"$2"
  rm -rf out
  mkdir out
  convert "$model" -o out/model.h --target cortex-m4 "${arguments[@]}"
  for compiler in "${c_compilers[@]}" "${cpp_compilers[@]}"; do
    read -ra command <<<"$compiler"
    extension=c
    case $compiler in *++*) extension=cc ;; esac
    rm -f holder.o
    quietly "${command[@]}" "${warnings[@]}" -Iout -c "holder.$extension" -o holder.o
    check_object holder.o "$model" g_model g_model_len
    is_host "$compiler" || continue
    # Two files that include it.
    quietly "${command[@]}" "${warnings[@]}" -Iout "user.$extension" holder.o -o user
    quietly ./user "$model"
  done
}

# From other folders, and where a build system shortens the names of sources.
compile_assembler() {
  local model=$1 compiler
  local -a command
  rm -rf out
  mkdir -p out/src out/build
  convert "$model" -o out/src/model.S --target cortex-m4
  for compiler in "${c_compilers[@]}"; do
    read -ra command <<<"$compiler"
    quietly "${command[@]}" -c out/src/model.S -o model.o
    check_object model.o "$model" g_model g_model_len
    (cd out/build && "${command[@]}" -c ../src/model.S -o model.o) ||
      fail "$compiler from a build folder"
    check_object out/build/model.o "$model" g_model g_model_len
    quietly "${command[@]}" -c "$work/out/src/model.S" -o model.o \
      "-fmacro-prefix-map=$work/out=." \
      "-DTINYML_G_MODEL_FILE=\"$work/out/src/model.S.bin\""
    check_object model.o "$model" g_model g_model_len
    is_host "$compiler" || continue
    quietly "${command[@]}" "${warnings[@]}" -Iout/src user.c model.o -o user
    quietly ./user "$model"
    # A model that is not the one of the header.
    echo x >>out/src/model.S.bin
    checks=$((checks + 1))
    if "${command[@]}" -c out/src/model.S -o model.o 2>/dev/null; then
      fail "$compiler took another model"
    fi
    cp "$model" out/src/model.S.bin
  done
}

# Every operator registers, and they fill the resolver.
compile_resolver() {
  local model=$1 extension=$2 compiler name
  local -a command
  rm -rf out
  mkdir out
  convert "$model" -o "out/model.$extension" --resolver
  rm -f ./*.o
  {
    if [ "$extension" = h ]; then echo '#include "model.h"'; fi
    echo '#include "model_resolver.h"'
    sed -n 's/^\(TFLMRegistration\* [A-Za-z0-9_]*()\);/\1 {static TFLMRegistration kernel; return \&kernel;}/p' \
      out/model_resolver.h
    # shellcheck disable=SC2016
    echo 'template <unsigned int n> unsigned int Room(tflite::MicroMutableOpResolver<n>&) { return n; }'
    echo 'int main() {'
    echo '  ModelOpResolver resolver;'
    echo '  if (RegisterModelOps(resolver) != kTfLiteOk) return 1;'
    echo '  return resolver.GetRegistrationLength() == Room(resolver) ? 0 : 2;'
    echo '}'
  } >use_resolver.cc
  for compiler in "${cpp_compilers[@]}"; do
    read -ra command <<<"$compiler"
    for name in use_resolver.cc out/model_resolver.c*; do
      if [ ! -f "$name" ]; then continue; fi
      quietly "${command[@]}" "${warnings[@]}" -I"$here/fake_tflm" -Iout -c "$name"
    done
    is_host "$compiler" || continue
    if [ -f model_resolver.o ]; then
      quietly "${command[@]}" use_resolver.o model_resolver.o -o use_resolver
    else
      quietly "${command[@]}" use_resolver.o -o use_resolver
    fi
    quietly ./use_resolver
    rm -f ./*.o
  done
}

for model in "${models[@]}"; do
  compile_sources "$model" "" model.c user.c "${c_compilers[@]}"
  compile_sources "$model" "" model.cc user.cc "${cpp_compilers[@]}"
  compile_header "$model" ""
  compile_assembler "$model"
  compile_resolver "$model" cc
  compile_resolver "$model" h
done

compile_sources "${models[0]}" "--array numbers" model.c user.c "${c_compilers[@]}"
compile_sources "${models[0]}" "--array numbers" model.cpp user.cc "${cpp_compilers[@]}"
compile_header "${models[0]}" "--array numbers"
if [ -n "$custom" ]; then compile_resolver "$custom" cc; fi

# Names: the style of TFLM, a name of one's own, an odd name of a file.
odd="1 odd-name.v2 (int8).tflite"
cp "${models[0]}" "$odd"
convert "$odd" -o "odd model.cc" --style tflm
quietly "${cpp_compilers[0]%% *}" "${warnings[@]}" -std=c++11 -c "odd model.cc" -o odd.o
check_object odd.o "$odd" g_1_odd_name_v2__int8__model_data g_1_odd_name_v2__int8__model_data_size
convert "$odd" -o named.c --name MyNet
quietly "${c_compilers[0]%% *}" "${warnings[@]}" -std=c11 -c named.c -o named.o
check_object named.o "$odd" MyNet MyNet_len

# Link-time optimisation sees all types at once.
if command -v g++ >/dev/null; then
  for model in "${models[@]}"; do
    rm -rf out
    mkdir out
    convert "$model" -o out/model.cc --target cortex-m4
    quietly g++ -flto -O2 "${warnings[@]}" -Iout user.cc out/model.cc -o user
    quietly ./user "$model"
  done
fi

echo "$checks checks, $failures failed"
[ "$failures" -eq 0 ]
