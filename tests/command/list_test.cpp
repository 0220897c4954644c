// `cexec list`, and choosing, as one does it.
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/support/cexec.h"
#include "tests/support/temp_folder.h"

namespace {

class ListCommand : public testing::Test {
 protected:
  ListCommand() {
    folder_.write("cexec.yaml",
                  "version: 1\nmode: container-seq\nplatforms:\n  python: {image: x}\n  cpp: {image: x}\n"
                  "profiles:\n  quick: {tag: fast, combine: same}\n");
    folder_.write("features/frames.feature",
                  "Feature: Frames\n"
                  "  @fast @smoke\n"
                  "  Scenario: cross\n"
                  "    When the 'writer' process writes\n"
                  "    Then the 'reader' process reads\n"
                  "  @skip:later\n"
                  "  Scenario Outline: <n> \x1b[31mframes\n"
                  "    When the 'writer' process writes\n"
                  "    Examples:\n"
                  "      | n |\n"
                  "      | 1 |\n");
  }

  tests::Finished list(std::vector<std::string> words) {
    words.insert(words.begin(), {CEXEC_PROGRAM, "list"});
    return tests::run(words, {folder_.path(), {}});
  }
  tests::Finished list_ids(std::vector<std::string> words) {
    words.insert(words.begin(), {"--format", "ids"});
    return list(words);
  }

