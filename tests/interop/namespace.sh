#!/bin/sh
# Runs a command in a network namespace of its own, with loopback and an interface "eth0" that has an address:
#
#   tests/interop/namespace.sh node --test
#
# Firefox, GStreamer and Janus leave loopback out of their candidates, and libnice interfaces with names like "veth0";
# here they find what they need whatever the machine has. The namespace ends with the command. No root is needed
# where users may make namespaces; nothing of the machine's own network is touched.
set -eu

if [ -z "${INTEROP_NAMESPACE:-}" ]; then
  export INTEROP_NAMESPACE=1
  if [ "$(id -u)" -eq 0 ]; then exec unshare --net "$0" "$@"; fi
  exec unshare --map-root-user --net "$0" "$@"
fi

ip link set lo up
ip link add eth0 type veth peer name eth1
ip address add 10.77.0.1/24 dev eth0
ip link set eth0 up
ip link set eth1 up
ip route add default via 10.77.0.2
exec "$@"
