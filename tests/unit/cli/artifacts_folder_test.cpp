#include "executor/cli/artifacts_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_folder.h"

namespace executor::cli {
namespace {

namespace fs = std::filesystem;

const model::RunId kRun("11111111-2222-3333-4444-555555555555");

/// As a run has left it.
void fill(const tests::TempFolder& folder) {
  folder.write("cexec-run.txt", "run x\n");
  folder.write("cases/a/python-w.log", "log");
  folder.write("bundles/a.cexec.tar.zst", "bundle");
  folder.write("junit.xml", "<testsuites/>");
  folder.write("durations.txt", "12 a\n");
}

TEST(ArtifactsFolder, IsMadeWithItsMark) {
  const tests::TempFolder folder;
  const auto made = ArtifactsFolder::prepare(folder.path() / "deep" / "artifacts", kRun);
  ASSERT_TRUE(made) << made.error();
  EXPECT_TRUE(fs::exists(folder.path() / "deep" / "artifacts" / "cexec-run.txt"));
  EXPECT_EQ((*made)->finish(), "");
}

TEST(ArtifactsFolder, WhatAnEarlierRunLeftIsAsideAtOnceAndRemovedInTheEnd) {
  const tests::TempFolder folder;
  fill(folder);
  const auto made = ArtifactsFolder::prepare(folder.path(), kRun);
  ASSERT_TRUE(made) << made.error();
  for (const auto* gone : {"cases", "bundles", "junit.xml"})
    EXPECT_FALSE(fs::exists(folder.path() / gone)) << gone;
  folder.write("cases/b/cpp-r.log", "this run's");
  EXPECT_EQ((*made)->finish(), "");
  EXPECT_TRUE(fs::exists(folder.path() / "cases/b/cpp-r.log"));
  EXPECT_TRUE(fs::exists(folder.path() / "durations.txt"));
  EXPECT_FALSE(fs::exists(folder.path() / "earlier-11111111-2222-3333-4444-555555555555"));
}

TEST(ArtifactsFolder, WhatAKilledRunHadMovedAsideGoesToo) {
  const tests::TempFolder folder;
  fill(folder);
  folder.write("earlier-0000/cases/c/node-w.log", "log");
  EXPECT_EQ((*ArtifactsFolder::prepare(folder.path(), kRun))->finish(), "");
  EXPECT_FALSE(fs::exists(folder.path() / "earlier-0000"));
}

TEST(ArtifactsFolder, NothingIsRemovedWhereNoRunHasLeftItsMark) {
  const tests::TempFolder folder;
  fill(folder);
  fs::remove(folder.path() / "cexec-run.txt");
  folder.write("earlier-0000/mine", "of somebody");
  EXPECT_EQ((*ArtifactsFolder::prepare(folder.path(), kRun))->finish(), "");
  for (const auto* kept :
       {"cases/a/python-w.log", "bundles/a.cexec.tar.zst", "junit.xml", "earlier-0000/mine"})
    EXPECT_TRUE(fs::exists(folder.path() / kept)) << kept;
}

TEST(ArtifactsFolder, LinkInThePlaceOfAFolderIsRemovedAndWhatItNamesIsNot) {
  const tests::TempFolder folder;
  folder.write("elsewhere/precious", "data");
  folder.write("artifacts/cexec-run.txt", "run x\n");
  fs::create_directory_symlink(folder.path() / "elsewhere", folder.path() / "artifacts" / "cases");
  EXPECT_EQ((*ArtifactsFolder::prepare(folder.path() / "artifacts", kRun))->finish(), "");
  EXPECT_FALSE(fs::exists(fs::symlink_status(folder.path() / "artifacts" / "cases")));
  EXPECT_TRUE(fs::exists(folder.path() / "elsewhere" / "precious"));
}

TEST(ArtifactsFolder, FileInItsPlaceIsSaidWithItsPath) {
  const tests::TempFolder folder;
  folder.write("artifacts", "a file");
  const auto made = ArtifactsFolder::prepare(folder.path() / "artifacts", kRun);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().find("artifacts: "), std::string::npos) << made.error();
}

}  // namespace
}  // namespace executor::cli
