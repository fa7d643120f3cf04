#!/usr/bin/env bash
# Builds the release preset and measures tinyml, beside a peer where there is
# one, in the same run. Prints ratios; fails on nothing but an error.
#
# usage: scripts/bench.sh [--micro]
#   --micro   also the Google Benchmark programs of bench/
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh test bench
export CCACHE_BASEDIR=$PWD
build=build/release
cmake --preset release >/dev/null
cmake --build "$build" -j "$(nproc)" \
  --target tinyml_cli make_testdata tinyml_bench

python3 scripts/bench.py --tinyml "$build/apps/tinyml/tinyml" \
  --generator "$build/testdata/make_testdata"
if [ "${1-}" = --micro ]; then
  "$build/bench/tinyml_bench"
fi
