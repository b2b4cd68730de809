#!/usr/bin/env python3
"""Checks a source tree against the rules of docs/architecture.md.

Usage: check.py <root of the tree>. Prints one line per violation; status 1 if there are any.
"""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import build_graph  # pylint: disable=wrong-import-position
import rules  # pylint: disable=wrong-import-position

# `dist` and `gen` are what builds leave in the source tree (clients/node).
_SKIPPED_FOLDERS = re.compile(r"^(\.git|node_modules|bazel-.*|__pycache__|dist|gen)$")
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
_COMMENT = re.compile(r'//.*$')


class Tree:
    """The files of a source tree, and the violations found in it."""

    def __init__(self, root):
        self.root = root
        self.violations = []
        self.files = []
        for folder, names, files in os.walk(root):
            relative = os.path.relpath(folder, root)
            names[:] = sorted(n for n in names if not _SKIPPED_FOLDERS.match(n)
                              and not (relative == "." and n in ("build", "demo-output")))
            self.files += [os.path.normpath(os.path.join(relative, f)) for f in sorted(files)]

        self.packages = [build_graph.read_package(root, path) for path in self.files
                         if os.path.basename(path) == "BUILD.bazel"]
        self._test_files = self._find_test_files()

    def _find_test_files(self):
        """Files that test targets alone are built from."""
        tested, shipped = set(), set()
        for package in self.packages:
            for target in package.targets:
                (tested if target.is_test else shipped).update(target.files)
        return tested - shipped

    def is_test_file(self, path):
        return (house_of(path) == "tests" or room_of(path) == rules.TEST_ROOM
                or path in self._test_files)

    def lines(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as text:
            return text.read().splitlines()

    def report(self, path, line, rule, message):
        where = f"{path}:{line}" if line else path
        self.violations.append(f"{where}: [{rule}] {message}")


def house_of(path):
    return path.split("/", 1)[0]


def room_of(path):
    """The engine room of a path or package; None outside of engine/."""
    parts = path.split("/")
    return parts[1] if parts[0] == "engine" and len(parts) > 1 else None


def place_of(path):
    """How rules.LIBRARIES names a place."""
    room = room_of(path)
    return f"engine/{room}" if room else house_of(path)


def layer_fault(user, used, in_test):
    """Why room `user` may not use room `used`; None if it may."""
    if user == used or user == rules.TEST_ROOM:
        return None
    if used == rules.TEST_ROOM:
        return None if in_test else f"{user} uses {used}, which is for tests only"
    if used not in rules.LAYERS or user not in rules.LAYERS:
        return None  # Reported once by check_rooms.
    if rules.LAYERS[used] < rules.LAYERS[user]:
        return None
    kind = "its neighbour" if rules.LAYERS[used] == rules.LAYERS[user] else "the higher room"
    return (f"{user} (layer {rules.LAYERS[user]}) uses {kind} {used} "
            f"(layer {rules.LAYERS[used]})")


def check_rooms(tree):
    """Every folder is one that the architecture names, and every room introduces itself."""
    for folder in sorted({house_of(f) for f in tree.files if "/" in f}):
        if folder not in rules.TOP_LEVEL:
            tree.report(folder, 0, "top-level", "no such house; see rules.TOP_LEVEL")
    rooms = {room_of(f) for f in tree.files if f.startswith("engine/") and f.count("/") > 1}
    for room in sorted(rooms):
        if room not in rules.LAYERS and room != rules.TEST_ROOM:
            tree.report(f"engine/{room}", 0, "layers", "this room has no layer in rules.LAYERS")
        if f"engine/{room}/README.md" not in tree.files:
            tree.report(f"engine/{room}", 0, "readme", "this room has no README.md")


def check_include(tree, path, number, header):
    """One include against houses, layers and libraries."""
    house, room = house_of(path), room_of(path)
    target = house_of(header)
    if target in rules.HOUSES and target not in rules.HOUSES.get(house, [target]):
        tree.report(path, number, "houses", f"{house} includes {header}")
    if room and room_of(header):
        fault = layer_fault(room, room_of(header), tree.is_test_file(path))
        if fault:
            tree.report(path, number, "layers", f"{fault}: {header}")
    for library, pattern, places in rules.LIBRARIES:
        if re.match(pattern, header) and not may_use(tree, path, library, places):
            tree.report(path, number, "third-party",
                        f"{library} header {header} outside of {', '.join(places) or 'tests'}")


def may_use(tree, path, library, places):
    """Whether a file may include a library's headers."""
    if house_of(path) == "tests":
        return True
    if library in ("GoogleTest", "Google Benchmark"):
        return tree.is_test_file(path)
    return place_of(path) in places


def is_core(path):
    """Whether a file takes bytes, time and randomness as arguments."""
    return (room_of(path) in rules.CORES or path in rules.CORE_FILES
            or os.path.splitext(path)[0] in rules.CORE_FILES)


def check_core_include(tree, path, number, header):
    """A core includes what computes, and other cores."""
    if house_of(header) in rules.HOUSES:
        # What else is wrong with it, check_include says.
        pure = (house_of(header) != "engine" or room_of(header) == rules.TEST_ROOM
                or is_core(header) or os.path.splitext(header)[0] in rules.INTERFACES)
    else:
        pure = (any(re.match(p, header) for p in rules.CORE_HEADERS)
                or any(re.match(p, header) for _, p, _ in rules.LIBRARIES)
                or rules.CORE_HEADERS_OF_ONE_FILE.get(header) == path)
    if not pure:
        tree.report(path, number, "purity", f"a core includes {header}")


def check_shell_line(tree, path, number, header, code):
    """Threads, locks and clocks of the engine are where rules.py says."""
    lock = header if header and re.match(rules.LOCK_HEADERS, header) \
        else first_match(rules.LOCK_TYPES, code)
    if lock and os.path.splitext(path)[0] not in rules.LOCK_FILES:
        tree.report(path, number, "threads", f"{lock} outside of rules.LOCK_FILES")
    clock = first_match(rules.CLOCKS, code)
    if clock and path not in rules.CLOCK_FILES:
        tree.report(path, number, "clock", f"{clock} outside of {', '.join(rules.CLOCK_FILES)}")


def first_match(patterns, code):
    """What the first of the patterns finds; None if none does."""
    found = (re.search(pattern, code) for pattern in patterns)
    return next((match.group(0) for match in found if match), None)


def check_sources(tree):
    """C++ files: includes, purity of cores, threads and clocks."""
    for path in tree.files:
        if not path.endswith(rules.CPP_SUFFIXES) or house_of(path) not in rules.HOUSES:
            continue
        shipped_engine = house_of(path) == "engine" and not tree.is_test_file(path)
        for number, line in enumerate(tree.lines(path), 1):
            include = _INCLUDE.match(line)
            header = include.group(2) if include else None
            code = "" if include else _COMMENT.sub("", line)
            if header:
                check_include(tree, path, number, header)
            if shipped_engine and not is_core(path):
                check_shell_line(tree, path, number, header, code)
            elif shipped_engine and header:
                check_core_include(tree, path, number, header)
            elif shipped_engine and first_match(rules.IMPURE_CALLS, code):
                tree.report(path, number, "purity",
                            f"a core uses {first_match(rules.IMPURE_CALLS, code)}")


def check_sizes(tree):
    """Files stay readable, and say nothing about later."""
    for path in tree.files:
        if not path.endswith(rules.SOURCE_SUFFIXES):
            continue
        lines = tree.lines(path)
        if len(lines) > rules.MAX_LINES:
            tree.report(path, 0, "size", f"{len(lines)} lines, at most {rules.MAX_LINES}")
        for number, line in enumerate(lines, 1):
            if re.search(r"\b(TO" r"DO|FIX" r"ME)\b", line):
                tree.report(path, number, "unfinished", line.strip())


def check_dependency(tree, package, target, dep):
    """One edge of the build graph."""
    for pattern, places in rules.LIBRARY_LABELS:
        if re.match(pattern, dep) and house_of(package.name) != "tests" \
                and place_of(package.name) not in places:
            tree.report(package.path, 0, "third-party", f"{target.label} depends on {dep}")
    match = re.match(r"//([^:]*)", dep)
    if not match:
        return
    used = match.group(1)
    house = house_of(package.name)
    if house_of(used) in rules.HOUSES and house_of(used) not in rules.HOUSES.get(house, []):
        if not (target.is_test and house_of(used) == "tests"):
            tree.report(package.path, 0, "houses", f"{target.label} depends on {dep}")
    if room_of(package.name) and room_of(used):
        fault = layer_fault(room_of(package.name), room_of(used), target.is_test)
        if fault:
            tree.report(package.path, 0, "layers", f"{target.label}: {fault}: {dep}")


def check_targets(tree):
    """BUILD files: visibility and edges."""
    for package in tree.packages:
        path = package.path
        if house_of(path) not in rules.PRIVATE_BY_DEFAULT:
            continue
        if package.targets and package.default_visibility != ["//visibility:private"]:
            tree.report(path, 0, "visibility", "default_visibility is not private")
        for target in package.targets:
            if "//visibility:public" in (target.visibility or []):
                tree.report(path, 0, "visibility", f"{target.label} is public")
            if room_of(path) == rules.TEST_ROOM and not target.is_test:
                tree.report(path, 0, "visibility", f"{target.label} is not testonly")
            for dep in target.deps:
                check_dependency(tree, package, target, dep)


def check_owners(tree):
    """Every C++ file belongs to a target, wherever it is."""
    owned = {path for package in tree.packages for target in package.targets
             for path in target.files}
    for path in tree.files:
        if house_of(path) in rules.PRIVATE_BY_DEFAULT and path.endswith(rules.CPP_SUFFIXES) \
                and path not in owned:
            tree.report(path, 0, "orphan", "belongs to no target")


def check(root):
    """All violations of a tree, one line each."""
    tree = Tree(root)
    for step in (check_rooms, check_sources, check_targets, check_owners, check_sizes):
        step(tree)
    return tree.violations


def main():
    violations = check(sys.argv[1])
    for violation in violations:
        print(violation)
    print(f"architecture: {len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
