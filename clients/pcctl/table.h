// Rows of text in aligned columns.
#ifndef CLIENTS_PCCTL_TABLE_H_
#define CLIENTS_PCCTL_TABLE_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace pcd::pcctl {

// Columns that UTF-8 text takes on a terminal, where each code point takes one.
size_t DisplayWidth(std::string_view text);

// `text` filled up with spaces to `width` columns.
std::string Pad(std::string text, size_t width);

// Columns are as wide as their widest cell and two spaces apart; nothing follows the last one.
// Threading: one thread.
class Table {
 public:
  void AddRow(std::vector<std::string> cells);
  // How many rows it has.
  size_t size() const { return rows_.size(); }
  // Each line after `indent`.
  void Print(std::ostream& out, std::string_view indent = "") const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace pcd::pcctl

#endif  // CLIENTS_PCCTL_TABLE_H_
