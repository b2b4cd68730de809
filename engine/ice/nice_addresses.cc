#include "engine/ice/nice_addresses.h"

#include <nice/candidate.h>
#include <nice/interfaces.h>

#include <algorithm>
#include <string>

namespace pcd::ice {

std::vector<IpAddress> SafeForLibnice(const std::vector<IpAddress>& addresses) {
  GList* list = nice_interfaces_get_local_ips(TRUE);
  std::vector<std::string> known;
  for (GList* item = list; item != nullptr; item = item->next) {
    const std::string text = static_cast<const char*>(item->data);
    known.push_back(text.substr(0, text.find('%')));
  }
  g_list_free_full(list, g_free);
  std::vector<IpAddress> result;
  for (const IpAddress& address : addresses) {
    const auto place = std::ranges::find(known, address.ToString()) - known.begin();
    if (place < NICE_CANDIDATE_MAX_LOCAL_ADDRESSES) result.push_back(address);
  }
  return result;
}

}  // namespace pcd::ice
