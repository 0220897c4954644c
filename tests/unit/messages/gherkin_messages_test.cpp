#include "executor/messages/gherkin_messages.h"

#include <gtest/gtest.h>

namespace executor::messages {
namespace {

gherkin::Document parsed(const std::string& text) {
  auto document = gherkin::parse(text);
  EXPECT_TRUE(document);
  return std::move(*document);
}

TEST(GherkinMessages, SourceIsCarriedAsItIs) {
  EXPECT_EQ(source_message("a.feature", "\xEF\xBB\xBF\"x\"\n"),
            "{\"source\":{\"data\":\"\xEF\xBB\xBF\\\"x\\\"\\n\",\"uri\":\"a.feature\","
            "\"mediaType\":\"text/x.cucumber.gherkin+plain\"}}");
}

TEST(GherkinMessages, DocumentWithoutAFeatureHasItsCommentsOnly) {
  const auto document = parsed("# c\n");
  const NodeIds ids(document, counting_ids());
  EXPECT_EQ(document_message("a.feature", document, ids),
            R"({"gherkinDocument":{"comments":[{"location":{"line":1,"column":1},"text":"# c"}],)"
            R"("uri":"a.feature"}})");
}

TEST(GherkinMessages, PartsAreNumberedBeforeWhatTheyMakeUp) {
  const auto document = parsed("@t\nFeature: f\n@s\nScenario: s\nGiven x\n| a |\n");
  const auto next = counting_ids();
  const NodeIds ids(document, next);
  const auto& scenario = document.feature->scenarios.front();
  EXPECT_EQ(ids.of(&scenario.steps.front().table->rows.front()), "0");
  EXPECT_EQ(ids.of(&scenario.steps.front()), "1");
  EXPECT_EQ(ids.of(&scenario.tags.front()), "2");
  EXPECT_EQ(ids.of(&scenario), "3");
  EXPECT_EQ(ids.of(&document.feature->tags.front()), "4");
  EXPECT_EQ(next(), "5");
}

TEST(GherkinMessages, PickleOfARowNamesItsRowOnlyInItsOwnSteps) {
  const auto document = parsed(
      "Feature: f\nBackground:\nGiven b\nScenario Outline: o <a>\nAnd <a>\n\"\"\"<a>\nt\n\"\"\"\n| <a> |\n"
      "Examples:\n| a |\n| 1 |\n");
  const auto next = counting_ids();
  const NodeIds ids(document, next);
  const auto pickles = gherkin::compile(document);
  const auto& pickle = pickles.pickles.front();
  EXPECT_EQ(
      pickle_message("a.feature", *document.feature, pickle, ids_for(pickle, next), ids),
      R"({"pickle":{"id":"10","uri":"a.feature","location":{"line":12,"column":1},"astNodeIds":["7","5"],)"
      R"("tags":[],"name":"o 1","language":"en","steps":[)"
      R"({"id":"8","text":"b","type":"Context","astNodeIds":["0"]},)"
      R"({"id":"9","text":"1","type":"Context","argument":{)"
      R"("docString":{"argumentIndex":1,"content":"t","mediaType":"1"},)"
      R"("dataTable":{"argumentIndex":2,"rows":[{"cells":[{"value":"1"}]}]}},)"
      R"("astNodeIds":["3","5"]}]}})");
}

TEST(GherkinMessages, EndOfTheFileHasNoColumn) {
  const auto document = gherkin::parse("@a\n");
  ASSERT_FALSE(document);
  EXPECT_EQ(
      parse_error_message("a.feature", document.error().front()),
      R"({"parseError":{"source":{"uri":"a.feature","location":{"line":2}},)"
      R"("message":"(2:0): unexpected end of file, expected: #TagLine, #FeatureLine, #Comment, #Empty"}})");
}

}  // namespace
}  // namespace executor::messages