  tests::TempFolder folder_;
};

const std::string kCross = "features/frames.feature:3 writer=";

TEST_F(ListCommand, ScenariosStandBelowTheirFeature) {
  const auto ran = list({"--show-tags"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_EQ(ran.out,
            "features/frames.feature  Frames\n"
            "     :3     4 cases  cross\n"
            "                     @fast @smoke\n"
            "    :11     2 cases  1 \\x1b[31mframes  (@skip: later)\n"
            "                     @skip:later\n"
            "\n"
            "2 scenarios, 6 cases\n");
  EXPECT_EQ(ran.err, "");
}

TEST_F(ListCommand, JsonHoldsEverything) {
  const auto ran = list({"--format", "json"});
  const auto json = base::json::parse(ran.out);
  ASSERT_TRUE(json) << ran.out;
  EXPECT_EQ(base::json::int_or(base::json::find(&*json, "cases")), 6);
  const auto& scenarios = (*json)["scenarios"];
  ASSERT_EQ(scenarios.Size(), 2u);
  EXPECT_STREQ(scenarios[0]["cases"][1]["id"].GetString(), (kCross + "python reader=cpp").c_str());
  EXPECT_STREQ(scenarios[0]["cases"][1]["combination"]["reader"].GetString(), "cpp");
  EXPECT_STREQ(scenarios[1]["skip"].GetString(), "@skip: later");
}

TEST_F(ListCommand, IdsAreReadAgain) {
  const auto all = list_ids({});
  folder_.write("ids", all.out);
  EXPECT_EQ(list_ids({"--from-file", "ids"}).out, all.out);
  folder_.write("ids", kCross + "cpp reader=python\n");
  EXPECT_EQ(list_ids({"--from-file", "ids"}).out, kCross + "cpp reader=python\n");
}

TEST_F(ListCommand, StaleIdIsAMistake) {
  folder_.write("ids", "features/frames.feature:4 writer=cpp reader=cpp\n");
  const auto ran = list({"--from-file", "ids"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(
      ran.err,
      "cexec: ids:1: there is no case 'features/frames.feature:4 writer=cpp reader=cpp': no scenario begins "
      "there\n");
}

TEST_F(ListCommand, FileWithoutIdsSelectsNothing) {
  folder_.write("ids", "\n");
  const auto ran = list({"--from-file", "ids"});
  EXPECT_EQ(ran.exit_code, 4);
  EXPECT_EQ(ran.err, "cexec: nothing selected: --from-file holds no id of a case\n");
}

TEST_F(ListCommand, ChoicesAreCombined) {
  EXPECT_EQ(list_ids({"features/*.feature:3", "--tags", "@fast", "--name", "cro", "--platform", "cpp"}).out,
            kCross + "cpp reader=cpp\n");
  EXPECT_EQ(list_ids({"--tag", "smoke", "--combine", "same", "--shard", "1/1"}).out,
            kCross + "python reader=python\n" + kCross + "cpp reader=cpp\n");
}

TEST_F(ListCommand, ProfileChoosesToo) {
  EXPECT_EQ(list_ids({"--profile", "quick"}).out,
            kCross + "python reader=python\n" + kCross + "cpp reader=cpp\n");
  EXPECT_EQ(list_ids({"--profile", "quick", "--combine", "all"}).out.size(), 4 * (kCross.size() + 18));
}

TEST_F(ListCommand, TagThatNoScenarioHasIsToldWithTheNearest) {
  const auto none = list({"--tags", "@smok"});
  EXPECT_EQ(none.exit_code, 4);
  EXPECT_EQ(none.err,
            "cexec: warning: no scenario has the tag '@smok'; did you mean '@smoke'?\n"
            "cexec: nothing selected: of 2 scenarios, none has the tags @smok\n");
  const auto some = list({"--tags", "not @smok"});
  EXPECT_EQ(some.exit_code, 0);
  EXPECT_EQ(some.err, "cexec: warning: no scenario has the tag '@smok'; did you mean '@smoke'?\n");
  EXPECT_EQ(list({"--tags", "smoke"}).err.substr(0, 71),
            "cexec: warning: no scenario has the tag 'smoke'; did you mean '@smoke'?");
}

TEST_F(ListCommand, NothingSelectedSaysWhatLeftNothing) {
  const auto error = [this](const std::vector<std::string>& words) {
    const auto ran = list(words);
    EXPECT_EQ(ran.exit_code, 4);
    EXPECT_EQ(ran.out, "");
    return ran.err;
  };
  EXPECT_EQ(
      error({"features/frames.feature:2"}),
      "cexec: nothing selected: no scenario stands at features/frames.feature:2; the nearest begins in line "
      "3\n");
  EXPECT_EQ(error({"--name", "nobody"}), "cexec: nothing selected: of 2 scenarios, none is left by --name\n");
  EXPECT_EQ(error({"--unit", "--system"}),
            "cexec: nothing selected: of 2 scenarios, none has the tag @unit or @system, or a folder of that "
            "name above it\n");
  EXPECT_EQ(error({"--only-slow"}), "cexec: nothing selected: of 2 scenarios, none has the tag @slow\n");
  EXPECT_EQ(error({"--planned-only"}),
            "cexec: nothing selected: of 2 scenarios, none has the tag @planned\n");
  EXPECT_EQ(error({"--combo", "writr=cpp,reader=cpp"}),
            "cexec: nothing selected: no chosen scenario has a process 'writr'; did you mean 'writer'?\n");
  EXPECT_EQ(error({"--combo", "reader=cpp", "--name", "frames"}),
            "cexec: nothing selected: no chosen scenario has a process 'reader'\n");
  EXPECT_EQ(error({"--tag", "smoke", "--platform", "cpp", "--combo", "writer=python"}),
            "cexec: nothing selected: the platforms that were named leave no combination\n");
  EXPECT_EQ(
      error({"features/frams*"}),
      "cexec: warning: no feature file matches features/frams*; did you mean 'features/frames.feature'?\n"
      "cexec: nothing selected: the feature files hold no scenario\n");
}

TEST_F(ListCommand, PathThatIsNotThereIsAMistake) {
  const auto ran = list({"features/frame.feature"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.err, "cexec: there is no features/frame.feature; did you mean 'features/frames.feature'?\n");
}

TEST_F(ListCommand, MisspeltCommandIsAMistake) {
  const auto ran = tests::run({CEXEC_PROGRAM, "lst"}, {folder_.path(), {}});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.err, "cexec: there is no file, folder or command 'lst'; did you mean 'list'?\n");
}

TEST_F(ListCommand, DryRunWithoutAnEngineCouldNotRun) {
  const auto ran = tests::run({CEXEC_PROGRAM, "--dry-run", "--tag", "smoke"},
                              {folder_.path(), {{"DOCKER_HOST", "unix:///nowhere/docker.sock"}}});
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_NE(ran.out.find("1 scenario, 4 cases\n"), std::string::npos) << ran.out;
}

}  // namespace
