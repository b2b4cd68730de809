#include "engine/dtls/dtls_events.h"

#include <openssl/mem.h>

namespace pcd::dtls {

SrtpMasterKey::~SrtpMasterKey() {
  OPENSSL_cleanse(key.data(), key.size());
  OPENSSL_cleanse(salt.data(), salt.size());
}

}  // namespace pcd::dtls
