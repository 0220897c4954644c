// docker/ against the real engine and a real registry: Debian's docker-registry on the loopback address.
#include <gtest/gtest.h>

#include "docker/image_build.h"
#include "docker/images.h"
#include "docker/registry_auth.h"
#include "docker/tar_writer.h"
#include "tests/support/engine.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace docker {
namespace {

using tests::engine;
using tests::patient;

/// htpasswd(1) for "me" with "pw-of-the-test".
constexpr const char* kPasswords = "me:$2b$04$ab1MLSOdgx4oay38J4xFS.pUfIJlfM7YkA2A/UWBlhRdr6No3zuS2\n";

/// A registry of the test's own, ended with it. `access` is more of its configuration.
class Registry {
 public:
  explicit Registry(const std::string& access = {})
      : port_(tests::free_port()),
        process_({"docker-registry", "serve",
                  folder_
                      .write("config.yml",
                             "version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: " +
                                 (folder_.path() / "data").string() +
                                 "}}\nhttp: {addr: 127.0.0.1:" + std::to_string(port_) + "}\n" + access)
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

/// Makes an image of that name, and has it nowhere but in the registry.
std::string push_image(const std::string& name, const std::string& docker_config) {
  TarWriter tar;
  tar.add_file("hello", 0755, "content of " + name);
  tar.finish();
  const auto id = import_image(engine(), tar.take_all(), {name, "1", {}}, {}, patient());
  if (!id) return id.error().describe();
  tests::Finished pushed;
  for (int i = 0; i < 50 && pushed.exit_code != 0; ++i)
    pushed = tests::run({"docker", "--config", docker_config, "push", "-q", name + ":1"});
  if (pushed.exit_code != 0) return pushed.err;
  const auto removed = remove_image(engine(), name + ":1", patient());
  return removed ? std::string() : removed.error().describe();
}

TEST(EngineRegistry, BuildUponAPrivateImageNeedsItsCredentials) {
  const tests::TempFolder folder;
  const auto passwords = folder.write("passwords", kPasswords).string();
  const Registry registry("auth: {htpasswd: {realm: test, path: " + passwords + "}}\n");
  folder.write("config/config.json", "{\"auths\":{\"" + registry.host() +
                                         "\":{\"username\":\"me\",\"password\":\"pw-of-the-test\","
                                         "\"auth\":\"bWU6cHctb2YtdGhlLXRlc3Q=\"}}}");
  const auto name = registry.host() + "/" + tests::unique_name("private");
  ASSERT_EQ(push_image(name, (folder.path() / "config").string()), "");
  folder.write("context/Dockerfile", "FROM " + name + ":1\n");
  const auto context = BuildContext::scan(folder.path() / "context", "Dockerfile");
  ASSERT_TRUE(context);

  BuildOptions options;
  options.tag = tests::unique_name("built") + ":1";
  const auto refused = build_image(engine(), *context, options, {}, patient());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("no basic auth credentials"), std::string::npos)
      << refused.error().message;

  const auto found = find_registry_auth(
      registry.host(), [&](const std::string&) { return (folder.path() / "config").string(); }, patient());
  ASSERT_TRUE(found && *found);
  options.registry_config = registry_config_header({{registry.host(), **found}});
  const auto built = build_image(engine(), *context, options, {}, patient());
  EXPECT_TRUE(built) << built.error().describe();
  EXPECT_TRUE(remove_image(engine(), options.tag, patient()));
  EXPECT_TRUE(remove_image(engine(), name + ":1", patient()));
}

}  // namespace
}  // namespace docker
