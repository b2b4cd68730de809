#include "engine/jsep/dtls_setup.h"

namespace pcd::jsep {

std::optional<DtlsSetup> AnswerSetup(std::optional<DtlsSetup> offered, DtlsRole established,
                                     bool prefer_server) {
  const bool may_be_server = offered != DtlsSetup::kPassive;
  const bool may_be_client = offered == DtlsSetup::kPassive || offered == DtlsSetup::kActpass;
  switch (established) {
    case DtlsRole::kServer:
      if (!may_be_server) return std::nullopt;
      return DtlsSetup::kPassive;
    case DtlsRole::kClient:
      if (!may_be_client) return std::nullopt;
      return DtlsSetup::kActive;
    case DtlsRole::kAuto:
      break;
  }
  if (may_be_server && may_be_client) {
    return prefer_server ? DtlsSetup::kPassive : DtlsSetup::kActive;
  }
  return may_be_server ? DtlsSetup::kPassive : DtlsSetup::kActive;
}

DtlsRole RoleByLocalAnswer(DtlsSetup setup) {
  if (setup == DtlsSetup::kActpass) return DtlsRole::kAuto;
  return setup == DtlsSetup::kActive ? DtlsRole::kClient : DtlsRole::kServer;
}

DtlsRole RoleByRemoteAnswer(DtlsSetup setup, DtlsRole established) {
  if (setup == DtlsSetup::kActpass) return DtlsRole::kAuto;
  if (established != DtlsRole::kAuto) return established;
  return setup == DtlsSetup::kActive ? DtlsRole::kServer : DtlsRole::kClient;
}

}  // namespace pcd::jsep
