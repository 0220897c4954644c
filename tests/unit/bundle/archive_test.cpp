#include "executor/bundle/archive.h"

#include <gtest/gtest.h>

#include "tests/support/evil_bundle.h"
#include "tests/support/temp_folder.h"

namespace executor::bundle {
namespace {

using tests::entries_of;
using tests::EvilEntry;
using tests::make_archive;
using tests::small_bundle;
using Kind = EvilEntry::Kind;

std::string refusal(const std::vector<EvilEntry>& entries, tests::EvilFormat format = {},
                    const ArchiveLimits& limits = {}) {
  const auto read = read_bundle_bytes(make_archive(entries, format), "evil", limits);
  return read ? "taken" : read.error();
}

/// A right bundle with one more entry.
std::string refusal_with(const EvilEntry& entry) {
  auto entries = entries_of(small_bundle());
  entries.push_back(entry);
  return refusal(entries);
}

TEST(Bundle, WhatIsWrittenIsRead) {
  const tests::TempFolder folder;
  auto bundle = small_bundle();
  bundle.files["evidence/attempt-1/python-main.log"] = "a log\n";
  bundle.images = folder.write("images", std::string(100'000, 'i'));
  const auto file = folder.path() / "bundles" / "x.cexec.tar.zst";
  ASSERT_TRUE(write_bundle(file, bundle));
  const auto into = folder.path() / "out";
  const auto read = read_bundle(file, into);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->files, bundle.files);
  EXPECT_EQ(read->images, into);
  EXPECT_EQ(tests::read_file(into), tests::read_file(bundle.images));
  const auto& m = read->manifest;
  EXPECT_EQ(m.case_id, bundle.manifest.case_id);
  EXPECT_EQ(m.combination, bundle.manifest.combination);
  EXPECT_EQ(m.images.front().repo_digest, bundle.manifest.images.front().repo_digest);
  EXPECT_EQ(m.end.culprit_step, 0U);
  EXPECT_EQ(m.end.steps.size(), 1U);
  EXPECT_LT(std::filesystem::file_size(file), 10'000U);
}

TEST(Bundle, PathsThatLeaveItAreRefused) {
  for (const auto* path : {"../evil", "/etc/passwd", "evidence/../../evil", "evidence/", "evidence/a/../b",
                           "cexec.yaml/x", "evidence/.hidden", "evidence/a\\b", "evidence/a//b", "EVIDENCE/x",
                           "./manifest.json", "evidence/a b", "evidence/a/b/c/d/e"}) {
    EXPECT_NE(refusal_with({path, "x"}).find("which is no file of a bundle"), std::string::npos)
        << path << ": " << refusal_with({path, "x"});
  }
}

TEST(Bundle, LinksFoldersAndDevicesAreRefused) {
  for (const auto kind : {Kind::symlink, Kind::hardlink, Kind::device, Kind::folder}) {
    const auto said = refusal_with({"evidence/x", "", kind, "/etc/passwd"});
    const bool is_folder = kind == Kind::folder;  // its name gets a slash at its end
    EXPECT_NE(said.find(is_folder ? "which is no file of a bundle" : "'evidence/x' is no plain file"),
              std::string::npos)
        << said;
  }
}

TEST(Bundle, BombIsRefusedWithoutBeingUnpacked) {
  const auto said = refusal_with({"evidence/zeros", "", Kind::file, {}, std::uint64_t{1} << 30U});
  EXPECT_EQ(said, "evil: 'evidence/zeros' makes it larger than a bundle may be (16 MiB)");
}

TEST(Bundle, ManyFilesOfAllowedSizeAreRefusedTogether) {
  auto entries = entries_of(small_bundle());
  for (int i = 0; i < 6; ++i)
    entries.push_back({"evidence/" + std::to_string(i), "", Kind::file, {}, std::uint64_t{15} << 20U});
  EXPECT_NE(refusal(entries).find("makes it larger than a bundle may be"), std::string::npos)
      << refusal(entries);
}

TEST(Bundle, TooManyFilesAreRefused) {
  auto entries = entries_of(small_bundle());
  for (int i = 0; i < 600; ++i) entries.push_back({"evidence/" + std::to_string(i), ""});
  EXPECT_EQ(refusal(entries), "evil: it holds more than 500 files");
}

TEST(Bundle, FileThatStandsTwiceIsRefused) {
  EXPECT_EQ(refusal_with({"cexec.yaml", "version: 1"}), "evil: it holds 'cexec.yaml' twice");
}

TEST(Bundle, ForgedFileIsRefusedWithBothDigests) {
  auto entries = entries_of(small_bundle());
  for (auto& entry : entries) {
    if (entry.path == kConfigFile) entry.content.back() = ' ';
  }
  const auto said = refusal(entries);
  EXPECT_NE(said.find("'cexec.yaml' is not what was recorded: its digest is sha256:"), std::string::npos)
      << said;
}

TEST(Bundle, FileThatTheManifestDoesNotNameIsRefused) {
  EXPECT_EQ(refusal_with({"evidence/more", "x"}), "evil: the manifest does not name 'evidence/more'");
}

TEST(Bundle, MissingPartsAreNamed) {
  EXPECT_EQ(refusal({}), "evil: it holds no manifest.json");
  EXPECT_EQ(refusal({{"evidence/x", "x"}}), "evil: it holds no manifest.json");
  auto entries = entries_of(small_bundle());
  entries.erase(entries.begin() + 1);
  EXPECT_EQ(refusal(entries), "evil: 'cexec.yaml' is missing");
  auto bundle = small_bundle();
  bundle.files.erase(kFeatureFile);
  EXPECT_EQ(refusal(entries_of(bundle)), "evil: it holds no feature.feature");
}

TEST(Bundle, OtherFormatsAreRefused) {
  const auto entries = entries_of(small_bundle());
  EXPECT_EQ(refusal(entries, {false, false}), "evil: it is not compressed with zstd");
  EXPECT_NE(refusal(entries, {true, true}), "taken");
  EXPECT_NE(refusal(entries, {false, true}), "taken");
  EXPECT_FALSE(read_bundle_bytes("", "evil"));
  EXPECT_FALSE(read_bundle_bytes("nonsense", "evil"));
}

TEST(Bundle, EveryTruncationIsRefused) {
  const auto bytes = make_archive(entries_of(small_bundle()));
  ASSERT_TRUE(read_bundle_bytes(bytes, "whole"));
  // The last bytes are padding and a checksum, which libarchive may not ask for.
  for (std::size_t size = 0; size + 24 < bytes.size(); size += 7) {
    EXPECT_FALSE(read_bundle_bytes(std::string_view(bytes).substr(0, size), "cut")) << size;
  }
}

TEST(Bundle, FileThatIsNotThereIsNamed) {
  const auto read = read_bundle("/no/such/bundle", {});
  ASSERT_FALSE(read);
  EXPECT_TRUE(read.error().starts_with("/no/such/bundle: it cannot be read")) << read.error();
}

std::string manifest_refusal(const std::string& from, const std::string& to) {
  auto json = to_json(small_bundle().manifest);
  const auto at = json.find(from);
  if (at == std::string::npos) return "no such text";
  json.replace(at, from.size(), to);
  const auto read = parse_manifest(json);
  return read ? "taken" : read.error();
}

TEST(Manifest, WhatIsWrongIsNamed) {
  EXPECT_EQ(manifest_refusal("cexec-bundle", "other"), "it is of no cexec bundle");
  EXPECT_EQ(manifest_refusal("\"version\":1", "\"version\":9"), "it has version 9, and this cexec reads 1");
  EXPECT_EQ(manifest_refusal("\"line\":2", "\"line\":-1"), "`line` is no number from 1 to 10000000");
  EXPECT_EQ(manifest_refusal("\"culpritStep\":0", "\"culpritStep\":7"),
            "`culpritStep` is no number from 0 to 0");
  EXPECT_EQ(manifest_refusal("sha256:aaaa", "sha256:AAAA"),
            "the id of the image of 'python' is not sha256: and 64 digits");
  EXPECT_EQ(manifest_refusal("python@sha256:bb", "python@md5:bb"),
            "the digest of the image of 'python' is not NAME@sha256: and 64 digits");
  EXPECT_EQ(manifest_refusal("\"stepTimeoutMs\":30000", "\"stepTimeoutMs\":0"),
            "`stepTimeoutMs` is no number from 1 to 604800000");
}

TEST(Manifest, HugeAndDeepJsonIsRefusedBeforeItIsParsed) {
  EXPECT_EQ(parse_manifest(std::string(100'000, '[')).error(), "it is nested deeper than 16 levels");
  std::string wide = "[";
  for (int i = 0; i < 300'000; ++i) wide += "0,";
  EXPECT_EQ(parse_manifest(wide + "0]").error(), "it holds more than 200000 values");
}

}  // namespace
}  // namespace executor::bundle
