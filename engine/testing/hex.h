// Bytes as text and back, for test data.
#ifndef ENGINE_TESTING_HEX_H_
#define ENGINE_TESTING_HEX_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"

namespace pcd::testing {

// "80 60 00-01": white space, '-' and ':' are skipped. A wrong digit or half a byte aborts the
// test: it is a mistake in the test itself.
std::vector<uint8_t> FromHex(std::string_view text);
std::string ToHex(ByteSpan bytes);  // "80600001".

// The characters as bytes and back.
std::vector<uint8_t> BytesOf(std::string_view text);
std::string TextOf(ByteSpan bytes);

// `size` bytes that depend on `seed` and their place, so that mixed-up data shows.
std::vector<uint8_t> PatternBytes(size_t size, uint8_t seed = 0);

}  // namespace pcd::testing

#endif  // ENGINE_TESTING_HEX_H_
