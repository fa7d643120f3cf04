#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test.
#
# usage: scripts/test.sh [PRESET] [CTEST_OPTION]...
#   PRESET        dev (the default), clang, asan or release
#   CTEST_OPTION  for example -R cli or --rerun-failed
# The shared folder is $TINYML_SHARED, otherwise ../shared beside the
# repository; without it some comparisons are skipped, and say so. The last line
# is "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=dev
case ${1-} in
  '' | -*) ;;
  *)
    preset=$1
    shift
    ;;
esac

scripts/setup.sh test
export CCACHE_BASEDIR=$PWD
build=build/$preset
cmake --preset "$preset" >/dev/null || cmake --preset "$preset"
cmake --build "$build" -j "$(nproc)"

results=$PWD/$build/test_results.xml
rm -f "$results"
# What passed is only counted.
set +e
ctest --test-dir "$build" -j "$(nproc)" --output-on-failure --no-tests=error \
  --output-junit "$results" "$@" |
  grep -vE '^ +Start +[0-9]+: |^ *[0-9]+/[0-9]+ Test .* Passed '
status=${PIPESTATUS[0]}
set -e
scripts/summarise_tests.py "$results" || status=1
exit "$status"
