#!/usr/bin/env bash
# Formats the C++ sources with clang-format 14; --check only reports.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

action=(-i)
if [ "${1-}" = --check ]; then
  action=(--dry-run -Werror)
fi
git ls-files -co --exclude-standard -z -- '*.cc' '*.h' '*.c' |
  xargs -0 --no-run-if-empty clang-format-14 "${action[@]}"
