#!/usr/bin/env bash
# Checks the tree: formatting, shell scripts, rooms and operators, clang-tidy.
#
# usage: scripts/lint.sh [--format] [--shell] [--tree] [--tidy] [--tidy-changed]
# Without options: all of them; --tidy-changed is a part of --tidy. clang-tidy
# uses the flags of the dev preset in build/tidy, where only generated headers are
# made; it does not look again at a file that was clean and has not changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ $# -gt 0 ] || set -- --format --shell --tree --tidy

check_shell() {
  git ls-files -co --exclude-standard -z -- '*.sh' '.ci/run' scripts/ci/pre-commit 'tests/cli/cases/*/cmd' |
    xargs -0 --no-run-if-empty shellcheck --shell=bash
}

# Rooms include downwards, and operators keep to their rows; nothing of the
# machine it was written on, and no leftovers of an edit.
check_tree() {
  local found=0 check
  for check in scripts/check_tree.py scripts/check_operators.py; do
    if [ -e "$check" ] && ! "$check"; then found=1; fi
  done
  if git grep -nIE '^(<<<<<<<|>>>>>>>) ' -- .; then found=1; fi
  if git grep -nIE '[[:space:]]+$' -- '*.cc' '*.h' '*.sh' '*.py' '*.txt' '*.cmake' '*.fbs'; then
    echo "lint.sh: the lines above end in blanks"
    found=1
  fi
  if git grep -nIE '(^|[^[:alnum:]_.$}])/(root|work)/[a-z]' -- . ':!scripts/lint.sh' ||
    git grep -nIF "$PWD/" -- .; then
    echo "lint.sh: the lines above name a path of one machine"
    found=1
  fi
  return "$found"
}

check_tidy() {
  # Never built. clang cannot read the headers that g++ has precompiled.
  cmake --preset dev -B build/tidy -DTINYML_PRECOMPILE=OFF >/dev/null || return
  # Headers that the build writes.
  ninja -C build/tidy tinyml_generated >/dev/null || return
  scripts/tidy.py "$@" build/tidy
}

run_check() {
  case $1 in
    --format) scripts/format.sh --check ;;
    --shell) check_shell ;;
    --tree) check_tree ;;
    --tidy) check_tidy ;;
    --tidy-changed) check_tidy --changed ;;
    *)
      echo "lint.sh: unknown option $1" >&2
      return 2
      ;;
  esac
}

status=0
for option in "$@"; do
  if run_check "$option"; then
    echo "lint: ${option#--} passed"
  else
    echo "lint: ${option#--} FAILED"
    status=1
  fi
done
exit "$status"
