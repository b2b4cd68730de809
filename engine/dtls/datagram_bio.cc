#include "engine/dtls/datagram_bio.h"

#include <openssl/bio.h>

#include <algorithm>
#include <cstring>

namespace pcd::dtls {
namespace {

DatagramQueues* QueuesOf(BIO* bio) { return static_cast<DatagramQueues*>(BIO_get_data(bio)); }

int Read(BIO* bio, char* out, int capacity) {
  BIO_clear_retry_flags(bio);
  DatagramQueues* queues = QueuesOf(bio);
  if (queues->in.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const std::vector<uint8_t>& datagram = queues->in.front();
  const int length = std::min(capacity, static_cast<int>(datagram.size()));
  std::memcpy(out, datagram.data(), static_cast<size_t>(length));
  queues->in.pop_front();
  return length;
}

int Write(BIO* bio, const char* data, int length) {
  BIO_clear_retry_flags(bio);
  const auto* bytes = reinterpret_cast<const uint8_t*>(data);
  QueuesOf(bio)->out.push_back({bytes, bytes + length});
  return length;
}

long Control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* Method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* created = BIO_meth_new(0, "datagrams");
    BIO_meth_set_read(created, Read);
    BIO_meth_set_write(created, Write);
    BIO_meth_set_ctrl(created, Control);
    return created;
  }();
  return method;
}

}  // namespace

bssl::UniquePtr<BIO> NewDatagramBio(DatagramQueues* queues) {
  bssl::UniquePtr<BIO> bio(BIO_new(Method()));
  BIO_set_data(bio.get(), queues);
  BIO_set_init(bio.get(), 1);
  return bio;
}

}  // namespace pcd::dtls
