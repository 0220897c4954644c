#include "executor/cli/choose_options.h"

#include <gtest/gtest.h>

#include "tests/support/planned.h"
#include "tests/support/temp_folder.h"

namespace executor::cli {
namespace {

std::vector<std::string> errors_of(const ChooseArguments& choose) {
  const auto selection = read_selection(choose, tests::three_platforms());
  return selection ? std::vector<std::string>() : selection.error();
}

TEST(ReadSelection, EveryMistakeIsTold) {
  ChooseArguments choose;
  choose.expressions = {"@a and"};
  choose.names = {"(", "[a", "*"};
  choose.platforms = {"pyton,cpp"};
  choose.wishes.combo = {{model::ProcessName("w"), "nod"}};
  EXPECT_EQ(
      errors_of(choose),
      (std::vector<std::string>{
          "--tags: Tag expression \"@a and\" could not be parsed because of syntax error: Expected operand.",
          "--name: '(': the parentheses do not match, or there is nothing to repeat",
          "--name: '[a': a '[' has no ']'",
          "--name: '*': the parentheses do not match, or there is nothing to repeat",
          "--platform pyton: there is no platform 'pyton'; did you mean 'python'?",
          "--combo w=nod: there is no platform 'nod'; did you mean 'node'?",
      }));
}

TEST(ReadSelection, TagIsANameAndNoExpression) {
  ChooseArguments choose;
  choose.tags = {"slow", "@x(y)\\z"};
  const auto selection = read_selection(choose, tests::three_platforms());
  ASSERT_TRUE(selection);
  EXPECT_EQ(selection->tags.at(0).tags(), std::vector<std::string>{"@slow"});
  EXPECT_EQ(selection->tags.at(1).tags(), std::vector<std::string>{"@x(y)\\z"});
  choose.tags = {"@"};
  EXPECT_EQ(errors_of(choose), std::vector<std::string>{"--tag: expected the name of a tag"});
}

TEST(ReadCaseId, IdIsTakenApart) {
  const auto id = read_case_id("features/a b=c.feature:12 writer=python reader=cpp");
  ASSERT_TRUE(id) << id.error();
  EXPECT_EQ(id->uri, "features/a b=c.feature");
  EXPECT_EQ(id->line, 12u);
  ASSERT_EQ(id->combination.size(), 2u);
  EXPECT_EQ(id->combination[0].first.text(), "writer");
  EXPECT_EQ(id->combination[1].second.text(), "cpp");
  EXPECT_EQ(read_case_id("./x.feature:3")->uri, "x.feature");
}

TEST(ReadCaseId, WhatIsNoneIsRefused) {
  for (const auto* text :
       {"x.feature", "x.feature:0 w=p", ":3", "x.feature:3 w", "x.feature:a w=p", "", "w=p"}) {
    EXPECT_FALSE(read_case_id(text)) << text;
  }
}

TEST(ReadCaseIds, EmptyLinesAndCommentsDoNotCount) {
  const tests::TempFolder folder;
  folder.write("ids", "# mine\n\n x.feature:3 w=p \r\ny.feature:4\n");
  const auto file = (folder.path() / "ids").string();
  const auto ids = read_case_ids(file);
  ASSERT_TRUE(ids);
  ASSERT_EQ(ids->size(), 2u);
  EXPECT_EQ(ids->at(0).origin.uri, file);
  EXPECT_EQ(ids->at(0).origin.line, 3u);
  EXPECT_EQ(ids->at(1).uri, "y.feature");
}

TEST(ReadCaseIds, EveryWrongLineIsTold) {
  const tests::TempFolder folder;
  folder.write("ids", "x\nx.feature:3\ny\n");
  const auto ids = read_case_ids((folder.path() / "ids").string());
  ASSERT_FALSE(ids);
  EXPECT_EQ(ids.error().size(), 2u);
  EXPECT_TRUE(
      ids.error().at(1).ends_with("ids:3: 'y' is no id of a case: expected FILE:LINE PROCESS=PLATFORM …"));
  EXPECT_FALSE(read_case_ids((folder.path() / "none").string()));
}

}  // namespace
}  // namespace executor::cli
