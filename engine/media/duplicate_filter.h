#ifndef ENGINE_MEDIA_DUPLICATE_FILTER_H_
#define ENGINE_MEDIA_DUPLICATE_FILTER_H_

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace pcd::media {

// Lets each number of a source pass once, whether it came as sent, twice, or as a
// retransmission. A core; no allocation. Threading: its owner's.
class DuplicateFilter {
 public:
  // Numbers further behind the highest one count as seen.
  static constexpr int64_t kWindow = 1024;

  // Whether this unwrapped number did not pass yet; from now on it did.
  bool Take(int64_t sequence) {
    if (!IsNew(sequence)) return false;
    if (!highest_ || sequence - *highest_ >= kWindow) {
      seen_.reset();
    } else {
      for (int64_t i = *highest_ + 1; i < sequence; ++i) seen_.reset(Bit(i));
    }
    seen_.set(Bit(sequence));
    if (!highest_ || sequence > *highest_) highest_ = sequence;
    return true;
  }
  // What Take would return.
  bool IsNew(int64_t sequence) const {
    if (!highest_ || sequence > *highest_) return true;
    return *highest_ - sequence < kWindow && !seen_.test(Bit(sequence));
  }
  // The source counts anew.
  void Reset() { highest_.reset(); }

 private:
  static size_t Bit(int64_t sequence) {
    return static_cast<size_t>(sequence) % static_cast<size_t>(kWindow);
  }

  std::optional<int64_t> highest_{};
  std::bitset<static_cast<size_t>(kWindow)> seen_{};
};

}  // namespace pcd::media

#endif  // ENGINE_MEDIA_DUPLICATE_FILTER_H_
