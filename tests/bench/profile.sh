#!/usr/bin/env bash
# Where the service's CPU time goes during one row of the bench:
#
#   tests/bench/profile.sh packets shared-port 100x200
#   tests/bench/profile.sh set-up full
#
# Prints the row, the share of each library, and the functions that take most (self time).
set -euo pipefail
cd "$(dirname "$0")/../.."
kind=${1:?packets, set-up or data} backend=${2:?shared-port or full} row=${3:-}
recording=$(mktemp)
trap 'rm -f "$recording" "$recording.old"' EXIT
deploy/setup/setup.sh build bench profile
"${BAZEL:-bazel}" run --noshow_progress --ui_event_filters=-info --config=opt //tests/bench -- \
  "--only=$kind" "--backend=$backend" ${row:+"--row=$row"} "--profile=$recording"
for sort in dso symbol; do
  echo
  echo "share of the CPU time by $sort:"
  perf report --input="$recording" --stdio --no-children --call-graph=none --sort="$sort" \
    --percent-limit=1 2>/dev/null | sed -nE '/^ +[0-9]/{s/ +- +- *$//;p}' | head -25
done
