#include "docker/build_context.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <map>

#include "docker/tar_writer.h"
#include "tests/support/temp_folder.h"

namespace docker {
namespace {

namespace fs = std::filesystem;

std::string drain(const BodySource& source, std::size_t piece = 1000) {
  std::string all;
  std::vector<char> buffer(piece);
  while (true) {
    const auto n = source(buffer);
    EXPECT_TRUE(n);
    if (!n || *n == 0) return all;
    all.append(buffer.data(), *n);
  }
}

std::map<std::string, std::string> untar(const std::string& tar) {
  std::map<std::string, std::string> files;
  archive* reader = archive_read_new();
  archive_read_support_format_tar(reader);
  archive_read_open_memory(reader, tar.data(), tar.size());
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
    std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    archive_read_data(reader, content.data(), content.size());
    if (archive_entry_filetype(entry) == AE_IFLNK)
      content = std::string("-> ") + archive_entry_symlink(entry);
    files[archive_entry_pathname(entry)] = content;
    EXPECT_EQ(archive_entry_uid(entry), 0);
    EXPECT_EQ(archive_entry_mtime(entry), 0);
  }
  archive_read_free(reader);
  return files;
}

TEST(BuildContext, TarHoldsFilesFoldersAndLinks) {
  const tests::TempFolder folder;
  folder.write("Dockerfile", "FROM scratch");
  folder.write("src/a.txt", std::string(200'000, 'a'));
  folder.write("src/empty", "");
  folder.write("src/" + std::string(150, 'n'), "long name");
  fs::create_symlink("a.txt", folder.path() / "src/link");
  const auto context = BuildContext::scan(folder.path(), "Dockerfile");
  ASSERT_TRUE(context) << context.error().message;
  const auto files = untar(drain(context->tar()));
  EXPECT_EQ(files.size(), 6u);
  EXPECT_EQ(files.at("src/a.txt").size(), 200'000u);
  EXPECT_EQ(files.at("src/link"), "-> a.txt");
  EXPECT_EQ(files.at("src/" + std::string(150, 'n')), "long name");
  EXPECT_EQ(drain(context->tar(), 7), drain(context->tar()));
}

TEST(BuildContext, IgnoredFilesStayOutTheDockerfileStaysIn) {
  const tests::TempFolder folder;
  folder.write("docker/Dockerfile", "FROM scratch");
  folder.write("keep/x", "1");
  folder.write("drop/x", "1");
  folder.write(".dockerignore", "drop\ndocker\n");
  const auto context = BuildContext::scan(folder.path(), "docker/Dockerfile");
  ASSERT_TRUE(context);
  std::vector<std::string> paths;
  for (const auto& entry : context->entries()) paths.push_back(entry.path);
  EXPECT_EQ(paths, (std::vector<std::string>{".dockerignore", "docker/Dockerfile", "keep", "keep/x"}));
}

TEST(BuildContext, ExceptionInAnIgnoredFolderIsFound) {
  const tests::TempFolder folder;
  folder.write("Dockerfile", "FROM scratch");
  folder.write("drop/keep", "1");
  folder.write("drop/x", "1");
  folder.write(".dockerignore", "drop\n!drop/keep\n");
  const auto context = BuildContext::scan(folder.path(), "Dockerfile");
  ASSERT_TRUE(context);
  EXPECT_EQ(context->entries().back().path, "drop/keep");
}

TEST(BuildContext, DigestFollowsContentModeAndNamesButNotTimes) {
  const tests::TempFolder folder;
  const auto dockerfile = folder.write("Dockerfile", "FROM scratch");
  const auto file = folder.write("a", "1");
  const auto digest = [&] { return BuildContext::scan(folder.path(), "Dockerfile")->digest().value(); };
  const auto first = digest();
  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(5));
  EXPECT_EQ(digest(), first);
  folder.write("a", "2");
  const auto second = digest();
  EXPECT_NE(second, first);
  ::chmod(file.c_str(), 0755);
  const auto third = digest();
  EXPECT_NE(third, second);
  fs::rename(file, folder.path() / "b");
  EXPECT_NE(digest(), third);
}

TEST(BuildContext, WhatCannotBeReadIsNamed) {
  const tests::TempFolder folder;
  EXPECT_FALSE(BuildContext::scan(folder.path() / "none", "Dockerfile"));
  const auto missing = BuildContext::scan(folder.path(), "Dockerfile");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "there is no " + (folder.path() / "Dockerfile").string());
  folder.write("Dockerfile", "FROM scratch");
  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  const auto pipe = BuildContext::scan(folder.path(), "Dockerfile");
  ASSERT_FALSE(pipe);
  EXPECT_NE(pipe.error().message.find("pipe is neither a file"), std::string::npos);
}

TEST(BuildContext, FileThatShrinksMeanwhileEndsTheStream) {
  const tests::TempFolder folder;
  folder.write("Dockerfile", "FROM scratch");
  folder.write("a", std::string(300'000, 'a'));
  const auto context = BuildContext::scan(folder.path(), "Dockerfile");
  const auto source = context->tar();
  std::array<char, 4096> buffer;
  for (std::size_t read = 0; read < 20'000;) read += source(buffer).value();  // now it is being read
  fs::resize_file(folder.path() / "a", 10);
  auto last = source(buffer);
  for (int i = 0; i < 200 && last && *last > 0; ++i) last = source(buffer);
  EXPECT_FALSE(last);
}

TEST(TarWriter, FileFromMemory) {
  TarWriter writer;
  writer.add_file("pause", 0755, "ELF");
  writer.finish();
  EXPECT_EQ(untar(writer.take_all()).at("pause"), "ELF");
}

}  // namespace
}  // namespace docker
