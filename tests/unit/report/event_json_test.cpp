#include "executor/report/event_json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "executor/report/event_members.h"

namespace executor::report {
namespace {

using namespace model;
using namespace std::chrono_literals;

constexpr auto kAt = 1'764'021'710'123ms;

/// Fills everything with something that is not its default, a new value each time.
class Filler {
 public:
  template <class T>
  void operator()(std::string_view name, T& member) {
    ++members;
    fill(member, name);
  }

  template <class T>
  void fill(T& value, std::string_view name) {
    if constexpr (std::is_same_v<T, std::string>) {
      value = std::string(name) + std::to_string(++number_) + " \"\\\n\t\x01\xff\xfe</script>";
    } else if constexpr (std::is_same_v<T, bool>) {
      value = true;
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(++number_);
    } else if constexpr (std::is_same_v<T, milliseconds>) {
      value = milliseconds(++number_);
    } else if constexpr (std::is_same_v<T, EndedBy>) {
      value = EndedBy::sigterm;
    } else if constexpr (std::is_same_v<T, MeasuredBy>) {
      value = MeasuredBy::engine;
    } else if constexpr (std::is_same_v<T, Obtained>) {
      value = Obtained::built;
    } else if constexpr (std::is_same_v<T, LogSource>) {
      value = LogSource::log;
    } else if constexpr (std::is_same_v<T, Outcome>) {
      value = Failed{"m", "t", "s", "", std::nullopt};
    } else if constexpr (requires {
                           typename T::value_type;
                           value.emplace();
                           value.has_value();
                         }) {
      fill(value.emplace(), name);
    } else if constexpr (requires { value.emplace_back(); }) {
      // A report holds reports; one level shows it.
      if (std::is_same_v<T, std::vector<CaseReport>> && depth_ > 0) return;
      ++depth_;
      fill(value.emplace_back(), name);
      --depth_;
    } else if constexpr (requires {
                           value.text();
                           value.empty();
                         }) {
      value = T(std::string(name) + std::to_string(++number_));
    } else {
      visit_members(*this, value);
    }
  }

  std::size_t members = 0;

