#include "executor/cli/arguments.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "executor/cli/profiles.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;
using Command = Arguments::Command;

RunArguments run_of(const std::vector<std::string>& words) {
  const auto arguments = parse_arguments(words);
  if (arguments) return arguments->run;
  ADD_FAILURE() << arguments.error();
  return {};
}

std::string error_of(const std::vector<std::string>& words) {
  const auto arguments = parse_arguments(words);
  return arguments ? "" : arguments.error();
}

TEST(CommandNames, AreThoseOfTheUsage) {
  const auto names = command_names();
  for (const auto* name : {"run", "list", "images", "gherkin", "ps", "cleanup"}) {
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name;
  }
  EXPECT_EQ(std::count(names.begin(), names.end(), ""), 0);
}

TEST(ParseArguments, RunMayBeLeftOut) {
  EXPECT_EQ(run_of({"--container-seq", "a.feature:3", "b"}).choose.paths,
            (std::vector<std::string>{"a.feature:3", "b"}));
  EXPECT_EQ(run_of({"run", "--container-sequential"}).mode, config::Mode::container_seq);
  EXPECT_EQ(run_of({}).mode, std::nullopt);
}

TEST(ParseArguments, ValuesAreRead) {
  const auto run = run_of({"--timeout",
                           "5m",
                           "--step-timeout=500ms",
                           "--start-timeout",
                           "7",
                           "--run-timeout",
                           "1h",
                           "--memory",
                           "64m",
                           "--cpus",
                           "0.5",
                           "--pids",
                           "20",
                           "--no-limits",
                           "--fail-fast",
                           "--artifacts",
                           "out",
                           "--config",
                           "c.yaml",
                           "-v",
                           "--color",
                           "never"});
  EXPECT_EQ(run.timeout, 300s);
  EXPECT_EQ(run.step_timeout, 500ms);
  EXPECT_EQ(run.start_timeout, 7s);
  EXPECT_EQ(run.run_timeout, 1h);
  EXPECT_EQ(run.memory, std::int64_t{64} << 20);
  EXPECT_EQ(run.nano_cpus, 500'000'000);
  EXPECT_EQ(run.pids, 20);
  EXPECT_TRUE(run.no_limits);
  EXPECT_EQ(run.max_fail, 1u);
  EXPECT_EQ(run.artifacts, "out");
  EXPECT_EQ(run.detail, report::ConsoleOptions::Detail::verbose);
  EXPECT_EQ(run.color, Color::never);
}

TEST(ParseArguments, ComboIsTakenApart) {
  const auto combo = run_of({"--combo", "writer=python,reader=*"}).choose.wishes.combo;
  ASSERT_EQ(combo.size(), 2u);
  EXPECT_EQ(combo[0].first.text(), "writer");
  EXPECT_EQ(combo[1].second, "*");
  EXPECT_NE(error_of({"--combo", "writer"}).find("'writer' is not PROCESS=PLATFORM"), std::string::npos);
}

TEST(ParseArguments, ChoicesAreRead) {
  const auto choose = run_of({"--tags", "@a or @b", "--tags=not @c", "--tag", "d", "--name", "x.*",
                              "--platform", "python,cpp", "--unit", "--system", "--only-slow", "--shard",
                              "2/5", "--combine", "pairwise", "--from-file", "-"})
                          .choose;
  EXPECT_EQ(choose.expressions, (std::vector<std::string>{"@a or @b", "not @c"}));
  EXPECT_EQ(choose.tags, std::vector<std::string>{"d"});
  EXPECT_EQ(choose.names, std::vector<std::string>{"x.*"});
  EXPECT_EQ(choose.platforms, std::vector<std::string>{"python,cpp"});
  EXPECT_EQ(choose.wishes.levels, (std::set{plan::Level::unit, plan::Level::system}));
  EXPECT_TRUE(choose.wishes.only_slow);
  EXPECT_EQ(choose.wishes.shard->index, 2u);
  EXPECT_EQ(choose.wishes.shard->count, 5u);
  EXPECT_EQ(choose.wishes.combine, config::Combine::pairwise);
  EXPECT_EQ(choose.from_file, "-");
}

TEST(ParseArguments, WrongChoicesSayWhatIsExpected) {
  for (const auto* shard : {"0/3", "4/3", "3", "a/b", "/", "1/"}) {
    EXPECT_EQ(error_of({"--shard", shard}),
              fmt::format("--shard: expected K/N with K from 1 to N, found '{}'", shard));
  }
  EXPECT_EQ(error_of({"--combine", "some"}), "--combine: expected all, pairwise, same or each, found 'some'");
  EXPECT_EQ(error_of({"list", "--format", "xml"}), "--format: expected human, json or ids, found 'xml'");
}

TEST(ParseArguments, ListTakesTheOptionsOfARun) {
  const auto arguments =
      parse_arguments({"list", "--container-seq", "--memory", "64m", "--format", "ids", "a"});
  ASSERT_TRUE(arguments) << arguments.error();
  EXPECT_EQ(arguments->command, Command::list);
  EXPECT_EQ(arguments->run.format, ListFormat::ids);
  EXPECT_EQ(arguments->run.choose.paths, std::vector<std::string>{"a"});
}

