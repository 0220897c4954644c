// A bundle made ready to run again: its config, its feature and the plan of its one case. What it holds may
// be a stranger's: nothing that gives up isolation comes through unasked.
#include "executor/replay/opened.h"

#include <fmt/format.h>

#include "executor/gherkin/parser.h"
#include "executor/text/quote.h"

namespace executor::replay {
namespace {

constexpr std::size_t kLongestError = 300;

/// The keys of an entry that a stranger must not decide on.
std::vector<std::string> risky_keys(const config::Platform& platform) {
  auto keys = config::unsafe_keys(platform);
  if (!platform.cap_add.empty()) keys.emplace_back("cap_add");
  if (platform.security_opt != std::vector<std::string>{"no-new-privileges"})
    keys.emplace_back("security_opt");
  if (!platform.runtime.empty()) keys.emplace_back("runtime");
  return keys;
}

std::string check_config(const config::Config& config, bool allow_unsafe) {
  for (const auto& platform : config.platforms) {
    const auto name = text::quote(platform.name.text());
    if (platform.build || !platform.process.empty()) {
      return fmt::format("platform '{}' has `build` or `process`, which no bundle has", name);
    }
    const auto keys = risky_keys(platform);
    if (keys.empty() || allow_unsafe) continue;
    return fmt::format(
        "platform '{}' uses {}, which give up isolation: --allow-unsafe replays it, if you trust the bundle",
        name, fmt::join(keys, ", "));
  }
  return {};
}

tl::expected<config::Config, std::string> read_config(const bundle::Bundle& bundle, const std::string& name,
                                                      const config::Environment& environment) {
  auto config =
      config::load_text(bundle.files.at(bundle::kConfigFile), name + "/" + bundle::kConfigFile, environment);
  if (config) return std::move(*config);
  return tl::unexpected(text::quote(config.error().front().text(), kLongestError));
}

plan::Selection selection_of(const bundle::Manifest& manifest) {
  plan::WantedCase wanted;
  wanted.uri = manifest.uri;
  wanted.line = manifest.line;
  wanted.combination = manifest.combination;
  wanted.text = manifest.case_id.text();
  plan::Selection selection;
  selection.cases = std::vector<plan::WantedCase>{std::move(wanted)};
  // What was carried out although a tag said not to is carried out again.
  selection.only_skipped = false;
  return selection;
}

}  // namespace

tl::expected<std::unique_ptr<Opened>, std::string> open(bundle::Bundle bundle, const std::string& name,
                                                        const config::Environment& environment,
                                                        bool allow_unsafe) {
  auto opened = std::make_unique<Opened>();
  opened->bundle = std::move(bundle);
  const auto& manifest = opened->bundle.manifest;
  const auto fail = [&name](std::string_view what) {
    return tl::unexpected(fmt::format("{}: {}", name, what));
  };
  auto config = read_config(opened->bundle, name, environment);
  if (!config) return fail(config.error());
  opened->config = std::move(*config);
  if (const auto wrong = check_config(opened->config, allow_unsafe); !wrong.empty()) return fail(wrong);
  auto document = gherkin::parse(text::valid_utf8(opened->bundle.files.at(bundle::kFeatureFile)));
  if (!document) return fail("its feature is wrong: " + document.error().front().explanation());
  if (!document->feature) return fail("its feature file holds no feature");
  auto pickles = gherkin::compile(*document);
  opened->files.push_back({manifest.uri, std::move(*document), std::move(pickles)});
  auto plan = plan::make_plan(opened->files, opened->config, selection_of(manifest));
  if (!plan) return fail(text::quote(plan.error().front().message, kLongestError));
  opened->plan = std::move(*plan);
  if (opened->plan.cases.size() != 1 || opened->plan.cases.front().id() != manifest.case_id) {
    return fail(fmt::format("its feature and config do not have the case '{}'",
                            text::quote(manifest.case_id.text(), kLongestError)));
  }
  return opened;
}

}  // namespace executor::replay
