"""What docs/architecture.md says about houses and rooms, as data."""

# Layers of engine/. A room includes rooms of lower layers only, never a neighbour.
LAYERS = {
    "base": 0,
    "model": 1,
    "net": 1,
    "sdp": 2,
    "rtp": 2,
    "ice": 3,
    "dtls": 3,
    "srtp": 3,
    "sctp": 3,
    "transport": 4,
    "jsep": 4,
    "datachannel": 4,
    "media": 4,
    "peerconnection": 5,
    "host": 6,
}

# Test-only: may use every room, and only tests may use it.
TEST_ROOM = "testing"

# Rooms that take bytes, time and randomness as arguments: no socket, no thread, no clock.
CORES = ["base", "model", "sdp", "rtp", "dtls", "srtp", "jsep", "datachannel"]

# Headers that a core does not include: sockets, files, threads, locks, GLib, clocks.
IMPURE_HEADERS = [
    r"sys/(?!types\.h)", r"netinet/", r"net/if", r"netdb\.h", r"ifaddrs\.h", r"unistd\.h",
    r"poll\.h", r"fcntl\.h", r"signal\.h", r"pthread\.h", r"csignal$", r"thread$", r"mutex$",
    r"shared_mutex$", r"condition_variable$", r"future$", r"semaphore$", r"latch$", r"barrier$",
    r"stop_token$", r"fstream$", r"filesystem$", r"iostream$", r"ctime$", r"time\.h$", r"glib",
    r"gio/", r"absl/synchronization/", r"absl/time/", r"engine/net/",
]

# Calls that a core does not make.
IMPURE_CALLS = [
    r"_clock\s*::\s*now\s*\(", r"\bclock_gettime\s*\(", r"\bgettimeofday\s*\(",
    r"\bstd::time\s*\(", r"\btime\s*\(\s*(nullptr|NULL|0)\s*\)", r"\brandom_device\b",
    r"\b(s?rand|getrandom)\s*\(", r"\bstd::this_thread\b", r"\b(u|nano)?sleep\s*\(",
    r"\bthread_local\b", r"\bgetenv\s*\(",
]

# Headers of a library -> where they may be included. A place is a room of engine/ or a
# top-level folder.
LIBRARIES = [
    ("libnice", r"(nice/|agent\.h|glib|gio/|gobject/)", ["engine/ice"]),
    ("BoringSSL", r"openssl/", ["engine/dtls", "engine/ice", "engine/srtp"]),
    ("libsrtp", r"srtp2?/", ["engine/srtp"]),
    ("usrsctp", r"usrsctp", ["engine/sctp"]),
    ("gRPC", r"(grpc|grpcpp|grpc\+\+)/", ["service", "clients"]),
    ("protobuf", r"google/", ["service", "clients"]),
    ("API contract", r"peerconnection/v1/", ["service", "clients"]),
    ("spdlog", r"(spdlog|fmt)/", ["service"]),
    ("nlohmann-json", r"nlohmann/", ["service", "clients"]),
    ("Abseil synchronization", r"absl/(synchronization|time)/", ["service", "clients"]),
    ("Abseil flags", r"absl/flags/", ["service", "clients"]),
    ("GoogleTest", r"(gtest|gmock)/", []),
    ("Google Benchmark", r"benchmark/", []),
]

# Labels of libraries -> where they may be depended on, as above.
LIBRARY_LABELS = [
    (r"//third_party/system:nice$", ["engine/ice"]),
    (r"@boringssl//", ["engine/dtls", "engine/ice", "engine/srtp"]),
    (r"//third_party/system:srtp2$", ["engine/srtp"]),
    (r"//third_party/system:usrsctp$", ["engine/sctp"]),
    (r"//third_party/system:(grpcpp|protobuf)$", ["service", "clients", "proto"]),
    (r"//third_party/system:spdlog$", ["service"]),
    (r"//third_party/system:nlohmann_json$", ["service", "clients"]),
    (r"//third_party/system:absl_flags$", ["service", "clients"]),
    (r"//proto(:|/|$)", ["service", "clients", "proto"]),
]

# Top-level folder -> the top-level folders whose headers and targets it may use.
HOUSES = {
    "engine": ["engine"],
    "service": ["engine", "proto", "service"],
    "clients": ["clients", "proto"],
    "tests": ["clients", "engine", "proto", "service", "tests"],
    "proto": ["proto"],
}

# Packages whose targets are private unless a target says otherwise.
PRIVATE_BY_DEFAULT = ["engine", "service", "clients", "tests", "proto"]

# The only folders of the top level, beside files.
TOP_LEVEL = ["proto", "service", "engine", "clients", "tests", "deploy", "third_party", "docs",
             ".ci"]

# Lines; no source file is longer.
MAX_LINES = 800
SOURCE_SUFFIXES = (".cc", ".h", ".c", ".py", ".js", ".mjs", ".cjs", ".ts", ".go", ".sh", ".bzl",
                   ".bazel", ".BUILD", ".proto", ".html")
