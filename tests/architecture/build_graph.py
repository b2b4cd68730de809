"""The build graph, read from the BUILD files themselves.

A BUILD file is a list of calls in a language that is Python where they overlap, so it is
run with recording functions in the place of the rules. Macros of ours that wrap a rule
(cc_fuzz_test and the like) are recorded by their own arguments, which is what a reader
of the BUILD file sees.
"""

import builtins
import dataclasses
import glob
import os
import re
import types


@dataclasses.dataclass
class Target:
    """One call of a rule or macro."""
    package: str
    rule: str
    name: str
    srcs: list
    hdrs: list
    deps: list
    visibility: list
    testonly: bool

    @property
    def label(self):
        return f"//{self.package}:{self.name}"

    @property
    def files(self):
        """Paths of its sources and headers from the root; other targets' labels are no files."""
        return {os.path.join(self.package, f.removeprefix(":")) for f in self.srcs + self.hdrs
                if not f.startswith(("//", "@"))}

    @property
    def is_test(self):
        return self.testonly or self.rule.endswith("_test")


@dataclasses.dataclass
class Package:
    """One BUILD file."""
    name: str
    path: str
    default_visibility: list
    testonly: bool
    targets: list


class _Recorder(dict):
    """The names of a BUILD file: unknown functions record a target."""

    def __init__(self, root, package):
        super().__init__()
        self.root = root
        self.package = package
        self.update(
            load=self._load, package=self._package, glob=self._glob,
            select=self._select, exports_files=lambda *a, **k: None,
            licenses=lambda *a, **k: None, package_name=lambda: package.name)

    def _load(self, _, *names, **renamed):
        for name in list(names) + list(renamed):
            self[name] = self._rule(name)

    def _package(self, default_visibility=None, default_testonly=False, **_):
        self.package.default_visibility = default_visibility
        self.package.testonly = default_testonly

    def _glob(self, include, exclude=(), **_):
        folder = os.path.join(self.root, self.package.name)
        found = set()
        for pattern in include:
            found.update(os.path.relpath(path, folder) for path in
                         glob.glob(os.path.join(folder, pattern), recursive=True))
        for pattern in exclude:
            found -= {os.path.relpath(path, folder) for path in
                      glob.glob(os.path.join(folder, pattern), recursive=True)}
        return sorted(found)

    @staticmethod
    def _select(choices, **_):
        return [item for value in choices.values() for item in value]

    def _rule(self, rule):
        def record(name="", srcs=(), hdrs=(), deps=(), visibility=None, testonly=None, **_):
            self.package.targets.append(Target(
                package=self.package.name, rule=rule, name=name, srcs=list(srcs),
                hdrs=list(hdrs), deps=[self._absolute(dep) for dep in deps],
                visibility=visibility,
                testonly=self.package.testonly if testonly is None else testonly))
        return record

    def _absolute(self, label):
        if label.startswith(":"):
            return f"//{self.package.name}{label}"
        match = re.fullmatch(r"//(?:.*/)?([^/:]+)", label)
        return f"{label}:{match.group(1)}" if match else label

    def __missing__(self, name):
        if name in ("range", "len", "sorted", "list", "dict", "str", "enumerate", "zip"):
            raise KeyError(name)  # The builtin.
        return self._rule(name)


def _names_within(code):
    """What comprehensions name: they look names up where __missing__ is not asked."""
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from inner.co_names
            yield from _names_within(inner)


def read_package(root, path):
    """The Package of one BUILD file, `path` being relative to root."""
    package = Package(name=os.path.dirname(path), path=path, default_visibility=None,
                      testonly=False, targets=[])
    with open(os.path.join(root, path), encoding="utf-8") as text:
        code = compile(text.read(), path, "exec")
    recorder = _Recorder(root, package)
    rules = {name: recorder[name] for name in _names_within(code) if not hasattr(builtins, name)}
    exec(code, {"__builtins__": __builtins__, **rules}, recorder)  # pylint: disable=exec-used
    return package
