"""Proves by planted violations that the checker sees what it is there to see.

Each case is a small tree with one fault; its report must name the fault, and the same tree
without the fault must be clean.
"""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import check  # pylint: disable=wrong-import-position

_PRIVATE = 'package(default_visibility = ["//visibility:private"])\n'


def build(*targets):
    return _PRIVATE + "\n".join(targets)


def library(name, files, deps=(), extra=""):
    return (f'cc_library(name = "{name}", srcs = {list(files)!r}, deps = {list(deps)!r}, '
            f"{extra})")


# A tree that follows every rule.
CLEAN = {
    "BUILD.bazel": "",
    "engine/base/README.md": "base\n",
    "engine/base/BUILD.bazel": build(library("a", ["a.h"])),
    "engine/base/a.h": "#include <string>\n",
    "engine/net/README.md": "net\n",
    "engine/net/BUILD.bazel": build(library("loop", ["loop.cc"], ["//engine/base:a"])),
    "engine/net/loop.cc": '#include <sys/socket.h>\n#include "engine/base/a.h"\n',
    "engine/sdp/README.md": "sdp\n",
    "engine/sdp/BUILD.bazel": build(
        library("parser", ["parser.cc"], ["//engine/base:a"]),
        'cc_test(name = "parser_test", srcs = ["parser_test.cc"])'),
    "engine/sdp/parser.cc": '#include "engine/base/a.h"\n// Never calls steady_clock::now().\n',
    "engine/sdp/parser_test.cc": "#include <gtest/gtest.h>\n#include <fstream>\n",
    "engine/rtp/README.md": "rtp\n",
    "engine/rtp/BUILD.bazel": build(library("view", ["view.h"])),
    "engine/rtp/view.h": "",
    "engine/dtls/README.md": "dtls\n",
    "engine/dtls/BUILD.bazel": build(library("dtls", ["dtls.cc"], ["@boringssl//:ssl"])),
    "engine/dtls/dtls.cc": "#include <openssl/ssl.h>\n",
    "engine/media/README.md": "media\n",
    "engine/media/BUILD.bazel": build(
        library("router", ["ssrc_router.cc"]), library("sink", ["sink.cc"], ["//engine/net:loop"])),
    "engine/media/ssrc_router.cc": "#include <vector>\n",
    "engine/media/sink.cc": '#include "engine/net/loop.h"\n',
    "engine/testing/README.md": "testing\n",
    "engine/testing/BUILD.bazel": build(
        library("sim", ["sim.h"], ["//engine/net:loop"], "testonly = True")),
    "engine/testing/sim.h": "",
    "service/BUILD.bazel": build(
        library("server", ["server.cc"], ["//proto:services", "//engine/net:loop"])),
    "service/server.cc": "#include <grpcpp/server.h>\n",
    "proto/BUILD.bazel": build('cc_grpc_services(name = "services", protos = [])'),
}


