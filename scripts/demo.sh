#!/usr/bin/env bash
# Installs what is missing, builds tinyml, and runs its main job on a model of
# testdata/: C sources of it, and the arena that it needs on several targets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh build
export CCACHE_BASEDIR=$PWD
build=build/dev
echo "Building tinyml in $build ..."
# What test.sh builds, too, which then has only the tests left to compile. The
# release takes three times as long; it is what bench.sh measures.
cmake --preset dev >/dev/null
cmake --build "$build" -j "$(nproc)" --target tinyml_cli

export PATH=$PWD/$build/apps/tinyml:$PATH
model=testdata/keyword_int8.tflite
out=build/demo
mkdir -p "$out"

show() {
  printf '\n$ %s\n' "$*"
  "$@"
}

show tinyml inspect "$model"
show tinyml convert "$model" -o "$out/model.cc" --resolver \
  --target nano-33-ble-sense
show ls "$out"
show cat "$out/model.h"
show g++ -std=c++11 -Wall -Wextra -Werror -c "$out/model.cc" -o "$out/model.o"
show tinyml arena-size "$model"
show tinyml arena-size "$model" --target nano-33-ble-sense --target raspberry-pi-pico \
  --target cortex-m55 --target esp32-s3-devkitc-1 --budget 48K
show tinyml arena-size "$model" --all-targets --format markdown
printf '\nDone: the sources are in %s.\n' "$out"
