#include <algorithm>
#include <cstdlib>
#include <vector>

#include "engine/rtp/rtp_packet_view.h"

using pcd::rtp::RtpPacketView;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<uint8_t> bytes(data, data + size);
  const auto view = RtpPacketView::Parse(bytes);
  if (!view) return 0;
  size_t extension_bytes = 0;
  auto reader = view->extensions();
  for (pcd::rtp::ExtensionElement element; reader.Next(element);) {
    extension_bytes += element.data.size();
    if (!view->FindExtension(element.id)) std::abort();
  }
  if (extension_bytes > view->header_size()) std::abort();
  if (view->header_size() + view->payload().size() + view->padding_size() != size) std::abort();

  const std::vector<uint8_t> payload(view->payload().begin(), view->payload().end());
  std::vector<uint8_t> copy(size);
  copy.resize(RewriteStrippedInto(copy, *view, {1, 2, 3, 4}));
  bytes.resize(RewriteStrippedInPlace(bytes, *view, {1, 2, 3, 4}));
  if (bytes != copy) std::abort();
  const auto stripped = RtpPacketView::Parse(bytes);
  if (!stripped || stripped->has_extension() || stripped->padding_size() != 0) std::abort();
  if (!std::ranges::equal(stripped->payload(), payload)) std::abort();
  return 0;
}
