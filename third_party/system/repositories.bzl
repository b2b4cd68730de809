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

def system_repositories():
    native.new_local_repository(
        name = "glib_headers",
        path = "/usr/include/glib-2.0",
        build_file_content = _GLIB_BUILD.format(prefix = "", include = "."),
    )
    native.new_local_repository(
        name = "glib_config_headers",
        path = "/usr/lib/x86_64-linux-gnu/glib-2.0",
        build_file_content = _GLIB_BUILD.format(prefix = "include/", include = "include"),
    )
