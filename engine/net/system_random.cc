#include "engine/net/system_random.h"

#include <string.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace pcd::net {
namespace {

void FillFromSystem(std::span<uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      // Going on with predictable keys would be worse than ending.
      std::fputs("getrandom failed\n", stderr);
      std::abort();
    }
    out = out.subspan(static_cast<size_t>(got));
  }
}

}  // namespace

SystemRandom::~SystemRandom() { explicit_bzero(buffer_.data(), buffer_.size()); }

void SystemRandom::Fill(std::span<uint8_t> out) {
  if (out.size() > buffer_.size()) return FillFromSystem(out);
  while (!out.empty()) {
    if (left_ == 0) {
      FillFromSystem(buffer_);
      left_ = buffer_.size();
    }
    const size_t count = std::min(left_, out.size());
    uint8_t* from = buffer_.data() + (buffer_.size() - left_);
    std::copy_n(from, count, out.begin());
    explicit_bzero(from, count);
    left_ -= count;
    out = out.subspan(count);
  }
}

}  // namespace pcd::net