class PlantedViolations(unittest.TestCase):
    """One test per rule."""

    def violations(self, changes):
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**CLEAN, **changes}.items():
                full = os.path.join(root, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "w", encoding="utf-8") as out:
                    out.write(text)
            return check.check(root)

    def expect(self, rule, where, changes):
        found = self.violations(changes)
        self.assertEqual(len(found), 1, found)
        self.assertIn(f"[{rule}]", found[0])
        self.assertTrue(found[0].startswith(where), found[0])

    def test_a_clean_tree_has_no_violation(self):
        self.assertEqual(self.violations({}), [])

    def test_a_room_includes_its_neighbour(self):
        self.expect("layers", "engine/sdp/parser.cc:1",
                    {"engine/sdp/parser.cc": '#include "engine/rtp/view.h"\n'})

    def test_a_room_includes_a_higher_room(self):
        self.expect("layers", "engine/base/a.h:1",
                    {"engine/base/a.h": '#include "engine/rtp/view.h"\n'})

    def test_a_target_depends_on_a_neighbour_without_including_it(self):
        self.expect("layers", "engine/rtp/BUILD.bazel",
                    {"engine/rtp/BUILD.bazel": build(
                        library("view", ["view.h"], ["//engine/sdp:parser"]))})

    def test_the_short_form_of_a_label_is_the_same_dependency(self):
        self.expect("layers", "engine/rtp/BUILD.bazel",
                    {"engine/rtp/BUILD.bazel": build(
                        library("view", ["view.h"], ["//engine/sdp"]))})

    def test_a_room_that_no_layer_names(self):
        self.expect("layers", "engine/magic", {
            "engine/magic/README.md": "",
            "engine/magic/BUILD.bazel": build()})

    def test_a_room_without_a_readme(self):
        self.expect("readme", "engine/srtp", {"engine/srtp/BUILD.bazel": build()})

    def test_production_code_includes_the_testing_room(self):
        self.expect("layers", "engine/net/loop.cc:1",
                    {"engine/net/loop.cc": '#include "engine/testing/sim.h"\n'})

    def test_a_testing_target_that_is_not_testonly(self):
        self.expect("visibility", "engine/testing/BUILD.bazel",
                    {"engine/testing/BUILD.bazel": build(library("sim", ["sim.h"]))})

    def test_a_core_includes_a_socket_header(self):
        self.expect("purity", "engine/sdp/parser.cc:1",
                    {"engine/sdp/parser.cc": "#include <sys/socket.h>\n"})

    def test_a_core_includes_a_thread_header(self):
        self.expect("purity", "engine/rtp/view.h:1",
                    {"engine/rtp/view.h": "#include <mutex>\n"})

    def test_a_core_includes_the_event_loop(self):
        self.expect("purity", "engine/rtp/view.h:1",
                    {"engine/rtp/view.h": '#include "engine/net/loop.h"\n'})

    def test_a_core_reads_a_clock(self):
        self.expect("purity", "engine/sdp/parser.cc:1",
                    {"engine/sdp/parser.cc": "auto t = std::chrono::steady_clock::now();\n"})

    def test_a_core_names_a_clock_to_read_it_later(self):
        self.expect("purity", "engine/sdp/parser.cc:1",
                    {"engine/sdp/parser.cc": "using C = steady_clock;\nauto t = C::now();\n"})

    def test_a_core_opens_a_file(self):
        self.expect("purity", "engine/sdp/parser.cc:1",
                    {"engine/sdp/parser.cc": 'auto* f = fopen("x", "r");\n'})

    def test_a_core_includes_a_header_that_is_not_known_to_be_pure(self):
        for header in ("cstdio", "arpa/inet.h", "iostream", "ctime", "sys/types.h", "dlfcn.h"):
            with self.subTest(header):
                self.expect("purity", "engine/sdp/parser.cc:1",
                            {"engine/sdp/parser.cc": f"#include <{header}>\n"})

    def test_a_header_that_one_core_has_a_pure_use_for(self):
        self.assertEqual(self.violations({
            "engine/base/BUILD.bazel": build(library("a", ["a.h", "socket_address.cc"])),
            "engine/base/socket_address.cc": "#include <arpa/inet.h>\n"}), [])

    def test_a_core_of_a_mixed_room_takes_a_lock(self):
        self.expect("purity", "engine/media/ssrc_router.cc:1",
                    {"engine/media/ssrc_router.cc": "#include <mutex>\n"})

    def test_a_core_of_a_mixed_room_takes_a_lock_that_another_header_brings(self):
        self.expect("purity", "engine/media/ssrc_router.cc:1",
                    {"engine/media/ssrc_router.cc": "std::mutex mutex;\n"})

    def test_a_core_of_a_mixed_room_reads_a_clock(self):
        self.expect("purity", "engine/media/ssrc_router.cc:1",
                    {"engine/media/ssrc_router.cc": "auto t = system_clock::now();\n"})

    def test_a_core_of_a_mixed_room_includes_a_shell_of_it(self):
        self.expect("purity", "engine/media/ssrc_router.cc:1",
                    {"engine/media/ssrc_router.cc": '#include "engine/media/sink.h"\n'})

    def test_a_core_draws_randomness_of_its_own(self):
        self.expect("purity", "engine/sdp/parser.cc:1",
                    {"engine/sdp/parser.cc": "std::random_device device;\n"})

    def test_a_shell_takes_a_lock_that_the_architecture_does_not_name(self):
        self.expect("threads", "engine/media/sink.cc:1",
                    {"engine/media/sink.cc": "#include <mutex>\n"})
        self.expect("threads", "engine/media/sink.cc:1",
                    {"engine/media/sink.cc": "std::mutex mutex;\n"})

    def test_a_shell_reads_a_clock_other_than_its_loops(self):
        self.expect("clock", "engine/media/sink.cc:1",
                    {"engine/media/sink.cc": "auto t = std::chrono::steady_clock::now();\n"})

    def test_a_library_header_outside_of_its_room(self):
        self.expect("third-party", "engine/net/loop.cc:1",
                    {"engine/net/loop.cc": "#include <openssl/ssl.h>\n"})

    def test_a_library_target_outside_of_its_room(self):
        self.expect("third-party", "engine/net/BUILD.bazel",
                    {"engine/net/BUILD.bazel": build(
                        library("loop", ["loop.cc"], ["@boringssl//:crypto"]))})

    def test_the_engine_includes_the_contract(self):
        self.expect("third-party", "engine/net/loop.cc:1",
                    {"engine/net/loop.cc": '#include "peerconnection/v1/ice.pb.h"\n'})

    def test_the_engine_includes_grpc(self):
        self.expect("third-party", "engine/net/loop.cc:1",
                    {"engine/net/loop.cc": "#include <grpcpp/server.h>\n"})

    def test_the_engine_includes_the_service(self):
        self.expect("houses", "engine/net/loop.cc:1",
                    {"engine/net/loop.cc": '#include "service/server.h"\n'})

    def test_the_engine_depends_on_the_service(self):
        self.expect("houses", "engine/net/BUILD.bazel",
                    {"engine/net/BUILD.bazel": build(
                        library("loop", ["loop.cc"], ["//service:server"]))})

    def test_a_client_uses_the_engine(self):
        self.expect("houses", "clients/x.cc:1", {
            "clients/BUILD.bazel": build(library("x", ["x.cc"])),
            "clients/x.cc": '#include "engine/base/a.h"\n'})

    def test_googletest_in_production_code(self):
        self.expect("third-party", "service/server.cc:1",
                    {"service/server.cc": "#include <gtest/gtest.h>\n"})

    def test_a_helper_of_tests_may_use_googletest(self):
        self.assertEqual(self.violations({
            "engine/rtp/BUILD.bazel": build(
                library("view", ["view.h"]),
                library("help", ["help.cc"], extra="testonly = True")),
            "engine/rtp/help.cc": "#include <gtest/gtest.h>\n"}), [])

    def test_a_file_that_is_shipped_too_is_no_helper_of_tests(self):
        self.expect("third-party", "engine/rtp/view.h:1", {
            "engine/rtp/BUILD.bazel": build(
                library("view", ["view.h"]),
                library("help", ["view.h"], extra="testonly = True")),
            "engine/rtp/view.h": "#include <gtest/gtest.h>\n"})

    def test_a_package_that_is_not_private_by_default(self):
        self.expect("visibility", "engine/rtp/BUILD.bazel",
                    {"engine/rtp/BUILD.bazel": library("view", ["view.h"])})

    def test_a_public_target(self):
        self.expect("visibility", "engine/rtp/BUILD.bazel",
                    {"engine/rtp/BUILD.bazel": build(library(
                        "view", ["view.h"], extra='visibility = ["//visibility:public"]'))})

    def test_a_file_that_no_target_builds(self):
        self.expect("orphan", "engine/rtp/lost.cc", {"engine/rtp/lost.cc": "int x;\n"})

    def test_a_file_in_a_folder_without_a_build_file(self):
        self.expect("orphan", "engine/rtp/deep/lost.cc",
                    {"engine/rtp/deep/lost.cc": "int x;\n"})

    def test_a_file_of_a_folder_above_may_build_it(self):
        self.assertEqual(self.violations({
            "engine/rtp/BUILD.bazel": build(library("view", ["view.h", "deep/found.cc"])),
            "engine/rtp/deep/found.cc": "int x;\n"}), [])

    def test_targets_of_a_list_are_targets(self):
        listed = '[cc_test(name = n, srcs = [n + ".cc"]) for n in ["a_test", "b_test"]]'
        files = {"engine/rtp/a_test.cc": "int x;\n", "engine/rtp/b_test.cc": "int x;\n"}
        self.assertEqual(self.violations({
            "engine/rtp/BUILD.bazel": build(library("view", ["view.h"]), listed), **files}), [])

    def test_a_file_with_another_ending_of_the_language(self):
        self.expect("orphan", "engine/rtp/lost.cpp", {"engine/rtp/lost.cpp": "int x;\n"})

    def test_a_file_above_the_wall(self):
        self.expect("size", "engine/rtp/view.h", {"engine/rtp/view.h": "\n" * 801})

    def test_a_house_that_the_top_level_does_not_have(self):
        self.expect("top-level", "tools", {"tools/x.txt": ""})

    def test_unfinished_work(self):
        self.expect("unfinished", "engine/rtp/view.h:1",
                    {"engine/rtp/view.h": "// TO" "DO: everything\n"})


if __name__ == "__main__":
    unittest.main()
