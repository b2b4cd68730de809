// The file behind --insecure-key-log: secrets of DTLS connections, in the NSS key log format that
// Wireshark reads. Off unless somebody asks for it, since whoever has it can decrypt everything.
#ifndef SERVICE_KEY_LOG_H_
#define SERVICE_KEY_LOG_H_

#include <absl/status/statusor.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace pcd::service {

// Threading: thread safe.
class KeyLog {
 public:
  // Appends to `path`, which nobody but this user may read from now on. INVALID_ARGUMENT: it
  // cannot be opened, or be kept from others.
  static absl::StatusOr<std::unique_ptr<KeyLog>> Open(const std::string& path);
  ~KeyLog();
  KeyLog(const KeyLog&) = delete;
  KeyLog& operator=(const KeyLog&) = delete;

  // Appends one line; lines of several threads do not mix. The first that fails is logged.
  void Write(std::string_view line);

 private:
  KeyLog(int file, std::string path);

  const int file_;
  const std::string path_;
  std::atomic<bool> failed_ = false;
};

}  // namespace pcd::service

#endif  // SERVICE_KEY_LOG_H_
