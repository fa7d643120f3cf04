#!/usr/bin/env bash
# Installs the Debian packages that tinyml needs and that are missing.
#
# usage: scripts/setup.sh [build|test|bench]...
#   build   what building the program needs
#   test    build, and what the tests and checks need (the default)
#   bench   build, and what the benchmarks need
# Quiet when nothing is missing. Needs root or sudo only to install.
set -euo pipefail

build_packages=(
  g++ cmake ninja-build ccache python3
  flatbuffers-compiler flatbuffers-compiler-dev libflatbuffers-dev
  libcli11-dev libexpected-dev libfmt-dev libspdlog-dev nlohmann-json3-dev
  nettle-dev pkg-config libgemmlowp-dev libhwy-dev libeigen3-dev
  libonnx-dev libprotobuf-dev protobuf-compiler
  libzip-dev libsndfile1-dev libstb-dev
)
test_packages=(
  libgtest-dev libgmock-dev binutils libonnx-testdata
  clang libclang-rt-14-dev clang-format-14 clang-tidy-14 shellcheck
  gcc-arm-none-eabi libnewlib-arm-none-eabi
  zsh fish groff-base git
  python3-jsonschema python3-numpy python3-selenium
)
bench_packages=(libbenchmark-dev xxd)
# Without these a test is skipped, and says so.
browser_packages=(chromium chromium-driver)

packages=()
optional=()
for set in "${@:-test}"; do
  case $set in
    build) packages+=("${build_packages[@]}") ;;
    test)
      packages+=("${build_packages[@]}" "${test_packages[@]}")
      optional+=("${browser_packages[@]}")
      ;;
    bench) packages+=("${build_packages[@]}" "${bench_packages[@]}") ;;
    *)
      echo "setup.sh: '$set' is not build, test or bench" >&2
      exit 2
      ;;
  esac
done

# Prints those of the packages that are not installed.
missing_of() {
  local package status
  for package in "$@"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || echo "$package"
  done
}
mapfile -t missing < <(missing_of "${packages[@]}")
mapfile -t wanted < <(missing_of ${optional[@]+"${optional[@]}"})
[ $((${#missing[@]} + ${#wanted[@]})) -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    [ ${#missing[@]} -gt 0 ] || exit 0
    echo "setup.sh: run as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
  "${as_root[@]}" apt-get update &&
    "${as_root[@]}" apt-get install -y --no-install-recommends "$@"
}

# A package list may be absent or out of date; a mirror may fail once.
if [ ${#missing[@]} -gt 0 ]; then
  echo "Installing: ${missing[*]}" >&2
  attempt=1
  until install "${missing[@]}" >"$log" 2>&1; do
    echo "setup.sh: attempt $attempt failed" >&2
    if [ "$attempt" -eq 3 ]; then
      tail -n 20 "$log" >&2
      exit 1
    fi
    attempt=$((attempt + 1))
  done
fi
if [ ${#wanted[@]} -gt 0 ]; then
  echo "Installing, if they can be had: ${wanted[*]}" >&2
  install "${wanted[@]}" >"$log" 2>&1 ||
    echo "setup.sh: could not install them; the browser's test will be skipped" >&2
fi
