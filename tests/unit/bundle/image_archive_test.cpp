#include "executor/bundle/image_archive.h"

#include <gtest/gtest.h>

#include "docker/sha256.h"
#include "tests/support/evil_bundle.h"
#include "tests/support/temp_folder.h"

namespace executor::bundle {
namespace {

using tests::EvilEntry;

const std::string kConfig = R"({"architecture":"amd64","rootfs":{"type":"layers","diff_ids":[]}})";
const std::string kHex = docker::sha256_hex(kConfig);
const std::string kId = "sha256:" + kHex;

std::string check(const std::vector<EvilEntry>& entries) {
  const tests::TempFolder folder;
  return check_image_archive(folder.write("tar", tests::make_archive(entries, {false, false})), {kId});
}

std::string manifest(const std::string& tags) {
  return R"([{"Config":")" + kHex + R"(.json","RepoTags":)" + tags + R"(,"Layers":["l/layer.tar"]}])";
}

TEST(ImageArchive, RecordedImageWithoutANameIsTaken) {
  EXPECT_EQ(check({{kHex + ".json", kConfig}, {"l/layer.tar", "layer"}, {"manifest.json", manifest("null")}}),
            "");
  EXPECT_EQ(check({{kHex + ".json", kConfig}, {"manifest.json", manifest("[]")}}), "");
}

TEST(ImageArchive, NamesAreRefused) {
  EXPECT_EQ(check({{kHex + ".json", kConfig}, {"manifest.json", manifest(R"(["debian:12"])")}}),
            "they would take the name 'debian:12'");
  EXPECT_EQ(check({{kHex + ".json", kConfig}, {"manifest.json", manifest("null")}, {"repositories", "{}"}}),
            "they would take names");
  EXPECT_EQ(check({{kHex + ".json", kConfig},
                   {"manifest.json", manifest("null")},
                   {"index.json", R"({"annotations":{"io.containerd.image.name":"debian:12"}})"}}),
            "they would take names");
}

TEST(ImageArchive, OtherAndForgedImagesAreRefused) {
  const auto forged = check({{kHex + ".json", kConfig + " "}, {"manifest.json", manifest("null")}});
  EXPECT_NE(forged.find("which is none of the recorded images"), std::string::npos) << forged;
  EXPECT_EQ(check({{"manifest.json", "[]"}}), "they lack " + kId);
  EXPECT_EQ(check({{"manifest.json", manifest("null")}}), "the configuration '" + kHex + ".json' is missing");
}

TEST(ImageArchive, WhatIsNoArchiveIsRefused) {
  const tests::TempFolder folder;
  EXPECT_NE(check_image_archive(folder.write("tar", "nonsense"), {kId}), "");
  EXPECT_EQ(check({{"x", "y"}}), "they hold no manifest.json");
  EXPECT_EQ(check({{"manifest.json", std::string(50'000, '[')}}), "their manifest.json is too large");
  EXPECT_EQ(check({{"manifest.json", "{}"}}), "their manifest.json is no list");
}

}  // namespace
}  // namespace executor::bundle
