// Big-endian reading and writing with bounds checks. A read past the end returns false (or
// leaves ok() false) and never touches memory outside the span.
#ifndef ENGINE_BASE_BYTES_H_
#define ENGINE_BASE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace pcd {

using ByteSpan = std::span<const uint8_t>;
using MutableByteSpan = std::span<uint8_t>;

inline uint16_t LoadU16(const uint8_t* p) { return static_cast<uint16_t>((p[0] << 8) | p[1]); }
inline uint32_t LoadU24(const uint8_t* p) {
  return (uint32_t{p[0]} << 16) | (uint32_t{p[1]} << 8) | p[2];
}
inline uint32_t LoadU32(const uint8_t* p) {
  return (uint32_t{p[0]} << 24) | (uint32_t{p[1]} << 16) | (uint32_t{p[2]} << 8) | p[3];
}
inline uint64_t LoadU64(const uint8_t* p) { return (uint64_t{LoadU32(p)} << 32) | LoadU32(p + 4); }
inline void StoreU16(uint8_t* p, uint16_t v) {
  p[0] = static_cast<uint8_t>(v >> 8);
  p[1] = static_cast<uint8_t>(v);
}
inline void StoreU24(uint8_t* p, uint32_t v) {
  p[0] = static_cast<uint8_t>(v >> 16);
  StoreU16(p + 1, static_cast<uint16_t>(v));
}
inline void StoreU32(uint8_t* p, uint32_t v) {
  StoreU16(p, static_cast<uint16_t>(v >> 16));
  StoreU16(p + 2, static_cast<uint16_t>(v));
}
inline void StoreU64(uint8_t* p, uint64_t v) {
  StoreU32(p, static_cast<uint32_t>(v >> 32));
  StoreU32(p + 4, static_cast<uint32_t>(v));
}

// Reads until the first failure; after it every read returns zero and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(ByteSpan data) : data_(data) {}

  bool ok() const { return ok_; }
  size_t remaining() const { return ok_ ? data_.size() - offset_ : 0; }
  size_t offset() const { return offset_; }

  uint8_t U8() { return Has(1) ? data_[offset_++] : 0; }
  uint16_t U16() { return Has(2) ? LoadU16(Advance(2)) : 0; }
  uint32_t U24() { return Has(3) ? LoadU24(Advance(3)) : 0; }
  uint32_t U32() { return Has(4) ? LoadU32(Advance(4)) : 0; }
  uint64_t U64() { return Has(8) ? LoadU64(Advance(8)) : 0; }
  ByteSpan Bytes(size_t count) { return Has(count) ? ByteSpan(Advance(count), count) : ByteSpan(); }
  void Skip(size_t count) {
    if (Has(count)) offset_ += count;
  }

 private:
  bool Has(size_t count) {
    if (ok_ && count > data_.size() - offset_) ok_ = false;
    return ok_;
  }
  const uint8_t* Advance(size_t count) {
    const uint8_t* at = data_.data() + offset_;
    offset_ += count;
    return at;
  }

  ByteSpan data_;
  size_t offset_ = 0;
  bool ok_ = true;
};

// Writes into a span given by the caller; a write that does not fit leaves ok() false.
class ByteWriter {
 public:
  explicit ByteWriter(MutableByteSpan out) : out_(out) {}

  bool ok() const { return ok_; }
  size_t size() const { return size_; }
  MutableByteSpan written() const { return out_.first(size_); }

  void U8(uint8_t v) {
    if (uint8_t* p = Reserve(1)) *p = v;
  }
  void U16(uint16_t v) {
    if (uint8_t* p = Reserve(2)) StoreU16(p, v);
  }
  void U24(uint32_t v) {
    if (uint8_t* p = Reserve(3)) StoreU24(p, v);
  }
  void U32(uint32_t v) {
    if (uint8_t* p = Reserve(4)) StoreU32(p, v);
  }
  void U64(uint64_t v) {
    if (uint8_t* p = Reserve(8)) StoreU64(p, v);
  }
  void Bytes(ByteSpan bytes) {
    uint8_t* p = Reserve(bytes.size());
    for (size_t i = 0; p != nullptr && i < bytes.size(); ++i) p[i] = bytes[i];
  }
  void Zeros(size_t count) {
    uint8_t* p = Reserve(count);
    for (size_t i = 0; p != nullptr && i < count; ++i) p[i] = 0;
  }

 private:
  uint8_t* Reserve(size_t count) {
    if (!ok_ || count > out_.size() - size_) {
      ok_ = false;
      return nullptr;
    }
    uint8_t* at = out_.data() + size_;
    size_ += count;
    return at;
  }

  MutableByteSpan out_;
  size_t size_ = 0;
  bool ok_ = true;
};

}  // namespace pcd

#endif  // ENGINE_BASE_BYTES_H_
