#!/usr/bin/env bash
# Installs the npm packages that a folder's package-lock.json names, by name and checksum:
#
#   deploy/setup/npm.sh clients/node third_party/npm
#
# A folder whose lock file is unchanged since the last time costs nothing. npm's own
# configuration decides where packages come from.
set -euo pipefail
cd "$(dirname "$0")/../.."

for folder in "$@"; do
  lock="$folder/package-lock.json"
  stamp="$folder/node_modules/.installed-lock"
  cmp -s "$lock" "$stamp" && continue
  echo "setup: installing the npm packages of $folder"
  (cd "$folder" && npm ci --no-fund --no-audit --loglevel=error)
  mkdir -p "$folder/node_modules"  # npm makes none when there is nothing to install.
  cp "$lock" "$stamp"
done
