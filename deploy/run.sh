#!/usr/bin/env bash
# Runs the built service on loopback with its defaults and says how to call it: `make run`.
# Arguments are flags of the service.
set -euo pipefail
cd "$(dirname "$0")/.."

annotate() {  # Passes the service's output on; once it listens, adds how to call it.
  trap '' INT TERM  # The service ends first, and what it says then is still shown.
  local line
  while IFS= read -r line; do
    printf '%s\n' "$line"
    if [[ "$line" =~ listening\ on\ ([0-9a-fA-F.:\[\]]+) ]]; then usage "${BASH_REMATCH[1]}"; fi
  done
}

usage() {  # <address>
  cat <<TEXT

peerconnectiond runs on $1, without TLS, for this machine only. In another terminal:

  bazel-bin/clients/pcctl/pcctl --server $1 create
  bazel-bin/clients/pcctl/pcctl --server $1 list

From Node (clients/node/README.md):

  new Client({ address: '$1' })

From any language: proto/peerconnection/v1, or gRPC reflection ("grpcurl -plaintext $1 list").
Ctrl-C ends it.

TEXT
}

exec bazel-bin/service/peerconnectiond "$@" > >(annotate) 2>&1
