#include "clients/pcctl/list_pages.h"

namespace pcd::pcctl {
namespace {

constexpr int kPageSize = 500;

}  // namespace

grpc::Status ListAllPages(Client& client, api::ListRequest request, api::ListResponse* all) {
  request.set_page_size(kPageSize);
  request.clear_page_token();
  do {
    api::ListResponse page;
    const auto call = client.NewCall();
    const grpc::Status status = client.connections().List(call.get(), request, &page);
    if (!status.ok()) return status;
    request.set_page_token(page.next_page_token());
    all->MergeFrom(page);
  } while (!request.page_token().empty());
  return grpc::Status::OK;
}

}  // namespace pcd::pcctl
