#include "engine/dtls/dtls_transport.h"

#include <openssl/err.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "engine/base/fifo.h"
#include "engine/dtls/datagram_bio.h"
#include "engine/dtls/fingerprint.h"
#include "engine/dtls/srtp_keys.h"
#include "engine/dtls/ssl_context.h"

namespace pcd::dtls {
namespace {

// Datagrams nobody took; only a caller that does not poll gets here.
constexpr size_t kMaxQueuedOutput = 256;
constexpr Duration kLongestRetransmit = std::chrono::seconds(60);  // RFC 6347 section 4.2.4.1.

// The last error is the most specific one ("TLSV1_ALERT_...", "CERTIFICATE_VERIFY_FAILED").
std::string TakeErrorText() {
  const uint32_t error = ERR_peek_last_error();
  const char* text = ERR_reason_error_string(error);
  ERR_clear_error();
  return text != nullptr && error != 0 ? text : "unknown error";
}

bool IsFinal(DtlsState state) { return state == DtlsState::kClosed || state == DtlsState::kFailed; }

}  // namespace

class DtlsTransport::Impl {
 public:
  explicit Impl(Config config);

  void Start(DtlsRole role, Timestamp now);
  void SetRemoteFingerprints(std::vector<Fingerprint> fingerprints, Timestamp now);
  void HandleDatagram(ByteSpan datagram, Timestamp now);
  void HandleTimeout(Timestamp now);
  Timestamp NextDeadline() const;
  bool SendApplicationData(ByteSpan data);
  void Close();
  std::string cipher() const;
  std::string tls_version() const;

  DatagramQueues queues_;
  Fifo<Event> events_;
  DtlsState state_ = DtlsState::kNew;
  DtlsRole role_ = DtlsRole::kAuto;
  std::vector<uint8_t> remote_der_;
  std::optional<SrtpProfile> srtp_profile_;
  uint64_t dropped_ = 0;

 private:
  static ssl_verify_result_t VerifyCallback(SSL* ssl, uint8_t* alert);
  static void KeyLogCallback(const SSL* ssl, const char* line);
  static void AlertCallback(const SSL* ssl, int type, int value);
  ssl_verify_result_t Verify(uint8_t* alert);
  bool Prepare();
  void Advance(Timestamp now);
  bool Handshake();
  void FinishHandshake();
  void ReadRecords();
  bool AwaitsAnswer() const;
  void SetState(DtlsState state, std::string reason = {}, DtlsFailure failure = {});
  void Fail(std::string reason, bool fingerprint = false);

  const Config config_;
  bssl::UniquePtr<SSL> ssl_;
  std::vector<Fingerprint> fingerprints_;
  bool waiting_for_fingerprint_ = false;
  bool verified_ = false;
  DtlsFailure failure_;  // What is known of one that may come.
  Timestamp handshake_deadline_ = kNever;
  Duration retransmit_after_{};
  Timestamp retransmit_at_ = kNever;
};

DtlsTransport::Impl::Impl(Config config) : config_(std::move(config)) {}

bool DtlsTransport::Impl::Prepare() {
  // Without a key log nobody even writes the secrets out.
  ssl_.reset(SSL_new(config_.key_log ? KeyLogSslContext(KeyLogCallback) : SharedSslContext()));
  SSL* ssl = ssl_.get();
  if (ssl == nullptr || config_.certificate == nullptr) return false;
  CRYPTO_BUFFER* const chain[] = {config_.certificate->native_certificate()};
  DTLSv1_set_initial_timeout_duration(ssl, 0);  // See SharedSslContext.
  SSL_set_app_data(ssl, this);
  SSL_set_info_callback(ssl, AlertCallback);
  SSL_set_custom_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, VerifyCallback);
  // Frees what only the handshake needs, some 10 KB, once it is done.
  SSL_set_shed_handshake_config(ssl, 1);
  SSL_set_renegotiate_mode(ssl, ssl_renegotiate_never);
  BIO* bio = NewDatagramBio(&queues_).release();
  SSL_set_bio(ssl, bio, bio);
  role_ == DtlsRole::kClient ? SSL_set_connect_state(ssl) : SSL_set_accept_state(ssl);
  return SSL_set_mtu(ssl, kMtu) &&
         SSL_set_chain_and_key(ssl, chain, 1, config_.certificate->native_key(), nullptr) &&
         SSL_set_srtp_profiles(ssl, SrtpProfileList(config_.srtp_profiles).c_str());
}

void DtlsTransport::Impl::KeyLogCallback(const SSL* ssl, const char* line) {
  static_cast<const Impl*>(SSL_get_app_data(ssl))->config_.key_log(line);
}

