#!/usr/bin/env bash
# Runs every fuzz target of the tree for some seconds, from its committed corpus:
#
#   tests/fuzz/run.sh [seconds, 60] [part of a target's name]
#
# New inputs stay in a temporary folder; a crash is written to build/fuzz and named.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
only=${2:-}

mapfile -t targets < <(${BAZEL:-bazel} query --noshow_progress \
  'attr(tags, "\bfuzzer\b", //...)' 2>/dev/null | grep -F -- "$only")
echo "fuzz: ${#targets[@]} targets, $seconds s each"
[ "${#targets[@]}" -gt 0 ] || { echo "fuzz: no target; does the tree load?" >&2; exit 1; }
${BAZEL:-bazel} build --config=fuzz "${targets[@]}"
bin=$(${BAZEL:-bazel} info --config=fuzz bazel-bin 2>/dev/null)

mkdir -p build/fuzz
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=()
for target in "${targets[@]}"; do
  path=${target#//}
  path=${path/://}
  name=${path##*/}
  # x_fuzz_test_fuzzer keeps its corpus in x_corpus beside it.
  corpus="${path%/*}/${name%_fuzz_test_fuzzer}_corpus"
  mkdir -p "$scratch/$name"
  echo "fuzz: $target"
  "$bin/$path" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -verbosity=0 -artifact_prefix="build/fuzz/$name-" "$scratch/$name" "$corpus" ||
    failed+=("$target")
done
echo "fuzz: $((${#targets[@]} - ${#failed[@]})) clean, ${#failed[@]} failed"
[ "${#failed[@]}" -eq 0 ] || { printf '  %s\n' "${failed[@]}"; exit 1; }
