#include "executor/config/writer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "executor/config/loader.h"

namespace executor::config {
namespace {

std::optional<std::string> one_variable(const std::string& name) {
  if (name == "TOKEN") return "from outside";
  return std::nullopt;
}

Config load_or_fail(const std::string& text) {
  auto config = load_text(text, "/project/cexec.yaml", one_variable);
  EXPECT_TRUE(config) << (config ? "" : config.error().front().text()) << "\n" << text;
  return config ? std::move(*config) : Config();
}

std::string write(const Config& config) {
  return to_yaml(
      config, [](const Platform& platform) { return "image-of-" + platform.name.text(); },
      [](const std::string& name) { return name == "TOKEN"; });
}

TEST(ToYaml, WhatIsWrittenIsReadTheSame) {
  std::ostringstream text;
  text << std::ifstream(EVERY_KEY).rdbuf();
  const auto config = load_or_fail(text.str());
  ASSERT_EQ(config.platforms.size(), 2U);
  const auto once = write(config);
  const auto again = load_or_fail(once);
  // Every key that there is stands in the file, and comes back: what is written of it is the same text.
  EXPECT_EQ(write(again), once);
  const auto& quiet = again.platforms.front();
  EXPECT_EQ(quiet.image, "image-of-quiet");
  EXPECT_FALSE(quiet.build);
  EXPECT_EQ(quiet.environment.at("NAME"), "value");
  EXPECT_EQ(quiet.environment.at("TOKEN"), "from outside");
  EXPECT_EQ(quiet.limits.nano_cpus, 1'500'000'000);
  EXPECT_EQ(quiet.stop_grace_period.count(), 90'000);
  EXPECT_EQ(quiet.blkio.read_bps.size(), 1U);
  EXPECT_EQ(again.scenario.volume_size, 1 << 20);
  EXPECT_TRUE(again.platforms.back().privileged);
  EXPECT_EQ(again.secret, config.secret);
}

TEST(ToYaml, SecretsAreLeftOut) {
  const auto config =
      load_or_fail("version: 1\nplatforms: {p: {image: x, environment: {TOKEN: abcd, A: \"# \\\" x\"}}}\n");
  const auto text = write(config);
  EXPECT_EQ(text.find("abcd"), std::string::npos) << text;
  EXPECT_EQ(load_or_fail(text).platforms.front().environment.at("A"), "# \" x");
}

}  // namespace
}  // namespace executor::config
