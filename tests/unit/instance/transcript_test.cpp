#include "executor/instance/transcript.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <thread>
#include <vector>

#include "tests/support/temp_folder.h"

namespace executor::instance {
namespace {

const model::ProcessName kWriter("writer");
const model::PlatformName kPython("python");

class TranscriptFile : public testing::Test {
 protected:
  [[nodiscard]] std::string text() const {
    std::ifstream file(path_);
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    return std::regex_replace(all, std::regex(R"("at":\d+\.\d{4},"process":"writer","platform":"python",)"),
                              "");
  }
  void request(const std::string& message) {
    transcript_->add(Transcript::Direction::request, kWriter, kPython, message);
  }
  void reply(const std::string& message) {
    transcript_->add(Transcript::Direction::reply, kWriter, kPython, message);
  }

  tests::TempFolder folder_;
  std::filesystem::path path_ = folder_.path() / "transcript.jsonl";
  std::optional<Transcript> transcript_{std::in_place, path_, base::Clock::now()};
};

TEST_F(TranscriptFile, IsWrittenWhenItIsFlushedInTheOrderOfTheMessages) {
  request("{\"id\":1}");
  EXPECT_EQ(text(), "");
  reply("{\"id\":\n1}");
  transcript_->flush();
  const std::string both =
      "{\"direction\":\"request\",\"message\":{\"id\":1}}\n"
      "{\"direction\":\"reply\",\"message\":{\"id\": 1}}\n";
  EXPECT_EQ(text(), both);
  transcript_->flush();
  EXPECT_EQ(text(), both);
}

TEST_F(TranscriptFile, EndWritesWhatIsThere) {
  request("1");
  transcript_.reset();
  EXPECT_EQ(text(), "{\"direction\":\"request\",\"message\":1}\n");
}

TEST_F(TranscriptFile, WhatIsHeldIsWrittenOnlyWhenItIsReleased) {
  transcript_->hold(kWriter);
  request("1");
  transcript_->flush();
  EXPECT_EQ(text(), "");
  transcript_->release(kWriter);
  request("2");
  transcript_->flush();
  EXPECT_EQ(text(), "{\"direction\":\"request\",\"message\":1}\n{\"direction\":\"request\",\"message\":2}\n");
}

TEST_F(TranscriptFile, WhatIsHeldAtTheEndIsNotOfTheCase) {
  transcript_->hold(kWriter);
  request("1");
  transcript_.reset();
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(TranscriptFile, LinesOfAllThreadsStayWhole) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this] {
      for (int i = 0; i < 500; ++i) {
        request("1");
        transcript_->flush();
      }
    });
  }
  threads.clear();
  std::string all;
  for (int i = 0; i < 2000; ++i) all += "{\"direction\":\"request\",\"message\":1}\n";
  EXPECT_EQ(text(), all);
}

}  // namespace
}  // namespace executor::instance
