// `cexec gherkin`, as one calls it. What it prints of a valid file, tests/oracle compares.
#include <gtest/gtest.h>

#include "tests/support/cexec.h"
#include "tests/support/temp_folder.h"

namespace {

class GherkinCommand : public testing::Test {
 protected:
  tests::Finished gherkin(std::vector<std::string> words) {
    words.insert(words.begin(), {CEXEC_PROGRAM, "gherkin"});
    return tests::run(words, {folder_.path(), {}});
  }

  tests::TempFolder folder_;
};

TEST_F(GherkinCommand, PrintsEverythingUnlessTold) {
  folder_.write("a.feature", "Feature: f\n  Scenario: s\n    Given x\n");
  const auto ran = gherkin({"--predictable-ids", "a.feature"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_TRUE(ran.out.starts_with("{\"source\":{")) << ran.out;
  EXPECT_NE(ran.out.find("\n{\"gherkinDocument\":{"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("\n{\"pickle\":{\"id\":\"3\",\"uri\":\"a.feature\","), std::string::npos) << ran.out;
  EXPECT_EQ(ran.err, "");
}

TEST_F(GherkinCommand, PrintsOnlyWhatIsNamed) {
  folder_.write("a.feature", "Feature: f\n");
  EXPECT_EQ(gherkin({"--pickles", "a.feature"}).out, "");
  EXPECT_TRUE(gherkin({"--ast", "a.feature"}).out.starts_with("{\"gherkinDocument\":"));
}

TEST_F(GherkinCommand, IdsGoOnFromFileToFile) {
  folder_.write("a.feature", "Feature: f\n  Scenario: s\n");
  const auto ran = gherkin({"--pickles", "--predictable-ids", "a.feature", "a.feature"});
  EXPECT_NE(ran.out.find("\"id\":\"1\""), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("\"id\":\"3\""), std::string::npos) << ran.out;
}

TEST_F(GherkinCommand, RandomIdsDiffer) {
  folder_.write("a.feature", "Feature: f\n  Scenario: s\n");
  EXPECT_NE(gherkin({"--pickles", "a.feature"}).out, gherkin({"--pickles", "a.feature"}).out);
}

TEST_F(GherkinCommand, InvalidFileIsAMessageAndTheOthersArePrinted) {
  folder_.write("a.feature", "Feature: f\n  garbage\n  Scenario: s\n    Givne x\n    garbage\n");
  folder_.write("b.feature", "garbage\n");
  folder_.write("c.feature", "Feature: f\n");
  const auto ran = gherkin({"--ast", "b.feature", "c.feature"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(
      ran.out,
      "{\"parseError\":{\"source\":{\"uri\":\"b.feature\",\"location\":{\"line\":1,\"column\":1}},"
      "\"message\":"
      "\"(1:1): expected: #EOF, #Language, #TagLine, #FeatureLine, #Comment, #Empty, got 'garbage'\"}}\n"
      "{\"gherkinDocument\":{\"feature\":{\"tags\":[],\"location\":{\"line\":1,\"column\":1},"
      "\"language\":\"en\",\"keyword\":\"Feature\",\"name\":\"f\",\"description\":\"\",\"children\":[]},"
      "\"comments\":[],\"uri\":\"c.feature\"}}\n");
}

TEST_F(GherkinCommand, TokensOfAnInvalidFileAreItsErrors) {
  folder_.write("b.feature", "garbage\n");
  const auto ran = gherkin({"--tokens", "b.feature"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(ran.err.starts_with("cexec: b.feature:1:1: expected ")) << ran.err;
}

TEST_F(GherkinCommand, FileThatIsNotThereIsNamed) {
  const auto ran = gherkin({"no.feature"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.err, "cexec: no.feature cannot be read: No such file or directory\n");
}

TEST_F(GherkinCommand, NoFileIsAMistake) {
  const auto ran = gherkin({});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_TRUE(ran.err.starts_with("cexec: FILE is required")) << ran.err;
}

TEST_F(GherkinCommand, TokensAreNoMessages) {
  const auto ran = gherkin({"--tokens", "--ast", "a.feature"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_TRUE(ran.err.starts_with("cexec: --ast excludes --tokens")) << ran.err;
}

}  // namespace
