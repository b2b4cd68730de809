// UTF-8 as the web decodes it (WHATWG Encoding), so that no text of a peer reaches our users
// in a form their languages refuse.
#ifndef ENGINE_DATACHANNEL_UTF8_H_
#define ENGINE_DATACHANNEL_UTF8_H_

#include <string>

#include "engine/base/bytes.h"

namespace pcd::datachannel {

bool IsUtf8(ByteSpan bytes);

// The text, each invalid sequence replaced by U+FFFD; valid text is unchanged.
std::string DecodeUtf8(ByteSpan bytes);

}  // namespace pcd::datachannel

#endif  // ENGINE_DATACHANNEL_UTF8_H_
