"""Fetches BoringSSL from Debian's source package, by name, pinned by SHA-256.

Debian's binary package is two shared objects with unversioned symbols that
capture gRPC's OpenSSL calls when both are loaded, so the source package is built
and linked statically with hidden symbols instead.
"""

_FETCH = """
set -euo pipefail
work="$PWD/apt"
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/parts"
# The machine's own sources, as deb-src: no host is named here and no system file changes.
: > "$work/sources.list"
for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -f "$f" ] || continue
  sed -nE 's/^deb(-src)?[[:space:]]/deb-src /p' "$f" | sort -u >> "$work/sources.list"
done
for f in /etc/apt/sources.list.d/*.sources; do
  [ -f "$f" ] || continue
  sed -E 's/^Types:.*/Types: deb-src/' "$f" > "$work/parts/$(basename "$f")"
done
apt=(apt-get -qq
  -o "Dir::State=$work/state" -o Dir::State::status=/var/lib/dpkg/status
  -o "Dir::Cache=$work/cache" -o "Dir::Etc::sourcelist=$work/sources.list"
  -o "Dir::Etc::sourceparts=$work/parts" -o "APT::Sandbox::User=$(id -un)")
"${apt[@]}" update
cd "$work"
"${apt[@]}" source --download-only "$1=$2"
mv ./*.orig.tar.xz source.tar.xz
echo "$3  source.tar.xz" | sha256sum --check --status || {
  echo "SHA-256 of $1 $2 is $(sha256sum source.tar.xz | cut -d' ' -f1), expected $3" >&2
  exit 1
}
cd ..
# Only what the library needs: tests, tools and other platforms stay out.
tar xf apt/source.tar.xz --strip-components=1 --exclude='*/test' --exclude='*/fuzz' \\
  --wildcards '*/BUILD.generated.bzl' '*/LICENSE' '*/err_data.c' '*/linux-x86_64' \\
  '*/linux-aarch64' '*/src/crypto' '*/src/ssl' '*/src/include' '*/src/third_party/fiat'
rm -rf apt
"""

def _debian_source_boringssl_impl(ctx):
    ctx.report_progress("fetching the source package " + ctx.attr.package)
    result = ctx.execute(
        ["bash", "-c", _FETCH, "fetch", ctx.attr.package, ctx.attr.version, ctx.attr.sha256],
        timeout = 600,
    )
    if result.return_code != 0:
        fail("cannot fetch {}: {}{}".format(ctx.attr.package, result.stdout, result.stderr))
    ctx.file("WORKSPACE", "workspace(name = \"{}\")\n".format(ctx.name))
    ctx.symlink(ctx.attr.build_file, "BUILD.bazel")

debian_source_boringssl = repository_rule(
    implementation = _debian_source_boringssl_impl,
    attrs = {
        "build_file": attr.label(allow_single_file = True, mandatory = True),
        "package": attr.string(mandatory = True),
        "sha256": attr.string(mandatory = True, doc = "Of the .orig.tar.xz."),
        "version": attr.string(mandatory = True, doc = "Debian version, exact."),
    },
    doc = "One Debian source package, verified and unpacked, with a BUILD file of ours.",
)
