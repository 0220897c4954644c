#include <gtest/gtest.h>

#include <cmath>

#include "executor/replay/compare.h"
#include "executor/replay/differences.h"
#include "executor/replay/opened.h"
#include "executor/replay/statistics.h"
#include "executor/replay/transcript.h"
#include "tests/support/evil_bundle.h"

namespace executor::replay {
namespace {

bundle::RecordedEnd end_of(const std::string& outcome, const std::string& message) {
  bundle::RecordedEnd end;
  end.outcome = outcome;
  end.message = message;
  end.steps = {{"x.feature:3:5", "Given a", "main", "passed", "", 1},
               {"x.feature:4:5", "Then b", "main", outcome, message, 1}};
  end.culprit_step = 1;
  end.culprit_process = "main";
  return end;
}

TEST(Compare, SameEndIsTheSame) {
  const auto comparison = compare(end_of("failed", "no"), end_of("failed", "no"));
  EXPECT_EQ(comparison.sameness, Sameness::same);
  EXPECT_EQ(comparison.steps.size(), 2U);
  EXPECT_EQ(comparison.departure, "");
}

TEST(Compare, OtherNumbersInTheMessageAreTold) {
  EXPECT_EQ(compare(end_of("failed", "port 4711 at 0xfe12"), end_of("failed", "port 4712 at 0xab3")).sameness,
            Sameness::same_but_numbers);
  EXPECT_EQ(compare(end_of("failed", "port 1"), end_of("failed", "part 1")).sameness, Sameness::departs);
}

TEST(Compare, DepartureNamesTheFirstStepThatDiffers) {
  auto now = end_of("passed", "");
  now.culprit_step.reset();
  const auto comparison = compare(end_of("failed", "no"), now);
  EXPECT_EQ(comparison.sameness, Sameness::departs);
  EXPECT_EQ(comparison.departure, "x.feature:4:5 was 'failed' and is 'passed'");
  EXPECT_TRUE(comparison.steps[0].is_same);
  EXPECT_FALSE(comparison.steps[1].is_same);
}

TEST(Compare, MissingStepsAreShownAsSuch) {
  auto now = end_of("could not run", "no image");
  now.steps.clear();
  now.culprit_step.reset();
  EXPECT_EQ(compare(end_of("failed", "no"), now).steps[0].now, "-");
}

TEST(Share, WilsonsIntervalIsRight) {
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  const auto a = share_of(81, 263);
  EXPECT_NEAR(a.low, 0.2553, 0.0001);
  EXPECT_NEAR(a.high, 0.3662, 0.0001);
  const auto none = share_of(0, 20);
  EXPECT_EQ(none.low, 0.0);
  EXPECT_NEAR(none.high, 0.1611, 0.0001);
}

/// The interval holds the true share in at least 95 % of all cases, whatever that share is.
TEST(Share, IntervalUntilTheFirstFailureCoversTheTrueShare) {
  for (const double p : {0.5, 0.1, 0.02}) {
    double covered = 0;
    double chance = p;  // of the first failure at run n
    for (std::size_t n = 1; n < 5000; ++n, chance *= 1 - p) {
      const auto share = share_until_first(n);
      if (share.low <= p && p <= share.high) covered += chance;
    }
    EXPECT_GE(covered, 0.95) << p;
  }
}

TEST(Transcript, RepliesGoToTheirRequestsAlsoAfterARestart) {
  const auto exchanges = read_transcript(
      R"({"at":0,"process":"a","platform":"p","direction":"request","message":{"id":1,"method":"health"}}
{"at":0,"process":"a","platform":"p","direction":"reply","message":{"id":1,"result":{"status":"ok"}}}
{"at":0,"process":"a","platform":"p","direction":"request","message":{"id":2,"method":"executeStep"}}
{"at":0,"process":"a","platform":"p","direction":"request","message":{"id":1,"method":"health"}}
{"at":0,"process":"a","platform":"p","direction":"reply","message":{"id":1,"error":{"code":-1,"message":"x"}}}
)");
  ASSERT_TRUE(exchanges) << exchanges.error();
  const auto& list = exchanges->at(model::ProcessName("a"));
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(*list[0].result, R"("result":{"status":"ok"})");
  EXPECT_FALSE(list[1].result);
  EXPECT_EQ(*list[2].result, R"("error":{"code":-1,"message":"x"})");
  EXPECT_EQ(read_transcript("{}\nnonsense\n").error(), "line 2 of the transcript is not JSON");
}

std::string opening(bundle::Bundle bundle, bool allow_unsafe = false) {
  const auto opened = open(
      std::move(bundle), "b", [](const std::string&) { return std::nullopt; }, allow_unsafe);
  return opened ? "opened" : opened.error();
}

std::string opening_with_config(const std::string& platform, bool allow_unsafe = false) {
  auto bundle = tests::small_bundle();
  bundle.files[bundle::kConfigFile] =
      "version: 1\nplatforms: {python: {image: \"python:1\", " + platform + "}}\n";
  return opening(std::move(bundle), allow_unsafe);
}

TEST(Open, RightBundleHasItsOneCase) {
  EXPECT_EQ(opening(tests::small_bundle()), "opened");
}

TEST(Open, WhatGivesUpIsolationIsRefusedUnlessItIsAllowed) {
  for (const auto* keys :
       {"unsafe: [privileged], privileged: true", "unsafe: [volumes], volumes: [\"/:/host\"]",
        "unsafe: [network_mode], network_mode: host", "cap_add: [SYS_ADMIN]",
        "security_opt: [\"seccomp=unconfined\"]", "runtime: other"}) {
    EXPECT_NE(opening_with_config(keys).find("give up isolation"), std::string::npos) << keys;
    EXPECT_EQ(opening_with_config(keys, true), "opened") << keys;
  }
}

TEST(Open, ConfigThatReachesForFilesIsRefusedAlways) {
  auto bundle = tests::small_bundle();
  bundle.files[bundle::kConfigFile] = "version: 1\nplatforms: {python: {build: /}}\n";
  EXPECT_EQ(opening(bundle, true), "b: platform 'python' has `build` or `process`, which no bundle has");
}

TEST(Open, FeatureWithoutTheRecordedCaseIsRefused) {
  auto bundle = tests::small_bundle();
  bundle.manifest.line = 1;
  EXPECT_NE(opening(bundle), "opened");
  bundle = tests::small_bundle();
  bundle.files[bundle::kFeatureFile] = "nonsense";
  EXPECT_TRUE(opening(bundle).starts_with("b: its feature is wrong: ")) << opening(bundle);
  bundle = tests::small_bundle();
  bundle.files[bundle::kFeatureFile] = "";
  EXPECT_EQ(opening(bundle), "b: its feature file holds no feature");
  bundle = tests::small_bundle();
  bundle.files[bundle::kConfigFile] = "version: 1\nnonsense: 1";
  EXPECT_NE(opening(bundle), "opened");
}

TEST(Differences, WhatDiffersIsMarked) {
  auto manifest = tests::small_bundle().manifest;
  manifest.surroundings = bundle::Surroundings{"Docker Engine 1",
                                               "1.41",
                                               "linux/amd64",
                                               "Debian",
                                               "6.1",
                                               "overlay2",
                                               "version 1, cgroupfs",
                                               false,
                                               2,
                                               1 << 30};
  manifest.masked = {"TOKEN"};
  auto here = *manifest.surroundings;
  here.kernel = "5.15";
  const std::map<model::PlatformName, RecordedImage> images{
      {model::PlatformName("python"), {manifest.images.front(), "built here from the same content"}}};
  std::vector<std::string> differing;
  for (const auto& row : differences(manifest, here, images, manifest.cexec, {})) {
    if (!row.is_same) differing.push_back(row.name);
  }
  EXPECT_EQ(differing, (std::vector<std::string>{"kernel", "image python", "TOKEN"}));
}

}  // namespace
}  // namespace executor::replay
