#include "executor/report/cause.h"

#include <gtest/gtest.h>

namespace executor::report {
namespace {

using namespace model;

/// Every platform as writer with every platform as reader; `outcome` decides.
class Matrix {
 public:
  template <class Decide>
  explicit Matrix(Decide decide) {
    std::size_t number = 0;
    for (const std::string writer : {"python", "cpp", "node"}) {
      for (const std::string reader : {"python", "cpp", "node"}) {
        CaseReport report;
        report.combination = {{ProcessName("writer"), PlatformName(writer)},
                              {ProcessName("reader"), PlatformName(reader)}};
        report.outcome = decide(writer, reader);
        finder.add(number++, report);
      }
    }
  }
  CauseFinder finder;
};

TEST(Cause, OneProcessOnOnePlatformIsBlamed) {
  const Matrix matrix([](const auto&, const auto& reader) -> Outcome {
    return reader == "node" ? Outcome(Failed{"no ring"}) : Passed{};
  });
  const auto causes = matrix.finder.causes();
  ASSERT_EQ(causes.size(), 1u);
  EXPECT_EQ(causes[0].explanation, "all 3 failures have reader=node");
  EXPECT_EQ(causes[0].cases, (std::vector<std::size_t>{2, 5, 8}));
}

TEST(Cause, OthersThatPassAreTold) {
  const Matrix matrix([](const auto& writer, const auto& reader) -> Outcome {
    return reader == "node" && writer != "node" ? Outcome(Failed{"no ring"}) : Passed{};
  });
  EXPECT_EQ(matrix.finder.causes()[0].explanation,
            "all 2 failures have reader=node; 1 other case with it does not fail like this");
}

TEST(Cause, PlatformInAnyRoleIsBlamed) {
  const Matrix matrix([](const auto& writer, const auto& reader) -> Outcome {
    return reader == "node" || writer == "node" ? Outcome(Failed{"no ring"}) : Passed{};
  });
  EXPECT_EQ(matrix.finder.causes()[0].explanation, "all 5 failures have node in one of their processes");
}

TEST(Cause, PairIsBlamed) {
  CauseFinder finder;
  std::size_t number = 0;
  for (int scenario = 0; scenario < 4; ++scenario) {
    for (const std::string writer : {"python", "cpp"}) {
      for (const std::string reader : {"python", "cpp"}) {
        CaseReport report;
        report.combination = {{ProcessName("writer"), PlatformName(writer)},
                              {ProcessName("reader"), PlatformName(reader)}};
        if (writer == "cpp" && reader == "python")
          report.outcome = Failed{"frame " + std::to_string(scenario)};
        finder.add(number++, report);
      }
    }
  }
  ASSERT_EQ(finder.causes().size(), 1u) << "numbers do not make another cause";
  EXPECT_EQ(finder.causes()[0].explanation, "all 4 failures have writer=cpp and reader=python");
}

TEST(Cause, WhatIsInEveryCaseExplainsNothing) {
  CauseFinder finder;
  CaseReport report;
  report.combination = {{ProcessName("writer"), PlatformName("a")}};
  report.outcome = Failed{"x"};
  finder.add(0, report);
  finder.add(1, report);
  EXPECT_EQ(finder.causes()[0].explanation, "");
}

TEST(Cause, DifferentMessagesAreDifferentCauses) {
  const Matrix matrix([](const auto& writer, const auto& reader) -> Outcome {
    if (reader != "node") return Passed{};
    return writer == "cpp" ? Outcome(Failed{"checksum"}) : Failed{"no ring"};
  });
  EXPECT_EQ(matrix.finder.causes().size(), 2u);
  EXPECT_EQ(matrix.finder.causes()[0].cases.size(), 2u);
  EXPECT_EQ(matrix.finder.in_common(), "all 3 failures have reader=node");
}

TEST(Cause, SkippedAndCancelledAreNoFailures) {
  CauseFinder finder;
  CaseReport report;
  report.outcome = Skipped{"x"};
  EXPECT_FALSE(finder.add(0, report));
  report.outcome = Cancelled{"x"};
  EXPECT_FALSE(finder.add(1, report));
  EXPECT_TRUE(finder.causes().empty());
}

TEST(Signature, NumbersDoNotMatterAndWordsDo) {
  const auto signature = [](const std::string& message) {
    CaseReport report;
    report.outcome = Failed{message};
    return signature_of(report);
  };
  EXPECT_EQ(signature("frame 12 has 0x1c29 in 30ms"), signature("frame 7 has 0xffe1 in 5ms"));
  EXPECT_NE(signature("utf8 is wrong"), signature("utf16 is wrong"));
  EXPECT_NE(signature("add"), signature("bad"));
  EXPECT_EQ(signature("first\nand more"), signature("first\nand other"));
}

}  // namespace
}  // namespace executor::report
