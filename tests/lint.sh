#!/usr/bin/env bash
# Style and static checks:
#
#   tests/lint.sh check    what CI runs: nothing is changed, the first fault of each kind fails it
#                          (clang-tidy over the whole tree takes too long for that: `make tidy`)
#   tests/lint.sh format   rewrites C++ and build files in the project's style
#   tests/lint.sh tidy     clang-tidy alone, over all C++ files but tests (or over those given)
set -euo pipefail
cd "$(dirname "$0")/.."

buildifier=third_party/npm/node_modules/.bin/buildifier
# Rules of a language are native in this Bazel, and our macros take no name where they make a
# fixed set of repositories.
warnings=-native-cc-library,-native-cc-test,-native-cc-binary,-native-sh-test,-native-py
warnings+=,-native-sh-binary,-unnamed-macro
mapfile -t cpp < <(git ls-files --cached --others --exclude-standard '*.cc' '*.h' '*.c')
mapfile -t bazel_files < <(git ls-files --cached --others --exclude-standard \
  '*.bazel' '*.bzl' '*.BUILD' WORKSPACE)

# Tests and fuzz targets are left to the compiler: GoogleTest's macros cost more than the code.
tidy_sources() { printf '%s\n' "${cpp[@]}" | grep -E '^(engine|service|clients)/.*\.cc$' | grep -v '_test\.cc$'; }

tidy() {
  # Bazel resolves the include paths and generates the protobuf headers; clang-tidy only needs
  # to be told about them. Headers are checked with the files that include them.
  ${BAZEL:-bazel} build --noshow_progress //proto/... @boringssl//:ssl >/dev/null 2>&1 ||
    { echo "lint: the generated headers do not build" >&2; return 1; }
  local bin base
  bin=$(${BAZEL:-bazel} info bazel-bin 2>/dev/null)
  base=$(${BAZEL:-bazel} info output_base 2>/dev/null)
  local flags=(-std=c++20 -I. -isystem "$bin/proto"
    -isystem "$base/external/boringssl/src/include"
    -isystem /usr/include/nice -isystem /usr/include/glib-2.0
    -isystem "/usr/lib/$(g++ -print-multiarch)/glib-2.0/include"
    -DSPDLOG_COMPILED_LIB -DSPDLOG_FMT_EXTERNAL -DSPDLOG_SHARED_LIB)
  # A file that was clean stays clean until its preprocessed text or the checks change.
  export FLAGS="${flags[*]}" CLEAN="${XDG_CACHE_HOME:-$HOME/.cache}/peerconnectiond/tidy"
  mkdir -p "$CLEAN"
  printf '%s\n' "$@" | xargs -P "${TIDY_JOBS:-$(nproc)}" -n 1 tests/tidy_one.sh
  # xargs tells of a failed clang-tidy by its own status, through pipefail.
}

case "${1:-check}" in
  check)
    echo "lint: clang-format on ${#cpp[@]} files"
    clang-format-19 --dry-run -Werror "${cpp[@]}"
    echo "lint: buildifier on ${#bazel_files[@]} files"
    "$buildifier" --mode=check --lint=warn --warnings="$warnings" "${bazel_files[@]}"
    echo "lint: API contract"
    proto/lint.sh
    ;;
  format)
    clang-format-19 -i "${cpp[@]}"
    "$buildifier" --mode=fix "${bazel_files[@]}"
    ;;
  tidy)
    shift
    if [ $# -gt 0 ]; then
      tidy "$@"
    else
      mapfile -t sources < <(tidy_sources)
      tidy "${sources[@]}"
    fi
    ;;
  *)
    echo "usage: tests/lint.sh check|format|tidy" >&2
    exit 2
    ;;
esac
