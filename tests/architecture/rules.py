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

# The cores of the other rooms: files without their ending, or one of a pair with it.
CORE_FILES = {f"engine/{name}" for name in [
    "host/call_order", "host/label_selector", "host/order_gate",
    "ice/address_rules", "ice/announced_address", "ice/announced_candidates", "ice/check_reply",
    "ice/consent/consent", "ice/fair_share",
    "ice/ice_events", "ice/ice_stats", "ice/lite_agent", "ice/lite_path", "ice/lite_state",
    "ice/packet_handler", "ice/pair_log", "ice/port_candidates", "ice/port_warnings", "ice/remote_candidates",
    "ice/resolved_server", "ice/seen_transactions",
    "ice/server_log", "ice/server_policy", "ice/server_url", "ice/stun_attributes",
    "ice/stun_integrity", "ice/stun_message", "ice/stun_writer", "ice/tcp/tcp_admission", "ice/tcp/tcp_frames",
    "ice/turn/turn_framing",
    "media/bandwidth_estimator", "media/contributing_sources", "media/drop_reason",
    "media/duplicate_filter",
    "media/feedback_sender", "media/frame_rate", "media/key_frame_requester", "media/media_event",
    "media/nack_generator", "media/parameter_sets", "media/payload_format",
    "media/receive_path", "media/receive_statistics", "media/reference_times", "media/remote_stream",
    "media/reorder_buffer",
    "media/rtcp_sender", "media/section", "media/sender_clock", "media/sink_config",
    "media/sink_rewriter", "media/ssrc_router", "media/transport_cc_recorder",
    "media/transport_names",
    "media/sending/dtmf_queue", "media/sending/local_track_config",
    "media/sending/media_source", "media/sending/packet_history",
    "media/sending/retransmitter", "media/sending/rtp_output", "media/sending/rtp_sender",
    "media/sending/send_extensions",
    "net/address_policy", "net/timer_wheel",
    "peerconnection/close_sequence", "peerconnection/event", "peerconnection/event_log",
    "peerconnection/info.h",
    "sctp/crc32c", "sctp/sctp_chunks", "sctp/sctp_event", "sctp/sctp_packet_check",
    "sctp/usrsctp_event_queue", "sctp/usrsctp_reset_gate", "sctp/usrsctp_reset_splitter",
    "transport/combined_state", "transport/drop_reason", "transport/media_counters",
    "transport/media_handler", "transport/media_path", "transport/transport_events",
]}

# Abstract classes that a core drives without knowing what is behind them.
INTERFACES = {"engine/net/host_resolver", "engine/sctp/sctp_association"}

# Headers beside those of libraries (below) and of other cores that a core includes: what
# computes. Not here, on purpose: sockets, files, threads, locks, clocks, the environment.
CORE_HEADERS = [
    r"(algorithm|any|array|bit|bitset|cassert|cctype|cerrno|charconv|chrono|climits|cmath|"
    r"compare|complex|concepts|cstdarg|cstddef|cstdint|cstdlib|cstring|deque|exception|"
    r"expected|functional|initializer_list|iomanip|iterator|limits|list|map|memory|"
    r"memory_resource|new|numbers|numeric|optional|queue|random|ranges|ratio|regex|set|span|sstream|stack|"
    r"stdexcept|string|string_view|tuple|type_traits|typeindex|typeinfo|unordered_map|"
    r"unordered_set|utility|valarray|variant|vector|version)$",
    r"strings\.h$", r"nmmintrin\.h$",
    r"absl/(algorithm|base|cleanup|container|functional|hash|memory|meta|numeric|status|"
    r"strings|types|utility)/",
]

# Headers with one pure use each, and the core that has it.
CORE_HEADERS_OF_ONE_FILE = {
    # Addresses to text and back, by inet_ntop and inet_pton.
    "arpa/inet.h": "engine/base/socket_address.cc",
    # Where log lines go, set once for the process.
    "atomic": "engine/base/log.cc",
}

# The clocks of the machine, under whatever name they are called later.
CLOCKS = [
    r"\b(steady|system|high_resolution|utc|tai|gps|file)_clock\b",
    r"\b(clock|timespec)_get\w*", r"\bgettimeofday\b", r"\bstd::(time|clock)\s*\(",
    r"\babsl::Now\b", r"\btime\s*\(\s*(nullptr|NULL|0)\s*\)",
]

# What a core does not use, even where a header of the list happens to bring it.
IMPURE_CALLS = CLOCKS + [
    r"\brandom_device\b", r"\b(s?rand|getrandom)\s*\(", r"\b(u|nano)?sleep\s*\(",
    r"\bthread_local\b", r"\b(secure_)?getenv\s*\(", r"\b(std::|::)system\s*\(",
    r"\b(f|fd|fre|p)open\s*\(", r"\bv?f?printf\s*\(",
    r"\b(f?puts|fputc|fwrite|fread|perror)\s*\(", r"\bstd::(cin|cout|cerr|clog)\b",
    r"\bstd::\w*fstream\b", r"\bstd::filesystem\b",
    r"\bstd::(this_thread|j?thread|async|\w*mutex|lock_guard|unique_lock|scoped_lock)\b",
    r"\bstd::condition_variable\w*", r"\bpthread_\w+",
    r"(?<![\w:])::(socket|open|read|write|send|recv)\s*\(",
]

# Threads and locks of the engine, and the only files (without their ending) with some: the
# tables of docs/THREADING.md.
LOCK_HEADERS = (r"(mutex|shared_mutex|condition_variable|thread|future|semaphore|latch|barrier|"
                r"stop_token|pthread\.h)$")
LOCK_TYPES = [r"\bstd::(\w*mutex|j?thread|condition_variable\w*)\b", r"\bpthread_\w+"]
LOCK_FILES = {f"engine/{name}" for name in [
    "host/certificate_store", "host/host", "ice/nice_ice_transport_factory",
    "net/destination_claims", "net/event_loop", "net/loop_placement",
    "net/system_host_resolver", "net/task_queue",
    "net/worker_pool", "sctp/usrsctp_mailbox", "sctp/usrsctp_runtime",
]}

# The only file of the engine that asks the machine for the time.
CLOCK_FILES = ["engine/net/event_loop.cc"]

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
CPP_SUFFIXES = (".cc", ".h", ".c", ".cpp", ".cxx", ".hpp", ".hh", ".inc", ".ipp")
SOURCE_SUFFIXES = CPP_SUFFIXES + (
    ".py", ".js", ".mjs", ".cjs", ".ts", ".go", ".sh", ".bzl", ".bazel", ".BUILD", ".proto",
    ".html")
