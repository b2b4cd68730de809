#!/bin/sh
# Runs a command in a network namespace of its own, with loopback and an interface "eth0" that has an address:
#
#   tests/interop/namespace.sh node --test
#
# Firefox, GStreamer and Janus leave loopback out of their candidates, libnice interfaces with names like "veth0", and
# Firefox all that has no route; here they find what they need whatever the machine has. The namespace ends with the
# command. No root is needed where users may make namespaces; nothing of the machine's own network is touched. Where
# namespaces are forbidden, as in many containers, the command sees the machine's network instead.
set -eu

if [ -z "${INTEROP_NAMESPACE:-}" ]; then
  export INTEROP_NAMESPACE=1
  for how in --net "--map-root-user --net"; do
    # shellcheck disable=SC2086  # Two flags.
    if unshare $how true 2>/dev/null; then exec unshare $how "$0" "$@"; fi
  done
  echo "namespace.sh: no network namespaces here; the tests run in the machine's own" >&2
  exec "$@"
fi

ip link set lo up
ip link add eth0 type veth peer name eth1
ip address add 10.77.0.1/24 dev eth0
ip link set eth0 up
ip link set eth1 up
ip route add default via 10.77.0.2
exec "$@"
