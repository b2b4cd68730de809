#!/usr/bin/env bash
# peerconnectiond as a process: flags, the line that says where it listens, its log, its end.
set -euo pipefail
binary=$1
cd "$TEST_TMPDIR"
fail() { echo "FAIL: $*" >&2; exit 1; }
binary_path() { case "$binary" in /*) echo "$binary" ;; *) echo "$OLDPWD/$binary" ;; esac; }
run=$(binary_path)

"$run" --help > help.txt
grep -q -- '--max-peer-connections=2000' help.txt || fail "no such flag in --help"
"$run" --version | grep -q '^peerconnectiond [0-9]' || fail "--version"

status=0
"$run" --no-such-flag 2> error.txt || status=$?
[ "$status" -eq 2 ] || fail "an unknown flag ends with $status"
grep -q 'there is no flag --no-such-flag' error.txt || fail "the flag is not named"

status=0
"$run" --listen=0.0.0.0:0 2> error.txt || status=$?
[ "$status" -eq 2 ] || fail "plaintext beyond loopback ends with $status"
grep -q -- '--insecure' error.txt || fail "the way out is not named"

status=0
"$run" --listen=127.0.0.1:0 --max-message-bytes=2000000 2> error.txt || status=$?
[ "$status" -eq 2 ] || fail "a message no call can carry ends with $status"
grep -q -- '--grpc-max-receive-bytes=2004096' error.txt || fail "the flag to change is not named"

for bad in --srtp-profiles=SRTP_NULL --insecure-key-log=/no/such/folder/keys; do
  status=0
  "$run" --listen=127.0.0.1:0 "$bad" 2> error.txt || status=$?
  [ "$status" -eq 2 ] || fail "$bad ends with $status"
  grep -q -- "${bad%%=*}" error.txt || fail "$bad is not named"
done

mkfifo out
"$run" --listen=127.0.0.1:0 --media-loops=1 --insecure-key-log=keys.txt > out 2> log.txt &
pid=$!
trap 'kill -9 $pid 2>/dev/null || true' EXIT
read -r line < out
[[ "$line" =~ ^listening\ on\ 127\.0\.0\.1:[1-9][0-9]*$ ]] || fail "first line is: $line"
[ "$(stat -c %a keys.txt)" = 600 ] || fail "others may read the key log"
port=${line##*:}

# A second process must not share the port.
status=0
"$run" --listen="127.0.0.1:$port" --media-loops=1 > second.txt 2>&1 || status=$?
[ "$status" -eq 1 ] || fail "a second process on port $port ends with $status"

kill -TERM "$pid"
status=0
wait "$pid" || status=$?
[ "$status" -eq 0 ] || fail "SIGTERM ends it with $status"
grep -q 'whoever reads keys.txt (--insecure-key-log) can decrypt' log.txt || fail "no warning: $(cat log.txt)"
grep -q '"module":"service","message":"stopping on Terminated"' log.txt || fail "log: $(cat log.txt)"
echo ok
