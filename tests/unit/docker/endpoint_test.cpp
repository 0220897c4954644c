#include "docker/endpoint.h"

#include <gtest/gtest.h>

#include <map>

#include "docker/sha256.h"
#include "tests/support/temp_folder.h"

namespace docker {
namespace {

Environment environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto it = variables.find(name);
    return it == variables.end() ? std::nullopt : std::optional(it->second);
  };
}

TEST(Sha256, KnownDigest) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ParseEndpoint, UnixAndTcp) {
  EXPECT_EQ(parse_endpoint("unix:///run/d.sock")->socket_path, "/run/d.sock");
  const auto tcp = parse_endpoint("tcp://engine.example:2376/");
  EXPECT_EQ(tcp->host, "engine.example");
  EXPECT_EQ(tcp->port, 2376);
  const auto v6 = parse_endpoint("tcp://[::1]:2375");
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->address(), "tcp://[::1]:2375");
}

TEST(ParseEndpoint, WrongAddressesSayWhy) {
  EXPECT_EQ(parse_endpoint("/var/run/docker.sock").error().message,
            "'/var/run/docker.sock' is no engine address; expected unix:///path or tcp://host:port");
  EXPECT_EQ(parse_endpoint("ssh://me@host").error().kind, ErrorKind::bad_input);
  EXPECT_EQ(parse_endpoint("tcp://host:99999").error().message, "'tcp://host:99999': '99999' is no port");
  EXPECT_FALSE(parse_endpoint("tcp://:2375"));
  EXPECT_FALSE(parse_endpoint("unix://"));
}

TEST(FindEndpoint, NothingSetIsTheDefaultSocket) {
  const auto endpoint = find_endpoint(environment({{"HOME", "/nowhere"}}));
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(endpoint->address(), "unix:///var/run/docker.sock");
  EXPECT_EQ(endpoint->origin, "the default socket");
}

TEST(FindEndpoint, DockerHostWinsOverTheContext) {
  const auto endpoint = find_endpoint(environment({{"DOCKER_HOST", "tcp://h"}, {"DOCKER_CONTEXT", "other"}}));
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(endpoint->address(), "tcp://h:2375");
  EXPECT_EQ(endpoint->origin, "DOCKER_HOST");
  EXPECT_FALSE(endpoint->tls);
}

TEST(FindEndpoint, TlsVerifyTakesCertificatesAndTheTlsPort) {
  const auto endpoint = find_endpoint(
      environment({{"DOCKER_HOST", "tcp://h"}, {"DOCKER_TLS_VERIFY", "1"}, {"DOCKER_CERT_PATH", "/certs"}}));
  ASSERT_TRUE(endpoint && endpoint->tls);
  EXPECT_EQ(endpoint->port, 2376);
  EXPECT_EQ(endpoint->tls->ca, "/certs/ca.pem");
  EXPECT_TRUE(endpoint->tls->verify);
}

TEST(FindEndpoint, CurrentContextOfTheConfiguration) {
  const tests::TempFolder folder;
  folder.write("config.json", R"({"currentContext":"ci"})");
  const auto key = sha256_hex("ci");
  folder.write("contexts/meta/" + key + "/meta.json",
               R"({"Name":"ci","Endpoints":{"docker":{"Host":"tcp://ci:2376","SkipTLSVerify":true}}})");
  folder.write("contexts/tls/" + key + "/docker/ca.pem", "x");
  const auto endpoint = find_endpoint(environment({{"DOCKER_CONFIG", folder.path().string()}}));
  ASSERT_TRUE(endpoint) << endpoint.error().message;
  EXPECT_EQ(endpoint->address(), "tcp://ci:2376");
  EXPECT_EQ(endpoint->origin, "the docker context 'ci'");
  ASSERT_TRUE(endpoint->tls);
  EXPECT_FALSE(endpoint->tls->verify);
  EXPECT_EQ(endpoint->tls->key, "");
}

TEST(FindEndpoint, ContextThatDoesNotExistIsNamed) {
  const tests::TempFolder folder;
  const auto endpoint =
      find_endpoint(environment({{"DOCKER_CONFIG", folder.path().string()}, {"DOCKER_CONTEXT", "gone"}}));
  ASSERT_FALSE(endpoint);
  EXPECT_TRUE(endpoint.error().message.starts_with("the docker context 'gone' does not exist"));
}

TEST(FindEndpoint, BrokenConfigurationIsAnErrorAndNotIgnored) {
  const tests::TempFolder folder;
  folder.write("config.json", "{oops");
  EXPECT_FALSE(find_endpoint(environment({{"DOCKER_CONFIG", folder.path().string()}})));
}

}  // namespace
}  // namespace docker