// The alert's level and its description share `value`.
void DtlsTransport::Impl::AlertCallback(const SSL* ssl, int type, int value) {
  if (value >> 8 != SSL3_AL_FATAL) return;
  DtlsFailure& failure = static_cast<Impl*>(SSL_get_app_data(ssl))->failure_;
  const auto alert = static_cast<uint8_t>(value & 0xff);
  if (type == SSL_CB_WRITE_ALERT) failure.sent_alert = alert;
  if (type == SSL_CB_READ_ALERT) failure.received_alert = alert;
}

void DtlsTransport::Impl::Start(DtlsRole role, Timestamp now) {
  if (state_ != DtlsState::kNew || role == DtlsRole::kAuto) return;
  role_ = role;
  SetState(DtlsState::kConnecting);
  if (!Prepare()) return Fail("cannot set up: " + TakeErrorText());
  handshake_deadline_ = now + config_.handshake_timeout;
  Advance(now);
}

void DtlsTransport::Impl::SetRemoteFingerprints(std::vector<Fingerprint> fingerprints,
                                                Timestamp now) {
  if (IsFinal(state_)) return;
  fingerprints_ = std::move(fingerprints);
  if (verified_ && !MatchesFingerprint(remote_der_, fingerprints_)) {
    return Fail("the peer's certificate does not match the new fingerprints", true);
  }
  if (waiting_for_fingerprint_ && !fingerprints_.empty()) {
    waiting_for_fingerprint_ = false;
    Advance(now);
  }
}

void DtlsTransport::Impl::HandleDatagram(ByteSpan datagram, Timestamp now) {
  if (IsFinal(state_) || datagram.empty()) return;
  if (datagram.size() > kMaxDatagram || queues_.in.size() >= kMaxQueuedDatagrams) {
    ++dropped_;
    return;
  }
  queues_.in.push_back({datagram.begin(), datagram.end()});
  if (state_ != DtlsState::kNew && !waiting_for_fingerprint_) Advance(now);
}

// Takes all that has arrived as far as it goes.
void DtlsTransport::Impl::Advance(Timestamp now) {
  ERR_clear_error();
  const size_t output = queues_.out.size();
  if (state_ == DtlsState::kConnected || Handshake()) ReadRecords();
  if (!AwaitsAnswer()) {
    retransmit_at_ = kNever;
  } else if (queues_.out.size() > output) {  // A new flight.
    retransmit_after_ = config_.initial_retransmit;
    retransmit_at_ = now + retransmit_after_;
  }
}

bool DtlsTransport::Impl::AwaitsAnswer() const {
  timeval unused;
  return !IsFinal(state_) && DTLSv1_get_timeout(ssl_.get(), &unused) == 1;
}

// True when complete.
bool DtlsTransport::Impl::Handshake() {
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    FinishHandshake();
    return state_ == DtlsState::kConnected;
  }
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return false;
    case SSL_ERROR_WANT_CERTIFICATE_VERIFY:
      waiting_for_fingerprint_ = true;
      return false;
    case SSL_ERROR_ZERO_RETURN:
      SetState(DtlsState::kClosed);
      return false;
    default:
      if (!remote_der_.empty() && !verified_) {
        ERR_clear_error();
        Fail("the peer's certificate does not match any announced fingerprint", true);
      } else {
        Fail("handshake failed: " + TakeErrorText());
      }
      return false;
  }
}

void DtlsTransport::Impl::FinishHandshake() {
  // The callback has verified already; nothing may pass if that ever stopped being so.
  if (!verified_) return Fail("the peer's certificate was not verified");
  std::optional<SrtpKeyingMaterial> keys;
  if (const SRTP_PROTECTION_PROFILE* profile = SSL_get_selected_srtp_profile(ssl_.get())) {
    keys = ExportSrtpKeys(ssl_.get(), static_cast<SrtpProfile>(profile->id), role_);
    if (!keys) return Fail("cannot export SRTP keys: " + TakeErrorText());
    srtp_profile_ = keys->profile;
  }
  handshake_deadline_ = kNever;
  events_.push_back(Connected{std::move(keys)});
  SetState(DtlsState::kConnected);
}

void DtlsTransport::Impl::ReadRecords() {
  std::array<uint8_t, kMaxDatagram> buffer;
  while (true) {
    const int length = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (length > 0) {
      events_.push_back(DataReceived{{buffer.begin(), buffer.begin() + length}});
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), length);
    if (error == SSL_ERROR_WANT_READ) return;
    if (error == SSL_ERROR_ZERO_RETURN) return SetState(DtlsState::kClosed);
    return Fail("connection failed: " + TakeErrorText());
  }
}

ssl_verify_result_t DtlsTransport::Impl::VerifyCallback(SSL* ssl, uint8_t* alert) {
  return static_cast<Impl*>(SSL_get_app_data(ssl))->Verify(alert);
}

