#include "executor/rpc/message.h"

#include <gtest/gtest.h>

namespace executor::rpc {
namespace {

std::string violation_of(const std::string& text) {
  const auto message = read_message(text);
  const auto* violation = std::get_if<Violation>(&message);
  return violation == nullptr ? std::string() : violation->detail;
}

TEST(ReadMessage, RepliesWithResultAndWithError) {
  auto message = read_message(R"({"jsonrpc":"2.0","id":7,"result":{"a":1}})");
  const auto& reply = std::get<Reply>(message);
  EXPECT_EQ(reply.id, 7);
  EXPECT_EQ(base::json::as_int(base::json::find(reply.result(), "a")), 1);
  message = read_message(R"({"jsonrpc":"2.0","id":8,"error":{"code":-32601,"message":"no"}})");
  EXPECT_EQ(std::get<Reply>(message).error->code, -32601);
  EXPECT_EQ(std::get<Reply>(message).result(), nullptr);
}

TEST(ReadMessage, Notification) {
  const auto message = read_message(R"({"jsonrpc":"2.0","method":"log","params":{"message":"m"}})");
  EXPECT_EQ(std::get<Notification>(message).method, "log");
}

TEST(ReadMessage, WhatIsNoMessageIsNamedAndQuoted) {
  EXPECT_EQ(violation_of("Hello, world"),
            "wrote a line that is no JSON (byte 1: Invalid value.): Hello, world");
  EXPECT_EQ(violation_of("[1]"), "wrote JSON that is no object: [1]");
  EXPECT_EQ(violation_of(R"({"id":1,"result":{}})"),
            R"(wrote JSON that is no JSON-RPC message (no "jsonrpc":"2.0"): {"id":1,"result":{}})");
  EXPECT_TRUE(
      violation_of(R"({"jsonrpc":"2.0"})").starts_with("wrote JSON that is no JSON-RPC message (neither"));
  EXPECT_TRUE(
      violation_of(R"({"jsonrpc":"2.0","id":"1","result":{}})").starts_with("replied with an id that is no"));
  EXPECT_TRUE(violation_of(R"({"jsonrpc":"2.0","id":1})").starts_with("wrote a reply with neither"));
  EXPECT_TRUE(violation_of(R"({"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1}})")
                  .starts_with("wrote a reply with both"));
  EXPECT_TRUE(
      violation_of(R"({"jsonrpc":"2.0","id":1,"error":{}})").starts_with("wrote an error without a code"));
  EXPECT_TRUE(violation_of(R"({"jsonrpc":"2.0","id":1,"method":"x"})").starts_with("sent a request"));
  EXPECT_TRUE(
      violation_of(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700}})").starts_with("could not read"));
  EXPECT_TRUE(violation_of(R"({"jsonrpc":"2.0","method":5})").starts_with("wrote a message whose method"));
  EXPECT_TRUE(violation_of("{\"a\":\"\xff\"}").starts_with("wrote a line that is no JSON"));
  EXPECT_TRUE(violation_of(std::string("{}\0{}", 5)).starts_with("wrote a message with a NUL byte"));
}

TEST(ReadMessage, DepthAndNumberOfValuesAreBounded) {
  const auto nested = [](int depth) {
    return R"({"jsonrpc":"2.0","id":1,"result":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_EQ(violation_of(nested(127)), "");
  EXPECT_TRUE(violation_of(nested(128)).starts_with("wrote a message nested deeper than 128 levels: {"));
  EXPECT_TRUE(violation_of(nested(4'000'000)).starts_with("wrote a message nested deeper"));
  std::string many = R"({"jsonrpc":"2.0","id":1,"result":[0)";
  for (int i = 0; i < 1'000'001; ++i) many += ",0";
  EXPECT_TRUE(violation_of(many + "]}").starts_with("wrote a message of more than 1000000 values"));
}

TEST(ReadMessage, BracketsInStringsDoNotCount) {
  EXPECT_EQ(violation_of(R"({"jsonrpc":"2.0","id":1,"result":"\"[[[\\"})"), "");
  EXPECT_EQ(violation_of(R"({"jsonrpc":"2.0","id":1,"result":")" + std::string(100'000, '[') + "\"}"), "");
}

}  // namespace
}  // namespace executor::rpc
