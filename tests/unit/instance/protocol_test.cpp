#include "executor/instance/protocol.h"

#include <gtest/gtest.h>

namespace executor::instance {
namespace {

TEST(StepParams, HoldsWhatTheProtocolSays) {
  StepCall call;
  call.process = model::ProcessName("writer");
  call.type = "when";
  call.step = "writes \"x\"";
  call.table = {{"a", "b"}, {"1", "2\n"}};
  call.doc_string = {"content", "json"};
  call.run = model::RunId("r");
  call.case_id = model::CaseId("f:1 writer=python");
  call.scenario = "s";
  call.platform = model::PlatformName("python");
  call.correlation_id = "c";
  call.timeout_ms = 5000;
  EXPECT_EQ(step_params(call),
            R"({"process":"writer","stepType":"when","step":"writes \"x\"","table":[["a","b"],["1","2\n"]],)"
            R"("docString":{"content":"content","mediaType":"json"},"context":{"runId":"r",)"
            R"("scenarioId":"f:1 writer=python","scenario":"s","platform":"python","correlationId":"c",)"
            R"("timeoutMs":5000}})");
}

TEST(StepParams, LeavesOutWhatAStepDoesNotHave) {
  StepCall call;
  call.doc_string = {"", ""};
  const auto text = step_params(call);
  EXPECT_EQ(text.find("table"), std::string::npos);
  EXPECT_NE(text.find(R"("docString":{"content":""})"), std::string::npos);
}

rpc::Reply reply(const std::string& result) {
  auto message = rpc::read_message(R"({"jsonrpc":"2.0","id":1,"result":)" + result + "}");
  return std::move(std::get<rpc::Reply>(message));
}

TEST(ReadStepResult, TakesLevelsOffTheLogs) {
  const auto result =
      read_step_result(reply(R"({"success":true,"logs":["[DEBUG] a","[ERROR]b","[NOPE] c","d",5]})"));
  ASSERT_EQ(result.logs.size(), 4u);
  EXPECT_EQ(result.logs[0].level, "DEBUG");
  EXPECT_EQ(result.logs[0].text, "a");
  EXPECT_EQ(result.logs[1].text, "b");
  EXPECT_EQ(result.logs[2].text, "[NOPE] c");
  EXPECT_EQ(result.logs[2].level, "INFO");
}

TEST(ReadHealth, WithoutStatusIsAProblem) {
  std::string problem;
  EXPECT_FALSE(read_health(reply("{}"), problem));
  EXPECT_EQ(problem, "its answer to health has no `status`");
  EXPECT_TRUE(read_health(reply(R"({"status":"starting"})"), problem));
}

}  // namespace
}  // namespace executor::instance
