// Fuzzes the reading of bundles: the archive, its manifest, and what is made of it. It must not know what is
// right for an input.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "executor/bundle/archive.h"
#include "executor/replay/opened.h"
#include "executor/replay/transcript.h"
#include "tests/fuzz/require.h"
#include "tests/support/evil_bundle.h"

namespace {

using namespace executor;
using tests::require;

void check(bundle::Bundle bundle) {
  for (const auto& [path, content] : bundle.files)
    require(bundle::is_allowed_path(path), "only known names are taken");
  require(bundle.files.contains(bundle::kFeatureFile) && bundle.files.contains(bundle::kConfigFile),
          "the parts are there");
  const auto transcript = bundle.files.find(bundle::kTranscriptFile);
  if (transcript != bundle.files.end()) std::ignore = replay::read_transcript(transcript->second);
  const auto opened = replay::open(
      std::move(bundle), "fuzz", [](const std::string&) { return std::nullopt; }, false);
  if (!opened) {
    require(!opened.error().empty(), "what is refused has a reason");
    return;
  }
  require((*opened)->plan.cases.size() == 1, "there is one case");
  for (const auto& platform : (*opened)->config.platforms) {
    require(!platform.build && platform.process.empty() && !platform.privileged && platform.volumes.empty(),
            "nothing gives up isolation");
  }
}

/// The bytes as an archive, which they hardly ever are.
void read_archive(const std::string& bytes) {
  const auto read = bundle::read_bundle_bytes(bytes, "fuzz");
  if (read) check(*read);
  require(read || !read.error().empty(), "what is refused has a reason");
}

/// The bytes as one file of a bundle that is right otherwise.
void read_file(const std::string& path, std::string content) {
  auto bundle = tests::small_bundle();
  if (path == bundle::kManifestFile) {
    const auto manifest = bundle::parse_manifest(content);
    if (!manifest) return require(!manifest.error().empty(), "what is refused has a reason");
    // What was read is written and read the same way.
    const auto again = bundle::parse_manifest(bundle::to_json(*manifest));
    require(again && again->case_id == manifest->case_id && again->files.size() == manifest->files.size(),
            "it survives");
    bundle.manifest = *manifest;
    bundle.manifest.files.clear();
  } else {
    bundle.files[path] = std::move(content);
  }
  const auto read =
      bundle::read_bundle_bytes(tests::make_archive(tests::entries_of(std::move(bundle))), "fuzz");
  if (read) check(*read);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string rest(data + 1, data + size);
  switch (data[0] % 5) {
    case 0: read_archive(rest); break;
    case 1: read_file(bundle::kManifestFile, std::move(rest)); break;
    case 2: read_file(bundle::kConfigFile, std::move(rest)); break;
    case 3: read_file(bundle::kFeatureFile, std::move(rest)); break;
    default: read_file(bundle::kTranscriptFile, std::move(rest)); break;
  }
  return 0;
}
