#include "docker/ignore_file.h"

#include <gtest/gtest.h>

namespace docker {
namespace {

TEST(IgnoreFile, NamesAndWhatLiesInThem) {
  const IgnoreFile ignore("build\n/dist/\n./tmp\n");
  EXPECT_TRUE(ignore.ignores("build"));
  EXPECT_TRUE(ignore.ignores("build/a/b"));
  EXPECT_TRUE(ignore.ignores("dist/x"));
  EXPECT_TRUE(ignore.ignores("tmp"));
  EXPECT_FALSE(ignore.ignores("src/build"));
  EXPECT_FALSE(ignore.ignores("builds"));
}

TEST(IgnoreFile, StarStaysWithinAnElement) {
  const IgnoreFile ignore("*.o\na?c\n*/temp*\n");
  EXPECT_TRUE(ignore.ignores("x.o"));
  EXPECT_FALSE(ignore.ignores("d/x.o"));
  EXPECT_TRUE(ignore.ignores("abc"));
  EXPECT_FALSE(ignore.ignores("ac"));
  EXPECT_TRUE(ignore.ignores("d/temporary"));
  EXPECT_FALSE(ignore.ignores("d/e/temporary"));
}

TEST(IgnoreFile, TwoStarsSpanElements) {
  const IgnoreFile ignore("**/*.pyc\nlogs/**\n");
  EXPECT_TRUE(ignore.ignores("a.pyc"));
  EXPECT_TRUE(ignore.ignores("a/b/c.pyc"));
  EXPECT_TRUE(ignore.ignores("logs/x"));
  EXPECT_FALSE(ignore.ignores("logs"));
}

TEST(IgnoreFile, LastMatchDecides) {
  const IgnoreFile ignore("*.md\n!README.md\nREADME.md\n!docs\n");
  EXPECT_TRUE(ignore.ignores("README.md"));
  const IgnoreFile kept("*\n!src\n");
  EXPECT_TRUE(kept.has_exceptions());
  EXPECT_TRUE(kept.ignores("other/x"));
  EXPECT_FALSE(kept.ignores("src/x"));
}

TEST(IgnoreFile, SetsAndEscapes) {
  const IgnoreFile ignore("file[0-9].txt\n[^a]x\n\\*lit\n[open\n");
  EXPECT_TRUE(ignore.ignores("file7.txt"));
  EXPECT_FALSE(ignore.ignores("fileA.txt"));
  EXPECT_TRUE(ignore.ignores("bx"));
  EXPECT_FALSE(ignore.ignores("ax"));
  EXPECT_TRUE(ignore.ignores("*lit"));
  EXPECT_FALSE(ignore.ignores("alit"));
  EXPECT_TRUE(ignore.ignores("[open"));
}

TEST(IgnoreFile, CommentsBlankLinesAndByteOrderMark) {
  const IgnoreFile ignore("\xEF\xBB\xBF# not a pattern\n\n  spaced  \r\n#x\n");
  EXPECT_FALSE(ignore.ignores("#x"));
  EXPECT_TRUE(ignore.ignores("spaced"));
  EXPECT_FALSE(IgnoreFile().ignores("anything"));
}

}  // namespace
}  // namespace docker
