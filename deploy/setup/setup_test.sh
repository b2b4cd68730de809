#!/usr/bin/env bash
# Tests setup.sh: on lists of its own, with a dpkg, apt-get, sudo and id that are told what to say.
set -euo pipefail

script=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/setup" "$place/bin"
cp -L "$script" "$place/setup/setup.sh"
cat > "$place/setup/packages-tools.txt" <<'LIST'
# A comment, and an empty line.

pencil
ruler

# Any eraser will do.
debian-eraser some-eraser
LIST
echo glue > "$place/setup/packages-more.txt"

fake() {  # <command>: its body is standard input; every call is written down.
  { echo '#!/usr/bin/env bash'; echo "echo \"$1 \$*\" >> '$place/calls'"; cat; } > "$place/bin/$1"
  chmod +x "$place/bin/$1"
}

# What is there: INSTALLED, in the words of the true one, which fails if any package is unknown.
fake dpkg-query <<'BODY'
for package in ${INSTALLED-}; do echo "installed $package"; done
echo "not-installed ruler-doc"
exit 1
BODY
fake id <<< 'echo "${USER_ID-1000}"'
fake apt-get <<< 'exit 0'
# Says whether the user may: SUDO is `yes` or `no`.
fake sudo <<'BODY'
[ "$SUDO" = yes ] || exit 1
while [[ "${1-}" == -* ]]; do shift; done
exec "$@"
BODY

failed=0
run() {  # [<variable>=<value>]... -- <argument>...: leaves status, output and calls.
  local -a variables=()
  while [ "$1" != -- ]; do variables+=("$1"); shift; done
  shift
  : > "$place/calls"
  status=0
  output=$(env SUDO=no "${variables[@]}" PATH="$place/bin:$PATH" "$place/setup/setup.sh" "$@" \
    2>&1 </dev/null) || status=$?
  # Asking for what is there changes nothing.
  calls=$(grep -v -e '^dpkg-query ' -e '^id ' "$place/calls" || true)
}

expect() {  # <what> <got> <wanted>
  if [ "$2" != "$3" ]; then
    printf 'FAILED %s: %s\n  got:    %q\n  wanted: %q\n' "$name" "$1" "$2" "$3"
    failed=1
  fi
}

name="nothing missing: no output, no network"
run INSTALLED="pencil ruler debian-eraser glue" -- tools more
expect status "$status" 0
expect output "$output" ""
expect calls "$calls" ""

name="without root and sudo: the packages are named, nothing is installed"
run INSTALLED="ruler debian-eraser" -- tools more
expect status "$status" 3
expect output "$output" "setup: these Debian packages are missing and this user may not install them:
  glue
  pencil
setup: as root, run: apt-get install --no-install-recommends glue pencil"
expect calls "$calls" "sudo -n true"

name="root: what is missing is installed and nothing else"
run USER_ID=0 INSTALLED="ruler debian-eraser" -- tools more
expect status "$status" 0
expect calls "$calls" "apt-get -q -y update
apt-get -q -y install --no-install-recommends glue pencil"

name="a user who may sudo installs through it"
run SUDO=yes INSTALLED="ruler debian-eraser glue" -- tools more
expect status "$status" 0
expect calls "$(grep apt-get <<< "$calls" | grep -v '^sudo')" "apt-get -q -y update
apt-get -q -y install --no-install-recommends pencil"

name="a package is not asked for where its command is there already"
fake some-eraser <<< 'exit 0'
run INSTALLED="pencil ruler" -- tools
expect status "$status" 0
expect calls "$calls" ""

name="an unknown list"
run USER_ID=0 -- tools nonsense
expect status "$status" 2
expect output "$output" "setup: there is no list packages-nonsense.txt"
expect calls "$calls" ""

[ "$failed" = 0 ] && echo "setup.sh keeps its promises"
exit "$failed"
