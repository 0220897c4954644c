#include "executor/cli/feature_files.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace executor::cli {
namespace {

const std::string kFeature = "Feature: f\n Scenario: s\n  Given the 'w' process opens\n";

struct Tree {
  Tree() {
    config.root = folder.path();
    config.file = "cexec.yaml";
    config.features = {folder.path() / "features"};
    folder.write("features/b.feature", kFeature);
    folder.write("features/a/c.feature", kFeature);
    folder.write("features/readme.txt", "no feature");
  }
  std::vector<std::string> uris(const std::vector<std::string>& paths) {
    const auto set = load_features({paths, {}, folder.path()}, config);
    std::vector<std::string> list;
    if (!set) return set.error();
    for (const auto& file : set->files) list.push_back(file.uri);
    return list;
  }

  tests::TempFolder folder;
  config::Config config;
};

TEST(LoadFeatures, FoldersStandForAllFilesBelowInOrder) {
  Tree tree;
  const std::vector<std::string> all{"features/a/c.feature", "features/b.feature"};
  EXPECT_EQ(tree.uris({}), all);
  EXPECT_EQ(tree.uris({"features"}), all);
  EXPECT_EQ(tree.uris({"features/b.feature", "features"}), (std::vector<std::string>{all[1], all[0]}));
}

TEST(LoadFeatures, LineBelongsToTheSelection) {
  Tree tree;
  const auto set = load_features({{"features/b.feature:2"}, {}, tree.folder.path()}, tree.config);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->selection.at(0).uri, "features/b.feature");
  EXPECT_EQ(set->selection.at(0).line, 2u);
}

TEST(LoadFeatures, ColumnBehindTheLineIsPassedOver) {
  Tree tree;
  const auto set = load_features({{"features/b.feature:3:7"}, {}, tree.folder.path()}, tree.config);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->selection.at(0).uri, "features/b.feature");
  EXPECT_EQ(set->selection.at(0).line, 3u);
}

TEST(LoadFeatures, FileWhoseNameEndsLikeALineIsTakenAsItIs) {
  Tree tree;
  tree.folder.write("features/odd:7", kFeature);
  const auto set =
      load_features({{"features/odd:7", "features/odd:7:2"}, {}, tree.folder.path()}, tree.config);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->selection.at(0).uri, "features/odd:7");
  EXPECT_EQ(set->selection.at(0).line, std::nullopt);
  EXPECT_EQ(set->selection.at(1).line, 2u);
}

TEST(LoadFeatures, PathsAreRelativeToWhereCexecIsCalled) {
  Tree tree;
  const auto set = load_features({{"b.feature"}, {}, tree.folder.path() / "features"}, tree.config);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->files.at(0).uri, "features/b.feature");
}

TEST(LoadFeatures, PatternsMatchFilesAndFolders) {
  Tree tree;
  tree.folder.write("features/a/deep/d.feature", kFeature);
  tree.folder.write("features/[x].feature", kFeature);
  const std::vector<std::string> below{"features/a/c.feature", "features/a/deep/d.feature"};
  EXPECT_EQ(tree.uris({"features/*/*.feature"}), std::vector<std::string>{below[0]});
  EXPECT_EQ(tree.uris({"features/**/?.feature"}),
            (std::vector<std::string>{below[0], below[1], "features/b.feature"}));
  EXPECT_EQ(tree.uris({"feat*/a"}), below);
  EXPECT_EQ(tree.uris({"**/deep/**"}), std::vector<std::string>{below[1]});
  EXPECT_EQ(tree.uris({"features/[x].feature"}), std::vector<std::string>{"features/[x].feature"});
  EXPECT_EQ(tree.uris({"features/[!x].feature"}), std::vector<std::string>{"features/b.feature"});
}

TEST(LoadFeatures, PatternThatMatchesNothingIsAWarning) {
  Tree tree;
  const auto set = load_features({{"features/bb*.feature"}, {}, tree.folder.path()}, tree.config);
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->files.empty());
  EXPECT_EQ(set->warnings,
            std::vector<std::string>{"no feature file matches features/bb*.feature; did you mean "
                                     "'features/b.feature'?"});
}

