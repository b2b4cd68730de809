// Two DTLS transports back to back in simulated time, with a filter between them.
#ifndef ENGINE_DTLS_DTLS_PAIR_TESTING_H_
#define ENGINE_DTLS_DTLS_PAIR_TESTING_H_

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/base/time.h"
#include "engine/dtls/certificate.h"
#include "engine/dtls/dtls_transport.h"

namespace pcd::dtls {

// One end and everything it said.
struct DtlsPeer {
  explicit DtlsPeer(std::vector<SrtpProfile> profiles = Config{}.srtp_profiles,
                    KeyAlgorithm key = KeyAlgorithm::kEcdsaP256);

  std::shared_ptr<const Certificate> certificate;
  DtlsTransport dtls;
  std::vector<DtlsState> states{};
  std::string failure{};
  DtlsFailure details{};
  std::optional<SrtpKeyingMaterial> keys{};
  int connected_events = 0;
  std::vector<std::vector<uint8_t>> received{};
  std::vector<std::vector<uint8_t>> sent{};  // Every datagram, also dropped ones.
};

// Threading: one thread.
class DtlsPair {
 public:
  DtlsPair() : DtlsPair(Config{}.srtp_profiles, Config{}.srtp_profiles) {}
  DtlsPair(std::vector<SrtpProfile> client_profiles, std::vector<SrtpProfile> server_profiles);
  DtlsPair(KeyAlgorithm client_key, KeyAlgorithm server_key);

  // Asked for each datagram; false loses it. `index` counts per sender from 0.
  using Filter = std::function<bool(bool from_client, size_t index)>;
  void SetFilter(Filter filter) { filter_ = std::move(filter); }

  // Gives each the other's fingerprint and starts both.
  void Connect();
  // Carries what is waiting until both are silent; no time passes.
  void Exchange();
  // Lets time pass from deadline to deadline up to `duration`.
  void RunFor(Duration duration);
  bool connected() const;

  DtlsPeer client;
  DtlsPeer server;
  Timestamp now{};

 private:
  bool Carry(DtlsPeer& from, DtlsPeer& to, bool from_client);
  static void Drain(DtlsPeer& peer);

  Filter filter_;
};

}  // namespace pcd::dtls

#endif  // ENGINE_DTLS_DTLS_PAIR_TESTING_H_
