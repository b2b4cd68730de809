// The longest reply of a unary call. gRPC would refuse a longer one by itself, but without an
// ErrorInfo.
#ifndef SERVICE_REPLY_LIMIT_H_
#define SERVICE_REPLY_LIMIT_H_

#include <atomic>
#include <cstddef>

namespace pcd::service {

// Of the process, as its one gRPC port. Threading: any thread; set before the port is open.
inline std::atomic<size_t>& MaxReplyBytes() {
  static std::atomic<size_t> bytes{4 << 20};
  return bytes;
}

}  // namespace pcd::service

#endif  // SERVICE_REPLY_LIMIT_H_
