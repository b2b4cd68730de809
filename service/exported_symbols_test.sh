#!/usr/bin/env bash
# The service links BoringSSL statically and gRPC's OpenSSL dynamically. If the binary exported
# one symbol of the former, calls of the latter would end there.
set -euo pipefail
binary=$1

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

exported=$(printf '%s\n' "$symbols" |
  grep -E ' (SSL|EVP|X509|DTLS|BIO|ERR|RSA|EC|ECDSA|CRYPTO|OPENSSL|BN|ASN1|PEM|HMAC|SHA[0-9]*|AES)_' ||
  true)
if [ -n "$exported" ]; then
  echo "$binary exports symbols of BoringSSL:" >&2
  printf '%s\n' "$exported" | head -20 >&2
  exit 1
fi
echo "$(printf '%s\n' "$symbols" | wc -l) exported symbols, none of BoringSSL"
