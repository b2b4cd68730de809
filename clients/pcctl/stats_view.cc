#include "clients/pcctl/stats_view.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "clients/pcctl/table.h"
#include "clients/pcctl/text.h"

namespace pcd::pcctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Entries side by side, so that a table fits a terminal.
constexpr size_t kEntriesPerTable = 3;
// Of a certificate only the beginning is shown; -o json has all of it.
constexpr size_t kMaxValueLength = 32;

// The member of Stats.stats that is set, or null.
const Message* Values(const api::Stats& stats) {
  const auto* oneof = stats.GetDescriptor()->FindOneofByName("stats");
  const auto* field = stats.GetReflection()->GetOneofFieldDescriptor(stats, oneof);
  return field == nullptr ? nullptr : &stats.GetReflection()->GetMessage(stats, field);
}

std::string DoubleText(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

std::string ValueText(const Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  if (!reflection->HasField(message, field)) return "-";
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(reflection->GetUInt32(message, field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(reflection->GetUInt64(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(reflection->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return DoubleText(reflection->GetDouble(message, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(message, field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(*field->enum_type(), reflection->GetEnumValue(message, field));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = Printable(reflection->GetString(message, field));
      return text.size() > kMaxValueLength ? text.substr(0, kMaxValueLength) + "..." : text;
    }
    default: {
      const auto* time = google::protobuf::DynamicCastToGenerated<google::protobuf::Timestamp>(
          &reflection->GetMessage(message, field));
      return time == nullptr ? "?" : TimeText(*time);
    }
  }
}

void PrintTable(std::string_view type, const std::vector<const api::Stats*>& entries,
                std::ostream& out) {
  Table table;
  std::vector<std::string> header = {std::string(type)};
  for (const api::Stats* entry : entries) header.push_back(Printable(entry->id()));
  table.AddRow(header);
  const auto* descriptor = Values(*entries.front())->GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    std::vector<std::string> row = {"  " + field->json_name()};
    bool known = false;
    for (const api::Stats* entry : entries) {
      const Message& values = *Values(*entry);
      known = known || values.GetReflection()->HasField(values, field);
      row.push_back(ValueText(values, field));
    }
    if (known) table.AddRow(std::move(row));
  }
  table.Print(out);
}

}  // namespace

void PrintStats(const api::StatsReport& report, std::ostream& out) {
  // By type, then by id: a map of protobuf has no order.
  std::map<int, std::map<std::string, const api::Stats*>> by_type;
  for (const auto& [id, stats] : report.stats()) {
    if (Values(stats) != nullptr) by_type[stats.type()][id] = &stats;
  }
  bool first = true;
  for (const auto& [type, by_id] : by_type) {
    std::vector<const api::Stats*> entries;
    for (const auto& [id, stats] : by_id) entries.push_back(stats);
    for (size_t i = 0; i < entries.size(); i += kEntriesPerTable) {
      if (!first) out << '\n';
      first = false;
      const size_t end = std::min(i + kEntriesPerTable, entries.size());
      PrintTable(EnumText(static_cast<api::StatsType>(type)),
                 {entries.begin() + static_cast<std::ptrdiff_t>(i),
                  entries.begin() + static_cast<std::ptrdiff_t>(end)},
                 out);
    }
  }
}

}  // namespace pcd::pcctl