TEST(ParseArguments, UnknownOptionNamesTheNearest) {
  EXPECT_EQ(error_of({"--contaner-seq"}), "unknown option '--contaner-seq'; did you mean '--container-seq'?");
  EXPECT_EQ(error_of({"--xyzzy"}), "unknown option '--xyzzy'");
}

TEST(ParseArguments, WrongValuesSayWhy) {
  EXPECT_EQ(error_of({"--timeout", "5x"}),
            "--timeout: '5x' is no duration; expected one such as 500ms, 30s, 2m or 1m30s");
  EXPECT_EQ(error_of({"--timeout", "0"}), "--timeout: must be more than 0");
  EXPECT_EQ(error_of({"--memory", "1m"}), "--memory: must be at least 6m");
  EXPECT_EQ(error_of({"--cpus", "none"}), "--cpus: 'none' is no number above 0");
  EXPECT_EQ(error_of({"--pids", "0"}), "--pids: '0' is no whole number from 1 to 4194304");
  EXPECT_EQ(error_of({"--color", "blue"}), "--color: expected auto, always or never, found 'blue'");
  EXPECT_FALSE(error_of({"--timeout"}).empty());
}

TEST(ParseArguments, HelpAndVersionAreTexts) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--help"},
                                                {"--version"},
                                                {"run", "--help"},
                                                {"list", "--help"},
                                                {"images", "-h"}}) {
    const auto arguments = parse_arguments(words);
    ASSERT_TRUE(arguments);
    EXPECT_EQ(arguments->command, Command::print);
    EXPECT_FALSE(arguments->text.empty());
  }
}

TEST(ParseArguments, HelpHoldsIn80Columns) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--help"},
                                                {"run", "--help"},
                                                {"list", "-h"},
                                                {"gherkin", "-h"},
                                                {"images", "-h"}}) {
    const std::string text = parse_arguments(words)->text;
    std::string_view rest = text;
    while (!rest.empty()) {
      const auto line = rest.substr(0, rest.find('\n'));
      EXPECT_LE(line.size(), 80u) << line;
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
  }
}

TEST(ParseArguments, Images) {
  EXPECT_EQ(parse_arguments({"images"})->command, Command::images);
  EXPECT_EQ(parse_arguments({"images", "build"})->images.action, ImagesArguments::Action::build);
  EXPECT_EQ(parse_arguments({"images", "lock"})->images.action, ImagesArguments::Action::lock);
  EXPECT_TRUE(parse_arguments({"images", "--check"})->images.check);
  EXPECT_EQ(error_of({"images", "bild"}),
            "ACTION: expected list, build, pull or lock, found 'bild'; did you mean 'build'?");
}

config::Config with_profiles(std::map<std::string, config::Profile> profiles) {
  config::Config config;
  config.file = "cexec.yaml";
  config.profiles = std::move(profiles);
  return config;
}

TEST(WithProfile, CommandLineWinsOverTheProfile) {
  const std::vector<std::string> words{"--profile", "ci", "--timeout", "1s"};
  const auto config = with_profiles({{"ci",
                                      {{"timeout", 5, {"9s"}},
                                       {"step_timeout", 6, {"2s"}},
                                       {"fail-fast", 7, {"true"}},
                                       {"no-limits", 8, {"false"}},
                                       {"mode", 9, {"container-seq"}}}}});
  const auto merged = with_profile(words, *parse_arguments(words), config);
  ASSERT_TRUE(merged) << merged.error();
  EXPECT_EQ(merged->run.timeout, 1s);
  EXPECT_EQ(merged->run.step_timeout, 2s);
  EXPECT_EQ(merged->run.max_fail, 1u);
  EXPECT_FALSE(merged->run.no_limits);
  EXPECT_EQ(merged->run.mode, config::Mode::container_seq);
}

TEST(WithProfile, UnknownOptionsAndProfilesNameTheNearest) {
  const auto unknown = with_profiles({{"ci", {{"timout", 5, {"9s"}}}}});
  EXPECT_EQ(with_profile({}, {}, unknown).error(),
            "cexec.yaml:5: profiles.ci.timout: unknown option; did you mean 'timeout'?");
  const std::vector<std::string> words{"--profile", "cl"};
  EXPECT_EQ(with_profile(words, *parse_arguments(words), with_profiles({{"ci", {}}})).error(),
            "cexec.yaml has no profile 'cl'; did you mean 'ci'?");
}

TEST(WithProfile, OptionOfAnotherVersionIsAnErrorOnlyWhereItIsUsed) {
  const auto config = with_profiles({{"ci", {{"resume", 5, {"2"}}}}});
  EXPECT_TRUE(with_profile({}, {}, config));
  const std::vector<std::string> words{"--profile", "ci"};
  EXPECT_EQ(with_profile(words, *parse_arguments(words), config).error(),
            "cexec.yaml:5: profiles.ci.resume: is not part of this version of cexec");
}

}  // namespace
}  // namespace executor::cli
