#!/bin/sh
# Checks the API contract: format (buf format), style and comments (buf lint), then compatibility with the committed
# descriptor image (buf breaking). An intended change of the contract before the first release refreshes the image with
# update_image.sh.
# BUF names another buf binary; by default the one pinned in third_party/npm/package.json is used.
set -eu
cd "$(dirname "$0")"
BUF=${BUF:-../third_party/npm/node_modules/.bin/buf}
if ! [ -x "$BUF" ] && ! command -v "$BUF" >/dev/null 2>&1; then
  echo "proto/lint.sh: $BUF is missing; run 'npm ci' in third_party/npm/" >&2
  exit 2
fi
"$BUF" format --diff --exit-code
"$BUF" lint
"$BUF" breaking --against image.binpb
echo "proto: lint and breaking checks passed"
