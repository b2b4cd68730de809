"""One rule for a parser's fuzz target and its corpus."""

def cc_fuzz_test(name, srcs, corpus, deps, visibility = None):
    """Declares a libFuzzer target twice.

    `name` is a plain cc_test that runs every corpus file through the target, so a found
    crash stays fixed, and some thousand inputs made out of them. `name`_fuzzer is the fuzzer itself, built with --config=fuzz
    (clang 19) by `make fuzz`.

    Args:
      name: ends in _fuzz_test.
      srcs: one file that defines LLVMFuzzerTestOneInput.
      corpus: glob of corpus files; must not be empty.
      deps: what the target exercises.
      visibility: as usual.
    """
    if not corpus:
        fail("a fuzz target needs a corpus: " + name)
    native.cc_test(
        name = name,
        srcs = srcs,
        args = ["$(rootpath {})".format(corpus[0])],
        data = corpus,
        deps = deps + ["//tests/fuzz:corpus_main"],
        visibility = visibility,
    )
    native.cc_binary(
        name = name + "_fuzzer",
        testonly = True,
        srcs = srcs,
        linkopts = ["-fsanitize=fuzzer"],
        tags = [
            "fuzzer",
            "manual",
        ],
        deps = deps,
        visibility = visibility,
    )
