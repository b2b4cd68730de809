// What the negotiator decided, written down by the code that decides: one entry for each section,
// codec and header extension of the last answer.
#ifndef ENGINE_JSEP_NEGOTIATION_RECORD_H_
#define ENGINE_JSEP_NEGOTIATION_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/enums.h"

namespace pcd::jsep {

// Names of rules are stable; `rule` and `reference` point to what lives as long as the program.
struct Decision {
  std::string subject{};  // "VP8/90000 96", a URI, "video".
  bool kept = false;
  const char* rule = "";
  const char* reference = "";
};

// What a decision is about, cut at a character where the remote gave it more than enough bytes.
inline std::string CutSubject(std::string text) {
  constexpr size_t kMaxBytes = 128;
  if (text.size() <= kMaxBytes) return text;
  size_t end = kMaxBytes;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

// A list that may be absent: then nothing is written down. Bounded, since the remote says how
// much there is to decide. Threading: one call.
class Decisions {
 public:
  static constexpr size_t kMax = 256;

  Decisions() = default;
  explicit Decisions(std::vector<Decision>* out) : out_(out) {}

  void Keep(std::string subject, const char* rule, const char* reference) const {
    Add({CutSubject(std::move(subject)), true, rule, reference});
  }
  void Drop(std::string subject, const char* rule, const char* reference) const {
    Add({CutSubject(std::move(subject)), false, rule, reference});
  }
  // What was kept until now turned out to be of no use.
  void DropAll(const char* rule, const char* reference) const {
    if (out_ == nullptr) return;
    for (Decision& decision : *out_) {
      if (decision.kept) decision = {std::move(decision.subject), false, rule, reference};
    }
  }

 private:
  void Add(Decision decision) const {
    if (out_ != nullptr && out_->size() < kMax) out_->push_back(std::move(decision));
  }
  std::vector<Decision>* out_ = nullptr;
};

struct SectionRecord {
  std::string mid{};
  std::optional<MediaKind> kind{};  // Null: data, or nothing that is supported.
  std::string transceiver_id{};     // Empty: none.
  int sdp_line = 0;                 // Of the remote's m= line, from 1.
  Decision section{};
  std::vector<Decision> codecs{};
  std::vector<Decision> extensions{};
};

// One entry for each section, in order.
using NegotiationRecord = std::vector<SectionRecord>;

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_NEGOTIATION_RECORD_H_
