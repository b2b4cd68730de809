#!/usr/bin/env python3
"""Runs the project's tests and counts them: `make test`, `make asan`, `make tsan`.

Names of suites as arguments choose some; none means all but tsan-engine. The last line is
`N passed, N failed`; the status is non-zero when a test failed or could not be built.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BAZEL = os.environ.get("BAZEL", "bazel")

# Under ThreadSanitizer: what starts threads or hands work between them; by `make tsan` the whole
# engine, most of which are cores that know no thread. Not the service: the system's gRPC is not
# instrumented, so that TSan would not see what orders its threads.
THREADED = [f"engine/{room}" for room in [
    "net", "ice", "sctp", "media", "peerconnection", "host"]] + ["tests/integration"]
ENGINE = ["engine", "tests/integration"]
# Suites that run only when they are named.
ON_REQUEST = ["tsan-engine"]

# Under AddressSanitizer and UBSan: all C++. The benchmarks measure nothing there.
SANITIZED = ["engine", "service", "clients", "tests/integration", "tests/impair"]

# Node test folders, and the npm packages that they use, by lock file. The demo's tests run
# with the client's.
NODE_SUITES = {"node": "clients/node", "interop": "tests/interop"}
NODE_WRAPPERS = {"tests/interop": ["./namespace.sh"]}
# Files that run at once: those of the browsers and media need the machine for themselves.
NODE_CONCURRENCY = {"clients/node": 2}
NODE_PACKAGES = ["clients/node", "clients/node/demo", "clients/node/testing/runtimes", "tests/interop"]

# The others would see nothing new there, or choose the backend of each connection: docs/adr/0009.
FULL_ICE_FILES = [f"test/{name}.test.js" for name in [
    "abuse", "accept_offer", "answerer", "channels", "codecs", "data", "events", "forwarding",
    "ice_restart", "loss", "offerer", "peers", "peers_receive", "renegotiation",
    "renegotiation_matrix", "sending", "sending_codecs", "simulcast", "stats", "unbundled"]]

# What those tests start: the environment variable that tells them where -> the target.
BINARIES = {"PEERCONNECTIOND": "service:peerconnectiond", "PCCTL": "clients/pcctl:pcctl",
            "IMPAIR": "tests/impair:impair"}


def existing(packages):
    """Bazel patterns of those folders that are there."""
    return [f"//{p}/..." for p in packages if os.path.isdir(os.path.join(ROOT, p))]


def unsanitized():
    """The tests that do not run under AddressSanitizer. The others run there and need no second
    run without it: what only the optimiser sees is seen by the Node suites."""
    everywhere = " + ".join(existing(SANITIZED))
    query = f'tests(//...) - (tests({everywhere}) - attr("tags", "nosan", tests(//...)))'
    return subprocess.run([BAZEL, "query", "--noshow_progress", query], cwd=ROOT, check=True,
                          stdout=subprocess.PIPE, text=True).stdout.split()


def bazel_test(name, flags, patterns):
    """Runs bazel test; returns (passed, failed) in test targets."""
    with tempfile.NamedTemporaryFile(suffix=".json") as events:
        command = [BAZEL, "test", "--keep_going", "--build_tests_only", "--test_summary=terse",
                   f"--build_event_json_file={events.name}", *flags, "--", *patterns]
        if not sys.stderr.isatty():
            command[2:2] = ["--noshow_progress", "--color=no"]
        status = subprocess.run(command, cwd=ROOT).returncode
        passed, failed = count_bazel_results(events.name)
    if status != 0 and failed == 0:
        print(f"{name}: bazel ended with status {status}", flush=True)
        failed = 1
    return passed, failed


def count_bazel_results(path):
    passed = failed = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            summary = json.loads(line).get("testSummary")
            if summary is None:
                continue
            if summary.get("overallStatus") == "PASSED":
                passed += 1
            else:
                failed += 1
    return passed, failed


def node_test(name, folder, config="opt", files=(), environment=()):
    """Runs node --test in a folder; returns (passed, failed) in tests.

    `config`: of the build that it tests. `files`: all, unless some are named.
    """
    if subprocess.run(["deploy/setup/npm.sh", *NODE_PACKAGES], cwd=ROOT).returncode != 0:
        return 0, 1
    binaries = {variable: target for variable, target in BINARIES.items()
                if os.path.isdir(os.path.join(ROOT, target.split(":")[0]))}
    build = [BAZEL, "build", f"--config={config}",
             *(f"//{target}" for target in binaries.values())]
    if subprocess.run(build, cwd=ROOT).returncode != 0:
        return 0, 1
    info = [BAZEL, "info", f"--config={config}", "bazel-bin"]
    bin_folder = subprocess.run(info, cwd=ROOT, check=True, stdout=subprocess.PIPE,
                                text=True).stdout.strip()
    environment = {**os.environ, **dict(environment), **{
        variable: os.path.join(bin_folder, *target.split(":"))
        for variable, target in binaries.items()}}
    with tempfile.NamedTemporaryFile(suffix=".tap") as tap:
        command = [*NODE_WRAPPERS.get(folder, []), "node", "--test",
                   f"--test-concurrency={NODE_CONCURRENCY.get(folder, 1)}", "--test-reporter=spec",
                   "--test-reporter-destination=stdout", "--test-reporter=tap",
                   f"--test-reporter-destination={tap.name}", *files]
        status = subprocess.run(command, cwd=os.path.join(ROOT, folder),
                                env=environment).returncode
        with open(tap.name, encoding="utf-8") as text:
            counts = dict(re.findall(r"^# (pass|fail|cancelled) (\d+)$", text.read(), re.M))
    passed = int(counts.get("pass", 0))
    failed = int(counts.get("fail", 0)) + int(counts.get("cancelled", 0))
    if passed + failed == 0 or (status != 0 and failed == 0):
        print(f"{name}: node --test ended with status {status}", flush=True)
        failed += 1
    return passed, failed


def suites():
    """Name -> what to run, in order."""
    result = {
        "plain": lambda: bazel_test("plain", ["--config=opt"], unsanitized()),
        "asan": lambda: bazel_test("asan", ["--config=asan", "--test_tag_filters=-nosan"],
                                   existing(SANITIZED)),
        "tsan": lambda: bazel_test("tsan", ["--config=tsan", "--test_tag_filters=-nosan"],
                                   existing(THREADED)),
        "tsan-engine": lambda: bazel_test(
            "tsan-engine", ["--config=tsan", "--test_tag_filters=-nosan"], existing(ENGINE)),
    }
    for name, folder in NODE_SUITES.items():
        # As users run it, and as `make demo` does: what only the optimiser sees is seen here.
        result[name] = lambda name=name, folder=folder: node_test(name, folder)
    # What does not depend on the backend, once more on the one that is not the default.
    result["full-ice"] = lambda: node_test(
        "full-ice", "tests/interop", files=FULL_ICE_FILES,
        environment={"SERVICE_FLAGS": "--ice-backend=full"})
    # What an attacker may send, to a service that notices each wrong step.
    result["abuse"] = lambda: node_test(
        "abuse", "tests/interop", config="asan",
        files=["test/abuse.test.js", "test/offerer.test.js"],
        environment={"UBSAN_OPTIONS": "print_stacktrace=1"})
    return result


def main(names):
    known = suites()
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"unknown suite: {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    total_passed = total_failed = 0
    report = []
    for name in names or [name for name in known if name not in ON_REQUEST]:
        print(f"=== {name}", flush=True)
        begin = time.monotonic()
        passed, failed = known[name]()
        report.append(f"{name:8} {passed:5} passed {failed:5} failed "
                      f"{time.monotonic() - begin:7.0f} s")
        total_passed += passed
        total_failed += failed
    print("=== summary", *report, sep="\n")
    print(f"{total_passed} passed, {total_failed} failed", flush=True)
    return 1 if total_failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
