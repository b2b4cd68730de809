// What two negotiating ends must look like, written from the tables of W3C webrtc-pc and RFC 9429
// and not from this room's code: the property test compares the two.
#ifndef ENGINE_JSEP_NEGOTIATION_MODEL_H_
#define ENGINE_JSEP_NEGOTIATION_MODEL_H_

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/enums.h"

namespace pcd::jsep {

// One end of a line, or a transceiver that has no line yet.
struct ModelTransceiver {
  int order = 0;     // Of creation at its end.
  std::string id{};  // The session's; empty until it is known (made by a remote offer).
  MediaKind kind = MediaKind::kAudio;
  Direction direction = Direction::kSendRecv;
  std::optional<Direction> current{};
  std::string track{};
  bool in_stream = false;     // addTrack put it into a stream.
  bool by_add_track = false;  // Made by addTrack.
  bool stopping = false;
  bool has_sent = false;
  bool exists = true;  // False: the end has taken the line for a refused one, and has none for it.
};

// How sections share transports: the policies of the ends, and whether what is between them knows
// BUNDLE. If not, offers arrive without groups, and what is bundle-only is a refused section.
struct ModelBundling {
  std::array<BundlePolicy, 2> policies = {BundlePolicy::kMaxBundle, BundlePolicy::kMaxBundle};
  bool bundles = true;
};

// A section that both ends know: one transceiver at each.
struct ModelLine {
  std::array<ModelTransceiver, 2> ends{};
};

// Two ends, 0 and 1. Threading: the test's.
class NegotiationModel {
 public:
  explicit NegotiationModel(ModelBundling bundling = {}) : bundling_(bundling) {}

  // Calls between negotiations; the caller makes them at the session too.
  void AddTransceiver(size_t end, const std::string& id, MediaKind kind, Direction direction,
                      const std::string& track);
  // W3C addTrack step 3: the transceiver whose sender is taken; null: a new one is made.
  const ModelTransceiver* ReusedByAddTrack(size_t end, MediaKind kind) const;
  void AddTrack(size_t end, const std::string& id, MediaKind kind, const std::string& track);
  void RemoveTrack(size_t end, const std::string& id);
  void ReplaceTrack(size_t end, const std::string& id, const std::string& track);
  void SetDirection(size_t end, const std::string& id, Direction direction);
  void Stop(size_t end, const std::string& id);
  void WantData(size_t end) { data_wanted_[end] = true; }
  // W3C 4.4.2: what is to be replaced is what the end's description names.
  void RestartIce(size_t end) { restart_wanted_[end] = names_credentials_[end]; }

  // An offer of `end` is applied at both; what it says is settled now.
  void Offer(size_t end);
  void RollBack();
  // What the offer made at `end` is named: `name` gives the id for that of the offerer's.
  void NameMade(size_t end, const std::function<std::string(const std::string&)>& name);
  // The credentials of an end have changed for another reason: none of those that restartIce saw is
  // in use any more.
  void CredentialsReplaced(size_t end) { restart_wanted_[end] = false; }
  // The offer that is under way has new ICE credentials.
  bool IsRestarting() const { return pending_ && pending_->restart; }
  // The other end's answer is applied at both.
  void Answer();

  // All transceivers of an end, in no order.
  std::vector<const ModelTransceiver*> Transceivers(size_t end) const;
  const ModelTransceiver* Find(size_t end, const std::string& id) const;
  bool NegotiationNeeded(size_t end) const;
  const std::vector<ModelLine>& lines() const { return lines_; }
  bool has_data() const { return has_data_; }
  // How many transports the live sections have at each end.
  size_t Transports() const;
  size_t size() const { return lines_.size() + waiting_[0].size() + waiting_[1].size(); }

 private:
  struct PendingOffer {
    size_t end = 0;
    bool data = false;
    bool restart = false;
    // Before the offer, for rollback. What calls do meanwhile survives one.
    std::vector<std::string> associated{};  // Ids of the offerer's that got a line by it.
    std::vector<std::string> taken{};       // Ids of the answerer's addTrack ones that did.
    // By line: what the offer says of the offerer; null: rejected.
    std::vector<std::optional<Direction>> offered{};
    std::vector<bool> offered_stream{};
    size_t settled = 0;               // Lines before it that others follow.
    std::vector<bool> bundle_only{};  // By line.
  };

  ModelTransceiver* Mutable(size_t end, const std::string& id);
  void Wait(size_t end, ModelTransceiver transceiver);
  bool LineNeeds(size_t end, const ModelLine& line) const;
  bool HasTransport(const PendingOffer& offer, MediaKind kind) const;
  bool IsRefused(const PendingOffer& offer, size_t line) const;
  bool IsAcceptable(const PendingOffer& offer, size_t line) const;

  const ModelBundling bundling_;
  std::vector<ModelLine> lines_;  // Of the current negotiation, and pending ones at the end.
  std::array<std::vector<ModelTransceiver>, 2> waiting_;
  std::array<bool, 2> data_wanted_{};
  std::array<bool, 2> restart_wanted_{};
  std::array<bool, 2> names_credentials_{};  // Its current description does.
  bool has_data_ = false;
  std::optional<PendingOffer> pending_;
  size_t last_offerer_ = 0;
  int created_ = 0;
  // By line, of the last negotiation: what offer and answer said, each from its writer's side.
  struct Said {
    Direction offer = Direction::kInactive;
    Direction answer = Direction::kInactive;
    std::array<bool, 2> in_stream{};  // What a=msid said of each end.
  };
  std::vector<Said> said_;
};

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_NEGOTIATION_MODEL_H_
