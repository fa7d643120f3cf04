#!/usr/bin/env bash
# Builds the release and installs it: the program, its manual pages and
# completions, libtinyml with its headers, and the CMake module.
#
# usage: scripts/install.sh [PREFIX]   (default: /usr/local)
set -euo pipefail
prefix=$(realpath -m "${1:-/usr/local}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh build
export CCACHE_BASEDIR=$PWD
build=build/release
cmake --preset release -DTINYML_BUILD_TESTS=OFF \
  -DTINYML_BUILD_BENCH=OFF >/dev/null
cmake --build "$build" -j "$(nproc)"
cmake --install "$build" --prefix "$prefix" >/dev/null
echo "Installed tinyml in $prefix"
