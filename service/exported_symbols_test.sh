#!/usr/bin/env bash
# The service links BoringSSL statically and gRPC's OpenSSL dynamically. If the binary exported
# one symbol of the former, calls of the latter would end there.
#
#   exported_symbols_test.sh BINARY ARCHIVE...    The archives are BoringSSL's.
set -euo pipefail
binary=$1
shift
set -- "${@/#external\//../}"  # Where a test finds another repository's files.

# Read whole: grep -q would close the pipe early and fail the pipeline.
symbols=$(nm --dynamic --defined-only "$binary")
libraries=$(ldd "$binary")
# What this proves means something only if both are there.
strings=$(grep -c -a 'third_party\|BoringSSL\|src/ssl/' "$binary" || true)
[ "$strings" -gt 0 ] || { echo "BoringSSL is not linked into $binary" >&2; exit 1; }
case "$libraries" in
  *libssl.so*) ;;
  *) echo "gRPC's OpenSSL is not among the libraries of $binary" >&2; exit 1 ;;
esac

# Weak symbols are of the C++ library: everybody has them.
names() { awk 'NF > 1 && $(NF-1) ~ /^[TDBRS]$/ { print $NF }' | sort -u; }
boringssl=$(nm --defined-only --extern-only "$@" | names)
known=$(printf '%s\n' "$boringssl" | grep -c -x -E 'SSL_new|EVP_DigestInit|CRYPTO_malloc|OPENSSL_malloc' || true)
[ "$known" -ge 2 ] || { echo "these are not BoringSSL's archives: $*" >&2; exit 1; }
exported=$(comm -12 <(printf '%s\n' "$boringssl") <(printf '%s\n' "$symbols" | names))
if [ -n "$exported" ]; then
  echo "$binary exports symbols of BoringSSL:" >&2
  printf '%s\n' "$exported" | head -20 >&2
  exit 1
fi
echo "$(printf '%s\n' "$symbols" | wc -l) exported symbols, none of the $(printf '%s\n' "$boringssl" | wc -l) of BoringSSL"