ssl_verify_result_t DtlsTransport::Impl::Verify(uint8_t* alert) {
  const STACK_OF(CRYPTO_BUFFER)* chain = SSL_get0_peer_certificates(ssl_.get());
  *alert = SSL_AD_BAD_CERTIFICATE;
  if (chain == nullptr || sk_CRYPTO_BUFFER_num(chain) == 0) return ssl_verify_invalid;
  const CRYPTO_BUFFER* leaf = sk_CRYPTO_BUFFER_value(chain, 0);
  remote_der_.assign(CRYPTO_BUFFER_data(leaf), CRYPTO_BUFFER_data(leaf) + CRYPTO_BUFFER_len(leaf));
  if (fingerprints_.empty()) return ssl_verify_retry;
  verified_ = MatchesFingerprint(remote_der_, fingerprints_);
  return verified_ ? ssl_verify_ok : ssl_verify_invalid;
}

void DtlsTransport::Impl::HandleTimeout(Timestamp now) {
  if (state_ == DtlsState::kConnecting && now >= handshake_deadline_) {
    return Fail("the handshake did not finish in time");
  }
  if (IsFinal(state_) || now < retransmit_at_) return;
  ERR_clear_error();
  if (DTLSv1_handle_timeout(ssl_.get()) < 0) {
    return Fail("handshake failed: " + TakeErrorText());
  }
  retransmit_after_ = std::min(2 * retransmit_after_, kLongestRetransmit);
  retransmit_at_ = AwaitsAnswer() ? now + retransmit_after_ : kNever;
}

Timestamp DtlsTransport::Impl::NextDeadline() const {
  if (IsFinal(state_)) return kNever;
  return std::min(handshake_deadline_, retransmit_at_);
}

bool DtlsTransport::Impl::SendApplicationData(ByteSpan data) {
  if (state_ != DtlsState::kConnected || data.empty() || data.size() > kMaxApplicationData ||
      queues_.out.size() >= kMaxQueuedOutput) {
    return false;
  }
  ERR_clear_error();
  return SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size())) > 0;
}

void DtlsTransport::Impl::Close() {
  if (IsFinal(state_)) return;
  if (state_ == DtlsState::kConnected) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  SetState(DtlsState::kClosed);
}

void DtlsTransport::Impl::SetState(DtlsState state, std::string reason, DtlsFailure failure) {
  if (state_ == state) return;
  state_ = state;
  if (IsFinal(state)) queues_.in.clear();
  events_.push_back(StateChanged{state, std::move(reason), failure});
}

void DtlsTransport::Impl::Fail(std::string reason, bool fingerprint) {
  failure_.fingerprint = fingerprint;
  SetState(DtlsState::kFailed, std::move(reason), failure_);
}

std::string DtlsTransport::Impl::cipher() const {
  const SSL_CIPHER* cipher = ssl_ ? SSL_get_current_cipher(ssl_.get()) : nullptr;
  return cipher != nullptr ? SSL_CIPHER_standard_name(cipher) : "";
}

std::string DtlsTransport::Impl::tls_version() const {
  // webrtc-stats: the four upper-case hex digits of the record version. 1.2 is all we speak.
  return cipher().empty() ? "" : "FEFD";
}

DtlsTransport::DtlsTransport(Config config) : impl_(std::make_unique<Impl>(std::move(config))) {}
DtlsTransport::~DtlsTransport() = default;

void DtlsTransport::Start(DtlsRole role, Timestamp now) { impl_->Start(role, now); }
void DtlsTransport::SetRemoteFingerprints(std::vector<Fingerprint> fingerprints, Timestamp now) {
  impl_->SetRemoteFingerprints(std::move(fingerprints), now);
}
void DtlsTransport::HandleDatagram(ByteSpan datagram, Timestamp now) {
  impl_->HandleDatagram(datagram, now);
}
void DtlsTransport::HandleTimeout(Timestamp now) { impl_->HandleTimeout(now); }
Timestamp DtlsTransport::NextDeadline() const { return impl_->NextDeadline(); }
bool DtlsTransport::SendApplicationData(ByteSpan data) { return impl_->SendApplicationData(data); }
void DtlsTransport::Close() { impl_->Close(); }

std::optional<std::vector<uint8_t>> DtlsTransport::PollOutput() {
  if (impl_->queues_.out.empty()) return std::nullopt;
  return impl_->queues_.out.Take();
}

std::optional<Event> DtlsTransport::PollEvent() {
  if (impl_->events_.empty()) return std::nullopt;
  return impl_->events_.Take();
}

DtlsState DtlsTransport::state() const { return impl_->state_; }
DtlsRole DtlsTransport::role() const { return impl_->role_; }
ByteSpan DtlsTransport::remote_certificate_der() const { return impl_->remote_der_; }
std::string DtlsTransport::tls_version() const { return impl_->tls_version(); }
std::string DtlsTransport::cipher() const { return impl_->cipher(); }
std::optional<SrtpProfile> DtlsTransport::srtp_profile() const { return impl_->srtp_profile_; }
uint64_t DtlsTransport::dropped_datagrams() const { return impl_->dropped_; }

}  // namespace pcd::dtls
