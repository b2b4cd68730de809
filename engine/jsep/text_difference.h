// Whether two descriptions say the same, line by line.
#ifndef ENGINE_JSEP_TEXT_DIFFERENCE_H_
#define ENGINE_JSEP_TEXT_DIFFERENCE_H_

#include <string_view>

namespace pcd::jsep {

// The 1-based number of the first line of `given` that differs from `expected`; 0: none.
// Line ends (CRLF or LF) and empty lines at the end do not count.
int FirstDifferentLine(std::string_view expected, std::string_view given);

}  // namespace pcd::jsep

#endif  // ENGINE_JSEP_TEXT_DIFFERENCE_H_
