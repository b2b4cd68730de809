#!/usr/bin/env bash
# clang-tidy on one file, for tests/lint.sh: FLAGS are the compiler's, CLEAN is a folder of marks
# of files that were clean. (-P leaves paths out, so that a mark holds in every clone.)
set -euo pipefail
# shellcheck disable=SC2086
mark=$CLEAN/$({ cat .clang-tidy; clang-tidy-19 --version; g++ $FLAGS -E -P "$1"; } |
  sha256sum | cut -d' ' -f1)
[ ! -e "$mark" ] || exit 0
# shellcheck disable=SC2086
if output=$(clang-tidy-19 --quiet "$1" -- $FLAGS 2>&1); then
  touch "$mark"
else
  printf '%s\n' "$output" | grep -v -E '^[0-9]+ warnings? generated\.$'
  exit 1
fi
