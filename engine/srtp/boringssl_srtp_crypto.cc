#include "engine/srtp/boringssl_srtp_crypto.h"

#include <srtp2/srtp.h>

#include <string>

#include "engine/base/status.h"
#include "engine/srtp/aes_gcm_cipher.h"
#include "engine/srtp/aes_icm_cipher.h"
#include "engine/srtp/hmac_sha1_auth.h"

namespace pcd::srtp {
namespace {

absl::Status Check(srtp_err_status_t status, const char* what) {
  if (status == srtp_err_status_ok) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInternal, ErrorReason::INTERNAL,
                   std::string("libsrtp refused ") + what + ", status " + std::to_string(status));
}

absl::Status Initialize() {
  PCD_RETURN_IF_ERROR(Check(srtp_init(), "to start"));
  for (const srtp_cipher_type_t* type : {AesIcm128(), AesIcm256(), AesGcm128(), AesGcm256()}) {
    PCD_RETURN_IF_ERROR(Check(srtp_replace_cipher_type(type, type->id), type->description));
  }
  return Check(srtp_replace_auth_type(HmacSha1(), HmacSha1()->id), HmacSha1()->description);
}

}  // namespace

absl::Status InitializeSrtp() {
  static const absl::Status result = Initialize();
  return result;
}

}  // namespace pcd::srtp
