"""Local stand-ins for the repositories that Bazel itself expects.

Bazel 4.2 names `@rules_cc` and `@remote_coverage_tools` in its own toolchain
files. Debian's machine cannot download them, and Debian's packaged rules_cc does
not load in this Bazel.
"""

_CC_RULES = [
    "cc_binary",
    "cc_import",
    "cc_library",
    "cc_proto_library",
    "cc_test",
    "cc_toolchain",
    "cc_toolchain_suite",
    "fdo_prefetch_hints",
    "fdo_profile",
    "objc_import",
    "objc_library",
]

def _rules_cc_shim_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = \"rules_cc\")\n")
    ctx.file("BUILD.bazel", "")
    ctx.file("cc/BUILD.bazel", "package(default_visibility = [\"//visibility:public\"])\n")
    ctx.file("cc/defs.bzl", "".join([
        "{rule} = native.{rule}\n".format(rule = rule)
        for rule in _CC_RULES
    ]))

rules_cc_shim = repository_rule(
    implementation = _rules_cc_shim_impl,
    doc = "Re-exports the native cc_* rules under the name that other rules load.",
)

def _coverage_tools_stub_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = \"remote_coverage_tools\")\n")
    ctx.file("BUILD.bazel", """
filegroup(
    name = "coverage_report_generator",
    visibility = ["//visibility:public"],
)
""")

coverage_tools_stub = repository_rule(
    implementation = _coverage_tools_stub_impl,
    doc = "An empty coverage report generator: this project does not use `bazel coverage`.",
)
