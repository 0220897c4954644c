// docker/ against the real engine: images.
#include "docker/images.h"

#include <gtest/gtest.h>

#include "docker/build_context.h"
#include "docker/container_inspect.h"
#include "docker/image_build.h"
#include "docker/tar_writer.h"
#include "tests/support/engine.h"
#include "tests/support/temp_folder.h"

namespace docker {
namespace {

using tests::engine;
using tests::patient;

/// Removes an image at the end of a test.
struct Tag {
  explicit Tag(const std::string& what) : name(tests::unique_name(what)), text(name + ":1") {}
  ~Tag() { std::ignore = remove_image(engine(), text, patient()); }
  std::string name;
  std::string text;
};

BuildContext context_of(const tests::TempFolder& folder) {
  return BuildContext::scan(folder.path(), "Dockerfile").value();
}

TEST(EngineImages, BuildsFromAFolderWithArguments) {
  const tests::TempFolder folder;
  folder.write("Dockerfile", std::string("FROM ") + tests::kBaseImage +
                                 "\nARG WHAT\nCOPY . /x\nRUN cat /x/a.txt && echo built $WHAT\n"
                                 "USER 1234\nENTRYPOINT [\"/x\"]\n");
  folder.write("a.txt", "content of a");
  folder.write("ignored/b.txt", "b");
  folder.write(".dockerignore", "ignored\n");
  const Tag tag("build");
  BuildOptions options;
  options.tag = tag.text;
  options.args = {{"WHAT", "well"}};
  std::string output;
  const auto id = build_image(
      engine(), context_of(folder), options, [&](std::string_view text) { output += text; }, patient());
  ASSERT_TRUE(id) << id.error().describe() << output;
  EXPECT_NE(output.find("content of a"), std::string::npos) << output;
  EXPECT_NE(output.find("built well"), std::string::npos) << output;
  const auto image = inspect_image(engine(), tag.text, patient());
  ASSERT_TRUE(image);
  EXPECT_EQ(image->id, *id);
  EXPECT_EQ(image->user, "1234");
  EXPECT_EQ(image->entrypoint, std::vector<std::string>{"/x"});
}

TEST(EngineImages, InstructionThatFailsLeavesNoContainer) {
  const tests::TempFolder folder;
  folder.write("Dockerfile", std::string("FROM ") + tests::kBaseImage + "\nRUN echo about to fail; exit 3\n");
  const auto before = list_containers(engine(), {}, patient())->size();
  BuildOptions options;
  options.tag = tests::unique_name("fails") + ":1";
  std::string output;
  const auto id = build_image(
      engine(), context_of(folder), options, [&](std::string_view text) { output += text; }, patient());
  ASSERT_FALSE(id);
  EXPECT_NE(id.error().message.find("returned a non-zero code: 3"), std::string::npos) << id.error().message;
  EXPECT_NE(output.find("about to fail"), std::string::npos);
  EXPECT_LE(list_containers(engine(), {}, patient())->size(), before);
}

TEST(EngineImages, DockerfileThatIsWrongIsToldWithItsLine) {
  const tests::TempFolder folder;
  folder.write("Dockerfile", "FRUM scratch\n");
  const auto id = build_image(engine(), context_of(folder), {}, {}, patient());
  ASSERT_FALSE(id);
  EXPECT_NE(id.error().message.find("FRUM"), std::string::npos) << id.error().message;
}

TEST(EngineImages, BuildCanBeCancelled) {
  const tests::TempFolder folder;
  folder.write("Dockerfile", std::string("FROM ") + tests::kBaseImage + "\nRUN sleep 600\n");
  std::stop_source stop;
  BuildOptions options;
  options.no_cache = true;
  const auto id = build_image(engine(), context_of(folder), options,
                              [&stop](std::string_view text) {
                                if (text.find("RUN sleep") != std::string_view::npos) stop.request_stop();
                              },
                              {base::Deadline::in(std::chrono::seconds(60)), stop.get_token()});
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().kind, ErrorKind::cancelled);
}

TEST(EngineImages, ImportsATarAndListsAndRemovesIt) {
  const Tag tag("import");
  TarWriter tar;
  tar.add_file("hello", 0755, "content");
  tar.finish();
  const auto id =
      import_image(engine(), tar.take_all(), {tag.name, "1", {}},
                   {"ENTRYPOINT [\"/hello\"]", "LABEL io.cexec.test.import=" + tag.name}, patient());
  ASSERT_TRUE(id) << id.error().describe();
  EXPECT_EQ(inspect_image(engine(), tag.text, patient())->entrypoint, std::vector<std::string>{"/hello"});
  const auto list = list_images(engine(), {"io.cexec.test.import=" + tag.name}, patient());
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->front().tags, std::vector<std::string>{tag.text});
  EXPECT_TRUE(remove_image(engine(), tag.text, patient()));
  EXPECT_TRUE(inspect_image(engine(), tag.text, patient()).error().is_status(404));
  EXPECT_TRUE(remove_image(engine(), tag.text, patient()));
}

TEST(EngineImages, PullFromNowhereIsAnErrorWithAMessage) {
  const auto pulled = pull_image(engine(), *parse_image_reference("127.0.0.1:1/none:1"), {}, patient());
  ASSERT_FALSE(pulled);
  EXPECT_FALSE(pulled.error().message.empty());
}

}  // namespace
}  // namespace docker
