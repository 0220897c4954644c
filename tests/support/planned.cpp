// A plan out of a feature's text, for tests.
#include "tests/support/planned.h"

#include "executor/gherkin/parser.h"

namespace tests {

using namespace executor;

config::Config three_platforms() {
  config::Config config;
  config.file = "cexec.yaml";
  for (const auto* name : {"python", "cpp", "node"}) {
    config::Platform platform;
    platform.name = model::PlatformName(name);
    platform.os = std::string(name) == "node" ? "windows" : "linux";
    config.platforms.push_back(platform);
  }
  return config;
}

config::Config one_platform() {
  auto config = three_platforms();
  config.platforms.resize(1);
  config.platforms[0].stop_grace_period = std::chrono::milliseconds(20);
  return config;
}

PlannedText::PlannedText(const std::string& text, config::Config with, const plan::Selection& selection,
                         const std::string& uri)
    : config(std::move(with)) {
  auto document = gherkin::parse(text).value();
  auto pickles = gherkin::compile(document);
  files.push_back({uri, std::move(document), std::move(pickles)});
  auto made = plan::make_plan(files, config, selection);
  const auto say = [](const plan::Problem& p) { return p.location.text() + ": " + p.message; };
  if (!made) {
    for (const auto& error : made.error()) errors.push_back(say(error));
    return;
  }
  plan = std::move(*made);
  for (const auto& planned : plan.cases) ids.push_back(planned.id().text());
  for (const auto& warning : plan.warnings) warnings.push_back(say(warning));
}

}  // namespace tests
