#include "service/key_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/base/log.h"
#include "engine/base/status.h"

namespace pcd::service {

absl::StatusOr<std::unique_ptr<KeyLog>> KeyLog::Open(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  // It may have been there before, open to everybody.
  if (file >= 0 && fchmod(file, 0600) == 0) {
    return std::unique_ptr<KeyLog>(new KeyLog(file, path));
  }
  const int error = errno;
  if (file >= 0) close(file);
  return InvalidArgument("--insecure-key-log=" + path + ": " + std::strerror(error));
}

KeyLog::KeyLog(int file, std::string path) : file_(file), path_(std::move(path)) {}

KeyLog::~KeyLog() { close(file_); }

void KeyLog::Write(std::string_view line) {
  const std::string text = std::string(line) + "\n";
  // One call, which O_APPEND keeps together.
  const ssize_t written = write(file_, text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size()) || failed_.exchange(true)) return;
  PCD_LOG(kWarning, "service", "cannot write keys to " + path_);
}

}  // namespace pcd::service