TEST(LoadFeatures, MissingFileOfAnotherFolderIsFoundByItsPath) {
  Tree tree;
  EXPECT_EQ(
      tree.uris({"feature/a/c.feature"}),
      std::vector<std::string>{"there is no feature/a/c.feature; did you mean 'features/a/c.feature'?"});
}

TEST(LoadFeatures, FileThatIsNoUtf8IsReadWithAWarning) {
  Tree tree;
  tree.folder.write("features/b.feature",
                    "Feature: caf\xC3\xA9\n Scenario: na\xEFve\n  Given the 'w' process x\n");
  const auto set = load_features({{"features/b.feature"}, {}, tree.folder.path()}, tree.config);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->warnings,
            std::vector<std::string>{
                "features/b.feature:2:14: the file is not UTF-8 from here on; read as U+FFFD"});
  EXPECT_EQ(set->files.at(0).document.feature->scenarios.at(0).name, "na\xEF\xBF\xBDve");
}

TEST(LoadFeatures, MissingFileNamesTheNearest) {
  Tree tree;
  EXPECT_EQ(tree.uris({"features/bb.feature:7"}),
            std::vector<std::string>{"there is no features/bb.feature; did you mean 'features/b.feature'?"});
  EXPECT_EQ(tree.uris({"feature"}),
            std::vector<std::string>{"there is no feature; did you mean 'features'?"});
  EXPECT_EQ(tree.uris({"features:7"}),
            std::vector<std::string>{"features is a folder: a line stands for a scenario of one file"});
}

TEST(LoadFeatures, WhatIsNoLineIsTold) {
  Tree tree;
  EXPECT_EQ(tree.uris({"features/b.feature:0"}),
            std::vector<std::string>{"features/b.feature:0: '0' is no line; lines count from 1"});
  EXPECT_EQ(tree.uris({"features/b.feature:2:x"}),
            std::vector<std::string>{"features/b.feature:2:x: '2:x' is no line; lines count from 1"});
}

TEST(LoadFeatures, MissingFolderOfTheConfigIsToldWithTheConfig) {
  Tree tree;
  tree.config.features = {tree.folder.path() / "featurs"};
  const auto path = tree.folder.path().string();
  EXPECT_EQ(tree.uris({}), std::vector<std::string>{"there is no " + path +
                                                    "/featurs (`features` in cexec.yaml); did you mean '" +
                                                    path + "/features'?"});
}

TEST(LoadFeatures, WordThatIsNoPathMayHaveBeenACommand) {
  Tree tree;
  const auto error_of = [&tree](const std::string& word) {
    const auto set = load_features({{word}, {}, tree.folder.path(), {"list", "images"}}, tree.config);
    return set ? std::string() : set.error().at(0);
  };
  EXPECT_EQ(error_of("lst"), "there is no file, folder or command 'lst'; did you mean 'list'?");
  EXPECT_EQ(error_of("feature"), "there is no file, folder or command 'feature'; did you mean 'features'?");
  EXPECT_EQ(error_of("frobnicate"),
            "there is no file, folder or command 'frobnicate'; `cexec --help` shows the commands");
  EXPECT_EQ(error_of("lst.feature"), "there is no lst.feature");
}

TEST(LoadFeatures, ErrorsOfAllFilesHaveTheirPlace) {
  Tree tree;
  tree.folder.write("features/b.feature", "Feature: f\n Scenario: s\n  Given x\n  Givne y\n");
  tree.folder.write("features/z.feature", "nonsense\n");
  const auto errors = tree.uris({});
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_TRUE(errors[0].starts_with("features/b.feature:4:3: expected ")) << errors[0];
  EXPECT_TRUE(errors[0].ends_with("did you mean 'Given'?")) << errors[0];
  EXPECT_TRUE(errors[1].starts_with("features/z.feature:1:1: "));
}

}  // namespace
}  // namespace executor::cli
