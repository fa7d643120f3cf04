#!/usr/bin/env bash
# Checks the tree: formatting, shell scripts, and clang-tidy.
#
# usage: scripts/lint.sh [--format] [--shell] [--tidy] [--tidy-changed] [--tree]
# Without options: all of them; --tidy-changed is a part of --tidy. clang-tidy
# uses the flags of the dev preset in build/tidy, where it makes only the generated
# headers; a file that has not changed since it was found clean is not
# looked at again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ $# -gt 0 ] || set -- --format --shell --tree --tidy

check_shell() {
  git ls-files -co --exclude-standard -z -- '*.sh' '.ci/run' scripts/ci/pre-commit 'tests/cli/cases/*/cmd' |
    xargs -0 --no-run-if-empty shellcheck --shell=bash
}

# Nothing of the machine it was written on, and no leftovers of an edit.
check_tree() {
  local found=0
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
  # Never built: it lists every file by itself, as the fast build does not.
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
