#!/bin/sh
# Rewrites proto/image.binpb, the descriptor image that lint.sh compares the contract with. From the first release on,
# run it only when a release is made: until then the image has to keep describing what users already hold.
set -eu
cd "$(dirname "$0")"
BUF=${BUF:-../third_party/npm/node_modules/.bin/buf}
"$BUF" build --exclude-source-info -o image.binpb
