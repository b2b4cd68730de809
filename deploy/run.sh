#!/usr/bin/env bash
# Starts the service that `make run` has built, on loopback with its defaults, and says how to
# call it. Further arguments go to the service.
set -euo pipefail
cd "$(dirname "$0")/.."

service=bazel-bin/service/peerconnectiond
pcctl=bazel-bin/clients/pcctl/pcctl
cat <<EOF
peerconnectiond, from another terminal:

  $pcctl create                     # a PeerConnection; prints its id
  $pcctl list
  $pcctl accept-offer --sink 127.0.0.1:5004 < offer.sdp > answer.sdp
  $pcctl --help

Any gRPC client works: the contract is in proto/peerconnection/v1, and the service answers
reflection (grpcurl -plaintext 127.0.0.1:50051 list). Stop it with Ctrl-C.

EOF
exec "$service" "$@"
