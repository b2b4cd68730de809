// What UDP_GRO would cost or save the shared port: CPU of the thread that receives 1,100-byte
// datagrams of one sender over loopback, read as UdpSocket reads them, and with UDP_GRO, where a
// buffer takes up to 64 KiB and what was joined is copied out into packets. The sender sends bursts
// of BURST, one by one as peers do, or as one segmented datagram (UDP_SEGMENT).
//
//   bazel run -c opt //engine/net:udp_gro_benchmark -- BURST BURSTS_PER_SECOND SECONDS
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace {

constexpr size_t kDatagram = 1100;
constexpr size_t kBatch = 32;
constexpr size_t kPacketBytes = 2048;
constexpr size_t kJoinedBytes = 65536;
constexpr size_t kMaxSegments = 55;  // What 64 KiB hold.

double ThreadCpuMicros() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  const auto micros = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

void Require(bool ok, const char* what) {
  if (ok) return;
  std::perror(what);
  std::exit(1);
}

class Receiver {
 public:
  explicit Receiver(bool gro)
      : gro_(gro), size_(gro ? kJoinedBytes : kPacketBytes), bytes_(kBatch * size_) {
    fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address_);
    const int buffer = 32 << 20, on = 1;
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer));
    Require(bind(fd_, reinterpret_cast<sockaddr*>(&address_), length) == 0, "bind");
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &length);
    if (gro_) Require(setsockopt(fd_, IPPROTO_UDP, UDP_GRO, &on, sizeof(on)) == 0, "UDP_GRO");
    for (size_t i = 0; i < kBatch; ++i) {
      buffers_[i] = {.iov_base = &bytes_[i * size_], .iov_len = size_};
      headers_[i].msg_hdr.msg_iov = &buffers_[i];
      headers_[i].msg_hdr.msg_iovlen = 1;
    }
    thread_ = std::thread([this] { Run(); });
  }
  ~Receiver() { close(fd_); }

  const sockaddr_in& address() const { return address_; }
  void Stop() {
    stop_ = true;
    thread_.join();
  }
  uint64_t datagrams() const { return datagrams_; }
  uint64_t messages() const { return messages_; }
  double cpu_micros() const { return cpu_; }

 private:
  void Run() {
    while (!stop_) {
      pollfd readable{.fd = fd_, .events = POLLIN, .revents = 0};
      if (poll(&readable, 1, 50) > 0) Read();
    }
    cpu_ = ThreadCpuMicros();
  }
  void Read() {
    for (size_t i = 0; i < kBatch; ++i) {
      headers_[i].msg_hdr.msg_control = gro_ ? controls_[i].bytes.data() : nullptr;
      headers_[i].msg_hdr.msg_controllen = gro_ ? controls_[i].bytes.size() : 0;
    }
    const int got = recvmmsg(fd_, headers_.data(), kBatch, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < got; ++i) Take(static_cast<size_t>(i));
  }
  void Take(size_t i) {
    ++messages_;
    const size_t total = headers_[i].msg_len;
    size_t segment = total;
    msghdr& header = headers_[i].msg_hdr;
    if (gro_) {
      for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
        if (c->cmsg_level != IPPROTO_UDP || c->cmsg_type != UDP_GRO) continue;
        int value = 0;
        std::memcpy(&value, CMSG_DATA(c), sizeof(value));
        segment = static_cast<size_t>(value);
      }
    }
    for (size_t at = 0; at < total; at += segment) {
      ++datagrams_;
      const size_t size = std::min(segment, total - at);
      if (gro_) std::memcpy(packet_.data(), &bytes_[i * size_ + at], std::min(size, kPacketBytes));
    }
  }

  struct alignas(cmsghdr) Control {
    std::array<uint8_t, CMSG_SPACE(sizeof(int))> bytes;
  };

  const bool gro_;
  const size_t size_;
  int fd_ = -1;
  sockaddr_in address_{};
  std::vector<uint8_t> bytes_;
  std::array<uint8_t, kPacketBytes> packet_{};
  std::array<iovec, kBatch> buffers_{};
  std::array<Control, kBatch> controls_{};
  std::array<mmsghdr, kBatch> headers_{};
  std::atomic<bool> stop_{false};
  uint64_t datagrams_ = 0, messages_ = 0;  // Read after Stop.
  double cpu_ = 0;
  std::thread thread_;
};

void Send(const sockaddr_in& to, bool segmented, size_t burst, double rate, double seconds) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  Require(connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0, "connect");
  const int size = kDatagram;
  if (segmented) {
    Require(setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)) == 0, "UDP_SEGMENT");
  }
  const std::vector<uint8_t> bytes(burst * kDatagram);
  const auto start = std::chrono::steady_clock::now();
  const auto bursts = static_cast<int64_t>(rate * seconds);
  for (int64_t i = 0; i < bursts; ++i) {
    std::this_thread::sleep_until(start +
                                  std::chrono::duration<double>(static_cast<double>(i) / rate));
    if (segmented) {
      Require(send(fd, bytes.data(), bytes.size(), 0) > 0, "send");
      continue;
    }
    for (size_t k = 0; k < burst; ++k) Require(send(fd, bytes.data(), kDatagram, 0) > 0, "send");
  }
  close(fd);
}

void Row(bool segmented, bool gro, size_t burst, double rate, double seconds) {
  Receiver receiver(gro);
  Send(receiver.address(), segmented, burst, rate, seconds);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  receiver.Stop();
  const auto count = static_cast<double>(receiver.datagrams());
  std::printf("%-10s  %-8s  %9.2f us  %6.1f datagrams a message\n",
              segmented ? "segmented" : "one by one", gro ? "UDP_GRO" : "without",
              receiver.cpu_micros() / count, count / static_cast<double>(receiver.messages()));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: udp_gro_benchmark BURST BURSTS_PER_SECOND SECONDS\n");
    return 2;
  }
  const size_t burst = std::min(std::strtoul(argv[1], nullptr, 10), kMaxSegments);
  const double rate = std::atof(argv[2]), seconds = std::atof(argv[3]);
  std::printf("sent        received   CPU of a datagram\n");
  for (const bool segmented : {false, true}) {
    for (const bool gro : {false, true}) Row(segmented, gro, burst, rate, seconds);
  }
}
