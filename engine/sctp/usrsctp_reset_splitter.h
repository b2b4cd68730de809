// Gives usrsctp a peer's long list of stream resets in pieces that it takes.
#ifndef ENGINE_SCTP_USRSCTP_RESET_SPLITTER_H_
#define ENGINE_SCTP_USRSCTP_RESET_SPLITTER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/bytes.h"

namespace pcd::sctp {

// usrsctp reads a parameter into 512 bytes and denies an outgoing reset request (RFC 6525
// section 4.1) that names more than 248 streams, while Chromium names in one request all the
// channels that a page has closed in one task. Such a request becomes several here, the next
// one after usrsctp's success with the one before; the peer sees the last one's result, or the
// first failure, as the only one.
//
// usrsctp numbers the pieces as requests of their own and so gets ahead of the peer. From then
// on numbers are shifted: requests and responses, and the number of the peer's last request
// that our own requests repeat. A request behind a split one that is not yet answered is kept
// from usrsctp, which would take its number for a piece's; its sender repeats it.
//
// The packets are whatever a peer sends; what is given to usrsctp is never longer than the
// packet was. One request's list is kept. Threading: one loop.
class UsrsctpResetSplitter {
 public:
  // Of one request to usrsctp; with room to spare below what it can take.
  static constexpr size_t kMostStreams = 200;

  // Sees each packet with a RE-CONFIG chunk before usrsctp does. nullopt: it may pass as it is.
  // Otherwise what to give to usrsctp instead; empty when nothing is left of it. Its checksum is
  // not right.
  std::optional<std::vector<uint8_t>> OnInput(ByteSpan packet);

  // Sees each packet of usrsctp before its checksum is made and turns its numbers into the
  // peer's. False: nothing is left to be sent.
  bool OnOutput(std::vector<uint8_t>& packet);

  // The next piece for usrsctp, a packet without a checksum, once its turn has come.
  std::optional<std::vector<uint8_t>> TakeNext();

 private:
  using Bytes = std::vector<uint8_t>;

  // The last request that was split.
  struct Split {
    uint32_t number = 0;        // The peer's.
    uint32_t shift_before = 0;  // For the numbers before it.
    Bytes header;               // The packet's.
    Bytes fixed_part;           // The request's up to its list.
    Bytes streams;              // The list from the piece that usrsctp has; empty: answered.
    bool next_due = false;      // That piece is still to be given to usrsctp.
  };

  bool Unanswered() const { return split_ && !split_->streams.empty(); }
  bool IsNew(uint32_t number) const;
  // A request's number as usrsctp knows it; nullopt: not now.
  std::optional<uint32_t> ToUsrsctp(uint32_t number) const;
  // The other way round; nullopt: a piece's whose response has been seen before.
  std::optional<uint32_t> ToPeer(uint32_t number) const;

  void RewriteIncoming(ByteSpan packet, ByteSpan parameter, Bytes& out);
  void RewriteRequest(ByteSpan packet, ByteSpan parameter, Bytes& out);
  void Begin(ByteSpan packet, ByteSpan request);
  void AppendPiece(Bytes& out) const;

  void RewriteOutgoing(ByteSpan parameter, Bytes& out);
  // True when the peer is to see the response.
  bool OnResponse(uint32_t number, uint32_t result);
  bool OnPieceDone();

  uint32_t tag_ = 0;    // The verification tag of the association that `shift_` is of.
  uint32_t shift_ = 0;  // What is added to the peer's numbers.
  std::optional<Split> split_;
};

}  // namespace pcd::sctp

#endif  // ENGINE_SCTP_USRSCTP_RESET_SPLITTER_H_
