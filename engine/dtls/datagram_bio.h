// A BoringSSL BIO over two queues of datagrams.
#ifndef ENGINE_DTLS_DATAGRAM_BIO_H_
#define ENGINE_DTLS_DATAGRAM_BIO_H_

#include <openssl/base.h>

#include <cstdint>
#include <vector>

#include "engine/base/fifo.h"

namespace pcd::dtls {

// Threading: one thread.
struct DatagramQueues {
  Fifo<std::vector<uint8_t>> in;   // Each read takes one.
  Fifo<std::vector<uint8_t>> out;  // Each write adds one.
};

// `queues` must outlive the BIO.
bssl::UniquePtr<BIO> NewDatagramBio(DatagramQueues* queues);

}  // namespace pcd::dtls

#endif  // ENGINE_DTLS_DATAGRAM_BIO_H_
