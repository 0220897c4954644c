// docker/ against the real engine and a real registry: Debian's docker-registry on the loopback address.
#include <gtest/gtest.h>

#include "docker/images.h"
#include "docker/tar_writer.h"
#include "tests/support/engine.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace docker {
namespace {

using tests::engine;
using tests::patient;

/// A registry of the test's own, ended with it.
class Registry {
 public:
  Registry()
      : port_(tests::free_port()),
        process_({"docker-registry", "serve",
                  folder_
                      .write("config.yml",
                             "version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: " +
                                 (folder_.path() / "data").string() +
                                 "}}\nhttp: {addr: 127.0.0.1:" + std::to_string(port_) + "}\n")
                      .string()}) {}

  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  tests::TempFolder folder_;
  int port_;
  tests::Process process_;
};

TEST(EngineRegistry, PullsByTagAndByDigest) {
  const Registry registry;
  const auto name = registry.host() + "/" + tests::unique_name("pushed");
  TarWriter tar;
  tar.add_file("hello", 0755, "content of " + name);
  tar.finish();
  const auto id = import_image(engine(), tar.take_all(), {name, "1", {}}, {}, patient());
  ASSERT_TRUE(id) << id.error().describe();
  tests::Finished pushed;
  for (int i = 0; i < 50 && pushed.exit_code != 0; ++i)
    pushed = tests::run({"docker", "push", "-q", name + ":1"});
  ASSERT_EQ(pushed.exit_code, 0) << pushed.err;
  const auto digests = inspect_image(engine(), name + ":1", patient())->digests;
  ASSERT_EQ(digests.size(), 1u);
  ASSERT_TRUE(remove_image(engine(), name + ":1", patient()));

  std::vector<std::string> seen;
  const auto by_tag = pull_image(
      engine(), *parse_image_reference(name + ":1"), [&](const PullProgress& p) { seen.push_back(p.status); },
      patient());
  ASSERT_TRUE(by_tag) << by_tag.error().describe();
  EXPECT_NE(std::find(seen.begin(), seen.end(), "Pull complete"), seen.end());
  ASSERT_TRUE(remove_image(engine(), name + ":1", patient()));

  ASSERT_TRUE(pull_image(engine(), *parse_image_reference(digests.front()), {}, patient()));
  EXPECT_EQ(inspect_image(engine(), digests.front(), patient())->id, *id);
  EXPECT_TRUE(remove_image(engine(), digests.front(), patient()));
  const auto missing = pull_image(engine(), *parse_image_reference(name + ":2"), {}, patient());
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("not found"), std::string::npos) << missing.error().message;
}

}  // namespace
}  // namespace docker
