"""Header directories of Debian packages that GCC does not search by default.

Bazel refuses include paths outside the execution root, so these directories are
brought in as local repositories.
"""

_GLIB_BUILD = """
cc_library(
    name = "headers",
    hdrs = glob(["{prefix}**/*.h"]),
    includes = ["{include}"],
    visibility = ["//visibility:public"],
)
"""

def _glib_config_headers_impl(ctx):
    # Debian keeps what differs between processors in a folder of its own for each.
    result = ctx.execute(["g++", "-print-multiarch"])
    folder = result.stdout.strip()
    if result.return_code != 0 or not folder:
        fail("g++ -print-multiarch does not name the processor's folder: " + result.stderr)
    ctx.symlink("/usr/lib/{}/glib-2.0/include".format(folder), "include")
    ctx.file("WORKSPACE", "workspace(name = \"{}\")\n".format(ctx.name))
    ctx.file("BUILD.bazel", _GLIB_BUILD.format(prefix = "include/", include = "include"))

_glib_config_headers = repository_rule(
    implementation = _glib_config_headers_impl,
    doc = "glibconfig.h, which Debian installs by processor.",
    configure = True,
    local = True,
)

def system_repositories():
    native.new_local_repository(
        name = "glib_headers",
        path = "/usr/include/glib-2.0",
        build_file_content = _GLIB_BUILD.format(prefix = "", include = "."),
    )
    _glib_config_headers(name = "glib_config_headers")
