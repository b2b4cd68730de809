#!/usr/bin/env bash
# Installs what the named package lists ask for and nothing else:
#
#   deploy/setup/setup.sh build test
#
# A list is packages-<name>.txt beside this script. Nothing missing: no output, no network, a
# fraction of a second. Something missing: apt-get installs it as root or through sudo; where
# neither is possible the packages are named and the script ends with status 3.
set -euo pipefail
cd "$(dirname "$0")"

wanted_packages() {  # <list>...: the packages still to be asked for, one per line.
  local list package command
  for list in "$@"; do
    if [ ! -f "packages-$list.txt" ]; then
      echo "setup: there is no list packages-$list.txt" >&2
      return 2
    fi
    while read -r package command; do
      case "$package" in '' | '#'*) continue ;; esac
      if [ -n "$command" ] && command -v "$command" >/dev/null; then continue; fi
      echo "$package"
    done < "packages-$list.txt"
  done
}

missing_packages() {  # Reads package names, writes those that dpkg does not call installed.
  local -a wanted
  mapfile -t wanted < <(sort -u)
  [ "${#wanted[@]}" -gt 0 ] || return 0
  comm -23 <(printf '%s\n' "${wanted[@]}") <(
    dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
      sed -n 's/^installed //p' | sort -u)
}

export LC_ALL=C
wanted=$(wanted_packages "$@")
mapfile -t missing < <(missing_packages <<< "$wanted")
[ "${#missing[@]}" -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  # Without a terminal sudo must not stop to ask for a password.
  sudo_flags=()
  [ -t 0 ] || sudo_flags=(-n)
  if ! command -v sudo >/dev/null || ! sudo "${sudo_flags[@]}" true; then
    {
      echo "setup: these Debian packages are missing and this user may not install them:"
      printf '  %s\n' "${missing[@]}"
      echo "setup: as root, run: apt-get install --no-install-recommends ${missing[*]}"
    } >&2
    exit 3
  fi
  as_root=(sudo "${sudo_flags[@]}")
fi

echo "setup: installing ${#missing[@]} Debian packages: ${missing[*]}"
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@"; }
apt update
apt install --no-install-recommends "${missing[@]}"

# Debian starts the daemons of packages. Here their programs are wanted, not their ports.
for daemon in janus; do
  [[ " ${missing[*]} " == *" $daemon "* ]] || continue
  if [ -d /run/systemd/system ]; then
    "${as_root[@]}" systemctl disable --quiet --now "$daemon"
  elif [ -x "/etc/init.d/$daemon" ]; then
    "${as_root[@]}" "/etc/init.d/$daemon" stop >/dev/null || true
  fi
done
