#include "service/log_sink.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pcd::service {
namespace {

std::string Message(std::string_view message) {
  const std::string line = FormatLogLine(0, LogLevel::kInfo, "sdp", message);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  return nlohmann::json::parse(line).at("message");
}

TEST(LogSink, ALineIsOneJsonObject) {
  EXPECT_EQ(FormatLogLine(1767323045678901, LogLevel::kWarning, "dtls", "no answer"),
            R"({"time":"2026-01-02T03:04:05.678Z","level":"warn","module":"dtls",)"
            R"("message":"no answer"})");
}

TEST(LogSink, QuotesAndControlCharactersAreEscaped) {
  const std::string text = "a \"b\" \\ c\nd\x01\x1f";
  EXPECT_EQ(Message(text), text);
}

TEST(LogSink, Utf8StaysAsItIs) {
  const std::string text = "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80";
  EXPECT_EQ(Message(text), text);
}

TEST(LogSink, WhatIsNotUtf8IsReplacedByteByByte) {
  const std::string bad[] = {"\x80",         "\xC0\xAF",         "\xC3",     "\xE0\x80\x80",
                             "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF"};
  for (const std::string& text : bad) {
    std::string expected;
    for (size_t i = 0; i < text.size(); ++i) expected += "\xEF\xBF\xBD";
    EXPECT_EQ(Message("<" + text + ">"), "<" + expected + ">");
  }
}

TEST(LogSink, LevelsAreReadByName) {
  EXPECT_EQ(*ParseLogLevel("trace"), LogLevel::kTrace);
  EXPECT_EQ(*ParseLogLevel("off"), LogLevel::kOff);
  EXPECT_FALSE(ParseLogLevel("loud").ok());
}

}  // namespace
}  // namespace pcd::service
