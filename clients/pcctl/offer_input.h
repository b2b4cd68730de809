// Reads the offer that a user pipes or pastes in.
#ifndef CLIENTS_PCCTL_OFFER_INPUT_H_
#define CLIENTS_PCCTL_OFFER_INPUT_H_

#include <cstdint>
#include <istream>
#include <string>

namespace pcd::pcctl {

struct OfferInput {
  // SDP text, unchanged.
  std::string sdp;
  // What is wrong; empty: nothing.
  std::string error;
};

// Takes SDP, or the JSON that JSON.stringify(pc.localDescription) gives, up to the end of input.
OfferInput ReadOffer(std::istream& in);

// Line `number` (from 1) without its end; empty if there is no such line.
std::string Line(const std::string& text, uint64_t number);

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_OFFER_INPUT_H_
