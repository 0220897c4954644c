#include "docker/registry_auth.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/fake_engine.h"

namespace docker {
namespace {

using tests::soon;

struct DockerConfig {
  explicit DockerConfig(std::string_view json) { folder.write("config.json", json); }
  Result<std::optional<RegistryAuth>> find(const std::string& registry) const {
    return find_registry_auth(
        registry,
        [this](const std::string& name) -> std::optional<std::string> {
          if (name == "DOCKER_CONFIG") return folder.path().string();
          return std::nullopt;
        },
        soon());
  }
  tests::TempFolder folder;
};

/// A helper of that name in PATH for the time of a test.
class Helper {
 public:
  explicit Helper(const std::string& script) : path_(std::getenv("PATH")) {
    const auto file = folder_.write("docker-credential-test", "#!/bin/sh\n" + script);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    ::setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
  }
  ~Helper() { ::setenv("PATH", path_.c_str(), 1); }
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

 private:
  tests::TempFolder folder_;
  std::string path_;
};

std::string registry(std::string_view reference) {
  return registry_of(*parse_image_reference(reference));
}

TEST(RegistryOf, HostIsToldFromTheFirstPartOfAName) {
  EXPECT_EQ(registry("debian:12"), "https://index.docker.io/v1/");
  EXPECT_EQ(registry("team/app:1"), "https://index.docker.io/v1/");
  EXPECT_EQ(registry("docker.io/library/debian:12"), "https://index.docker.io/v1/");
  EXPECT_EQ(registry("ghcr.io/team/app:1"), "ghcr.io");
  EXPECT_EQ(registry("localhost/app:1"), "localhost");
  EXPECT_EQ(registry("registry:5000/app:1"), "registry:5000");
}

TEST(RegistryAuth, NoConfigurationIsNoCredentials) {
  const auto none = find_registry_auth(
      "ghcr.io", [](const std::string&) { return std::string("/no/such/folder"); }, soon());
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
}

TEST(RegistryAuth, NameAndPasswordComeFromAuths) {
  const DockerConfig config(R"({"auths":{"ghcr.io":{"auth":"bWU6c2U6Y3JldA=="},"other":{}}})");
  const auto auth = config.find("ghcr.io");
  ASSERT_TRUE(auth) << auth.error().describe();
  ASSERT_TRUE(*auth);
  EXPECT_EQ((*auth)->username, "me");
  EXPECT_EQ((*auth)->password, "se:cret");
  EXPECT_FALSE(*config.find("elsewhere.example"));
  EXPECT_FALSE(*config.find("other"));
}

TEST(RegistryAuth, WholeAddressIsTakenForItsHost) {
  const DockerConfig config(R"({"auths":{"https://r.example:5000/v2/":{"identitytoken":"T"}}})");
  EXPECT_EQ((*config.find("r.example:5000"))->identity_token, "T");
}

TEST(RegistryAuth, BrokenFileAndBrokenEntryAreNamed) {
  const auto broken = DockerConfig("{").find("a.example");
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message.find("config.json: byte 1"), std::string::npos) << broken.error().message;
  const auto entry = DockerConfig(R"({"auths":{"a.example":{"auth":"bm90aGluZw=="}}})").find("a.example");
  ASSERT_FALSE(entry);
  EXPECT_NE(entry.error().message.find("auths.a.example.auth"), std::string::npos);
  EXPECT_EQ(entry.error().message.find("nothing"), std::string::npos) << "a secret in a message";
}

TEST(RegistryAuth, HelperIsAskedWithTheRegistryOnItsStdin) {
  const Helper helper(R"sh(test "$1" = get || exit 9
printf '{"ServerURL":"%s","Username":"u","Secret":"s"}' "$(cat)")sh");
  const DockerConfig store(R"({"credsStore":"test","auths":{"a.example":{}}})");
  const auto auth = store.find("a.example");
  ASSERT_TRUE(auth) << auth.error().describe();
  EXPECT_EQ((*auth)->server, "a.example");
  EXPECT_EQ((*auth)->username, "u");
  EXPECT_EQ((*auth)->password, "s");
  const DockerConfig one(R"({"credHelpers":{"b.example":"test"}})");
  EXPECT_TRUE(*one.find("b.example"));
  EXPECT_FALSE(*one.find("c.example"));
}

TEST(RegistryAuth, TokenOfAHelperIsAnIdentityToken) {
  const Helper helper(R"(echo '{"Username":"<token>","Secret":"t"}')");
  const auto auth = DockerConfig(R"({"credsStore":"test"})").find("a.example");
  ASSERT_TRUE(auth && *auth);
  EXPECT_EQ((*auth)->identity_token, "t");
  EXPECT_EQ((*auth)->username, "");
}

TEST(RegistryAuth, HelperWithoutAnEntryIsNoError) {
  const Helper helper("echo 'credentials not found in native keychain'; exit 1");
  const auto auth = DockerConfig(R"({"credsStore":"test"})").find("a.example");
  ASSERT_TRUE(auth) << auth.error().describe();
  EXPECT_FALSE(*auth);
}

TEST(RegistryAuth, HelperThatFailsOrIsMissingIsNamed) {
  const Helper helper("echo 'the store is locked'; exit 1");
  EXPECT_EQ(DockerConfig(R"({"credsStore":"test"})").find("a.example").error().message,
            "the credential helper docker-credential-test has no answer for a.example: the store is locked");
  EXPECT_EQ(DockerConfig(R"({"credsStore":"absent"})").find("a.example").error().message,
            "the credential helper docker-credential-absent cannot be started: No such file or directory");
  EXPECT_FALSE(DockerConfig(R"({"credsStore":"../evil"})").find("a.example"));
}

TEST(RegistryAuthHeader, IsJsonInBase64ForAddresses) {
  RegistryAuth auth;
  auth.server = "a";
  auth.username = "u";
  auth.password = "?>?";
  EXPECT_EQ(registry_auth_header(auth),
            "eyJ1c2VybmFtZSI6InUiLCJwYXNzd29yZCI6Ij8-PyIsInNlcnZlcmFkZHJlc3MiOiJhIn0=");
}

TEST(RegistryConfigHeader, NamesEachRegistry) {
  EXPECT_EQ(registry_config_header({}), "");
  RegistryAuth auth;
  auth.server = "a";
  auth.username = "u";
  auth.password = "p";
  // {"a":{"username":"u","password":"p","serveraddress":"a"}}
  EXPECT_EQ(registry_config_header({{"a", auth}}),
            "eyJhIjp7InVzZXJuYW1lIjoidSIsInBhc3N3b3JkIjoicCIsInNlcnZlcmFkZHJlc3MiOiJhIn19");
}

}  // namespace
}  // namespace docker