 private:
  std::int64_t number_ = 0;
  int depth_ = 0;
};

template <std::size_t I = 0>
void every_event(std::vector<Event>& into) {
  if constexpr (I < std::variant_size_v<Event>) {
    Filler filler;
    auto& event = into.emplace_back(std::in_place_index<I>);
    filler.fill(std::get<I>(event), "x");
    every_event<I + 1>(into);
  }
}

/// Stands for a member of any type, to count how many there are.
struct Anything {
  template <class T>
  operator T() const;  // NOLINT(google-explicit-constructor)
};
template <class T, class... Members>
constexpr std::size_t member_count() {
  if constexpr (requires { T{Members{}..., Anything{}}; }) {
    return member_count<T, Members..., Anything>();
  } else {
    return sizeof...(Members);
  }
}
/// Counts the members that are named, without looking into them.
struct Counter {
  template <class T>
  void operator()(std::string_view, T&) {
    ++count;
  }
  std::size_t count = 0;
};
template <class T>
void expect_all_named(const char* type) {
  T value;
  Counter counter;
  visit_members(counter, value);
  EXPECT_EQ(counter.count, member_count<T>())
      << type << ": executor/report/event_members.h does not name all";
}

TEST(EventMembers, EveryMemberIsNamed) {
#define EXPECT_ALL_NAMED(type) expect_all_named<type>(#type)
  EXPECT_ALL_NAMED(Failed);
  EXPECT_ALL_NAMED(Undefined);
  EXPECT_ALL_NAMED(Pending);
  EXPECT_ALL_NAMED(Skipped);
  EXPECT_ALL_NAMED(TimedOut);
  EXPECT_ALL_NAMED(Exited);
  EXPECT_ALL_NAMED(KilledForMemory);
  EXPECT_ALL_NAMED(ProtocolViolation);
  EXPECT_ALL_NAMED(CouldNotRun);
  EXPECT_ALL_NAMED(Cancelled);
  EXPECT_ALL_NAMED(SourceLocation);
  EXPECT_ALL_NAMED(LogLine);
  EXPECT_ALL_NAMED(Life);
  EXPECT_ALL_NAMED(Usage);
  EXPECT_ALL_NAMED(InstanceReport);
  EXPECT_ALL_NAMED(StepReport);
  EXPECT_ALL_NAMED(CaseReport);
  EXPECT_ALL_NAMED(PlatformImage);
  EXPECT_ALL_NAMED(PlannedCase);
  EXPECT_ALL_NAMED(RunPlanned);
  EXPECT_ALL_NAMED(FeatureSource);
  EXPECT_ALL_NAMED(ScenarioPlanned);
  EXPECT_ALL_NAMED(Preparing);
  EXPECT_ALL_NAMED(RunStarted);
  EXPECT_ALL_NAMED(CaseStarted);
  EXPECT_ALL_NAMED(StepStarted);
  EXPECT_ALL_NAMED(CaseFinished);
  EXPECT_ALL_NAMED(Swept);
  EXPECT_ALL_NAMED(EngineAbsence);
  EXPECT_ALL_NAMED(RunFailed);
  EXPECT_ALL_NAMED(LeftBehind);
  EXPECT_ALL_NAMED(RunFinished);
#undef EXPECT_ALL_NAMED
}

TEST(EventJson, EveryEventComesBackAsItWas) {
  std::vector<Event> events;
  every_event(events);
  for (const auto& event : events) {
    const auto line = to_json(event, kAt);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto read = read_event(line);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->at, kAt);
    ASSERT_TRUE(read->event) << line;
    EXPECT_EQ(read->event->index(), event.index());
    EXPECT_EQ(to_json(*read->event, kAt), line);
  }
}

template <std::size_t I = 0>
void expect_outcomes_come_back() {
  if constexpr (I < std::variant_size_v<Outcome>) {
    CaseFinished finished;
    Filler filler;
    filler.fill(finished.report.outcome.emplace<I>(), "x");
    const auto line = to_json(finished, kAt);
    const auto read = read_event(line);
    ASSERT_TRUE(read && read->event) << line;
    EXPECT_EQ(std::get<CaseFinished>(*read->event).report.outcome.index(), I);
    EXPECT_EQ(to_json(*read->event, kAt), line);
    expect_outcomes_come_back<I + 1>();
  }
}

TEST(EventJson, EveryOutcomeComesBackAsItWas) {
  expect_outcomes_come_back();
}

TEST(EventJson, EmptyButPresentIsNotAbsent) {
  CaseFinished finished;
  finished.report.outcome = Failed{"", "", "", "", std::nullopt};
  const auto read = read_event(to_json(finished, kAt));
  const auto& failed = std::get<Failed>(std::get<CaseFinished>(*read->event).report.outcome);
  EXPECT_EQ(failed.expected, "");
  EXPECT_EQ(failed.actual, std::nullopt);
  const auto over = read_event(to_json(RunFinished{{}, 0ms, std::nullopt, std::vector<LeftBehind>{}}, kAt));
  EXPECT_TRUE(std::get<RunFinished>(*over->event).left_behind.has_value());
  const auto unknown = read_event(to_json(RunFinished{}, kAt));
  EXPECT_FALSE(std::get<RunFinished>(*unknown->event).left_behind.has_value());
}

RC_GTEST_PROP(EventJson, AnyBytesComeBack, (const std::vector<std::uint8_t>& bytes)) {
  const std::string text(bytes.begin(), bytes.end());
  const auto line = to_json(RunFailed{text, {}, {}}, kAt);
  const auto read = read_event(line);
  RC_ASSERT(read.has_value());
  RC_ASSERT(std::get<RunFailed>(*read->event).reason == text);
}

TEST(EventJson, UnknownMembersAndEventsAreIgnored) {
  const auto more = read_event(R"({"at":1,"event":"runFailed","new":{"a":[1]},"reason":"x"})");
  EXPECT_EQ(std::get<RunFailed>(*more->event).reason, "x");
  const auto other = read_event(R"({"at":5,"event":"somethingNew"})");
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->event);
  EXPECT_EQ(other->at, 5ms);
}

TEST(EventJson, MemberOfAnotherTypeStaysAsInANewEvent) {
  const auto read = read_event(
      R"({"event":"caseFinished","index":-1,"report":{"tags":"x","steps":{},"outcome":7,"durationMs":"y"}})");
  ASSERT_TRUE(read && read->event);
  const auto& finished = std::get<CaseFinished>(*read->event);
  EXPECT_EQ(finished.index, 0u);
  EXPECT_TRUE(finished.report.steps.empty());
}

TEST(EventJson, OutcomeThatIsNotKnownIsNoSuccess) {
  const auto read = read_event(R"({"event":"caseFinished","report":{"outcome":{"is":"exploded"}}})");
  EXPECT_EQ(category_of(std::get<CaseFinished>(*read->event).report.outcome), Category::could_not_run);
}

TEST(EventJson, NewerVersionAndGarbageAreNamed) {
  EXPECT_EQ(read_event(R"({"event":"runPlanned","format":"cexec-events","version":2})").error(),
            "events of version 2; this cexec reads up to 1");
  EXPECT_EQ(read_event("{}").error(), "no event: it has no member `event`");
  EXPECT_TRUE(read_event("{\"at\":1,").error().starts_with("no JSON, at byte 8: "));
}

}  // namespace
}  // namespace executor::report
