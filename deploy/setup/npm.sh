#!/usr/bin/env bash
# Installs the npm packages that a folder's package-lock.json names, by name and checksum, and
# builds what the folder's `build` script makes, if it has one:
#
#   deploy/setup/npm.sh clients/node third_party/npm
#
# A folder whose lock file and sources are unchanged since the last time costs nothing. npm's own
# configuration decides where packages come from.
set -euo pipefail
cd "$(dirname "$0")/../.."

install() {
  local lock="$1/package-lock.json" stamp="$1/node_modules/.installed-lock"
  cmp -s "$lock" "$stamp" && return
  echo "setup: installing the npm packages of $1"
  (cd "$1" && npm ci --no-fund --no-audit --loglevel=error)
  mkdir -p "$1/node_modules"  # npm makes none when there is nothing to install.
  cp "$lock" "$stamp"
}

# What a build is made of: the folder's sources, the packages, and the API contract.
sources() {
  local paths=("$1/src" "$1/scripts" "$1/tsconfig.json" "$1/package-lock.json" proto)
  find "${paths[@]}" -type f -not -path '*/gen/*' -print0 2>/dev/null | sort -z | xargs -0 sha256sum
}

build() {
  grep -q '"build":' "$1/package.json" || return 0
  local stamp="$1/node_modules/.built-sources"
  local now
  now=$(sources "$1")
  [ -d "$1/dist" ] && [ -f "$stamp" ] && [ "$now" = "$(cat "$stamp")" ] && return
  echo "setup: building $1"
  (cd "$1" && npm run --silent build)
  printf '%s\n' "$now" >"$stamp"
}

for folder in "$@"; do
  install "$folder"
  build "$folder"
done
