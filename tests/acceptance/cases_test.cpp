// The repository's own scenarios and platforms: choosing cases, and a fault that exactly some combinations
// show.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/support/cexec.h"
#include "tests/support/temp_folder.h"

namespace {

using tests::Finished;

const std::string kRepository = REPOSITORY;

struct Repository {
  Finished cexec(std::vector<std::string> words) const {
    words.insert(words.begin(), {CEXEC_PROGRAM, "--container-seq", "--artifacts", folder.path().string()});
    return tests::run(words, {kRepository, {}}, std::chrono::seconds(250));
  }
  tests::TempFolder folder;
};

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// PATH:LINE of the first scenario of a feature file.
std::string first_scenario(const std::string& feature) {
  std::ifstream file(kRepository + "/" + feature);
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.find("Scenario") != std::string::npos) return feature + ":" + std::to_string(number);
  }
  return feature;
}

std::vector<std::string> ids_of(const Finished& ran, const std::string& outcome) {
  std::vector<std::string> ids;
  for (const auto& printed : tests::cases_in(ran.out)) {
    if (printed.outcome == outcome) ids.push_back(printed.id);
  }
  return ids;
}

TEST(Cases, LineOfAScenarioRunsItInAllCombinations) {
  const Repository repository;
  const auto scenario = first_scenario("features/wire/messages.feature");
  const auto ran = repository.cexec({scenario});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  const auto ids = ids_of(ran, "passed");
  EXPECT_EQ(ids.size(), 9U) << ran.out;
  std::set<std::string> different(ids.begin(), ids.end());
  EXPECT_EQ(different.size(), ids.size());
  for (const auto& id : ids) EXPECT_TRUE(id.starts_with(scenario + " ")) << id;
}

TEST(Cases, ListedIdsRunExactlyThoseCases) {
  const Repository repository;
  const auto listed = tests::run(
      {CEXEC_PROGRAM, "list", "--format", "ids", "features/wire", "--combine", "each", "--shard", "1/4"},
      {kRepository, {}});
  ASSERT_EQ(listed.exit_code, 0) << listed.err;
  const auto path = (repository.folder.path() / "ids").string();
  std::ofstream(path) << listed.out;
  const auto ran = repository.cexec({"--from-file", path});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  std::string ids;
  for (const auto& id : ids_of(ran, "passed")) ids += id + "\n";
  EXPECT_EQ(ids, listed.out);
}

TEST(Cases, DryRunNamesImagesAndStartsNothing) {
  const Repository repository;
  const tests::NewObjects objects;
  const auto ran = repository.cexec({"--dry-run", "features/wire"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_NE(ran.out.find("\nimage   python: cexec-python:"), std::string::npos) << ran.out;
  EXPECT_TRUE(ran.out.ends_with("\ndry run: nothing was started\n")) << ran.out;
  EXPECT_EQ(objects.names(), std::vector<std::string>());
}

/// The command that stands beside a failure runs this one case again, with the same end.
void expect_same_again(const std::vector<tests::PrintedCase>& cases, const Repository& repository) {
  const auto failed =
      std::find_if(cases.begin(), cases.end(), [](const auto& c) { return c.outcome == "failed"; });
  ASSERT_NE(failed, cases.end());
  const auto at = failed->text.find("again: ");
  ASSERT_NE(at, std::string::npos) << failed->text;
  const auto command = failed->text.substr(at + 7, failed->text.find('\n', at) - at - 7);
  const auto ran = tests::run({"sh", "-c", command + " --artifacts " + repository.folder.path().string()},
                              {kRepository, {}});
  const auto again = tests::cases_in(ran.out);
  ASSERT_EQ(again.size(), 1U) << command << "\n" << ran.out << ran.err;
  EXPECT_EQ(again[0].id, failed->id);
  EXPECT_EQ(again[0].outcome, "failed");
}

/// One platform writes and reads all numbers in the wrong byte order: it still understands itself, and every
/// combination that mixes it with another one is red, no other.
TEST(Cases, WrongByteOrderOfOnePlatformTurnsExactlyTheMixedCombinationsRed) {
  const Repository repository;
  auto config = text_of(kRepository + "/cexec.yaml");
  const std::string platform = "build: {context: images/cpp, network: host}\n";
  const auto at = config.find(platform);
  ASSERT_NE(at, std::string::npos);
  config.insert(at + platform.size(), "    environment: {CEXEC_FAULT: byte-order}\n");
  // Beside the real one, whose folder the paths in it are relative to.
  const std::string path = kRepository + "/cexec-byte-order-test.yaml";
  std::ofstream(path) << config;
  const auto ran = repository.cexec({"--config", path, first_scenario("features/ring/frames.feature"),
                                     first_scenario("features/journal/records.feature"),
                                     first_scenario("features/wire/messages.feature")});
  EXPECT_EQ(ran.exit_code, 1) << ran.out << ran.err;
  const auto cases = tests::cases_in(ran.out);
  EXPECT_GE(cases.size(), 27U) << ran.out;
  for (const auto& printed : cases) {
    const bool has_cpp = printed.id.find("=cpp") != std::string::npos;
    const bool has_other =
        printed.id.find("=python") != std::string::npos || printed.id.find("=node") != std::string::npos;
    EXPECT_EQ(printed.outcome, has_cpp && has_other ? "failed" : "passed") << printed.id << "\n"
                                                                           << printed.text;
  }
  EXPECT_EQ(tests::last_lines(ran.out).back(), "0 objects left behind");
  expect_same_again(cases, repository);
  std::filesystem::remove(path);
}

}  // namespace
