// Writes one STUN message (RFC 8489) into a buffer.
//
//   stun::Writer writer(out, stun::Class::kSuccess, request.transaction_id);
//   writer.AddXorMappedAddress(source);
//   writer.AddIntegrity(pwd);
//   writer.AddFingerprint();
//   size_t size = writer.size();   // 0: it did not fit
#ifndef ENGINE_ICE_STUN_WRITER_H_
#define ENGINE_ICE_STUN_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/socket_address.h"
#include "engine/ice/stun_message.h"

namespace pcd::ice::stun {

// Threading: one call. Allocates nothing.
class Writer {
 public:
  // `transaction_id` has 12 bytes, `method` 12 bits.
  Writer(MutableByteSpan out, Class message_class, ByteSpan transaction_id,
         uint16_t method = kBinding);

  void Add(uint16_t type, ByteSpan value);
  void AddXorAddress(uint16_t type, const SocketAddress& address);
  void AddXorMappedAddress(const SocketAddress& address) {
    AddXorAddress(kXorMappedAddress, address);
  }
  void AddErrorCode(int code);  // Without a reason phrase.
  void AddUnknownAttributes(std::span<const uint16_t> types);
  // Then nothing but AddFingerprint.
  void AddIntegrity(std::string_view password);
  void AddFingerprint();

  // Of the whole message; 0 when it did not fit.
  size_t size() const { return writer_.ok() ? writer_.size() : 0; }

 private:
  // Tells the header how long the message is now.
  void SetLength();

  MutableByteSpan out_;
  ByteWriter writer_;
};

}  // namespace pcd::ice::stun

#endif  // ENGINE_ICE_STUN_WRITER_H_
