#include "docker/images.h"

#include <gtest/gtest.h>

#include "docker/image_build.h"
#include "docker/json_stream.h"
#include "tests/support/fake_engine.h"

namespace docker {
namespace {

using tests::ScriptedClient;
using tests::soon;

TEST(PullImage, WithoutTagOrDigestIsRefusedHere) {
  ScriptedClient scripted;
  const auto pulled = pull_image(scripted.client, *parse_image_reference("debian"), {}, soon());
  EXPECT_EQ(pulled.error().kind, ErrorKind::bad_input);
  EXPECT_TRUE(scripted.transport.requests.empty());
}

TEST(PullImage, ReportsProgressAndPrefersTheDigest) {
  ScriptedClient scripted;
  scripted.transport.answer(200,
                            R"({"status":"Downloading","id":"l1","progressDetail":{"current":1,"total":2}}
{"status":"Status: done"})");
  std::vector<PullProgress> seen;
  const auto reference = *parse_image_reference("app:1@sha256:" + std::string(64, 'b'));
  EXPECT_TRUE(pull_image(
      scripted.client, reference, [&](const PullProgress& p) { seen.push_back(p); }, soon()));
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].layer, "l1");
  EXPECT_EQ(seen[0].total, 2);
  EXPECT_EQ(scripted.transport.asked(0),
            "POST /v1.41/images/create?fromImage=app&tag=sha256:" + std::string(64, 'b'));
}

TEST(PullImage, FailureWithinTheAnswerIsAnError) {
  ScriptedClient scripted;
  scripted.transport.answer(
      200,
      "{\"status\":\"Pulling\"}\n{\"errorDetail\":{\"message\":\"manifest unknown\"},\"error\":\"x\"}\n");
  EXPECT_EQ(pull_image(scripted.client, *parse_image_reference("app:1"), {}, soon()).error().message,
            "manifest unknown");
}

TEST(ImportImage, SendsTheTarAndGivesTheId) {
  ScriptedClient scripted;
  scripted.transport.answer(200, "{\"status\":\"sha256:77\"}\n").answer(200, "{\"status\":\"done\"}\n");
  const auto tag = *parse_image_reference("app:1");
  EXPECT_EQ(import_image(scripted.client, "TAR", tag, {"ENTRYPOINT [\"/p\"]"}, soon()).value(), "sha256:77");
  EXPECT_EQ(scripted.transport.requests[0].body, "TAR");
  EXPECT_EQ(import_image(scripted.client, "TAR", tag, {}, soon()).error().kind, ErrorKind::malformed);
}

TEST(InspectImage, ReadsIdentity) {
  ScriptedClient scripted;
  scripted.transport.answer(200, R"({"Id":"sha256:1","RepoTags":["a:1"],"RepoDigests":null,"Os":"linux",
    "Architecture":"amd64","Size":7,"Config":{"User":"1000","Entrypoint":["/x"]}})");
  const auto image = inspect_image(scripted.client, "a:1", soon());
  ASSERT_TRUE(image);
  EXPECT_EQ(image->user, "1000");
  EXPECT_EQ(image->tags, std::vector<std::string>{"a:1"});
  EXPECT_TRUE(image->digests.empty());
}

TEST(RemoveImage, MissingIsFineInUseIsNot) {
  ScriptedClient scripted;
  scripted.transport.answer(404, "{}").answer(409, R"({"message":"in use"})");
  EXPECT_TRUE(remove_image(scripted.client, "a:1", soon()));
  EXPECT_FALSE(remove_image(scripted.client, "a:1", soon()));
}

struct Folder {
  Folder() { temp.write("Dockerfile", "FROM scratch\n"); }
  tests::TempFolder temp;
};

TEST(BuildImage, StreamsTheContextAndGivesTheId) {
  const Folder folder;
  const auto context = BuildContext::scan(folder.temp.path(), "Dockerfile");
  ASSERT_TRUE(context);
  ScriptedClient scripted;
  scripted.transport.answer(200, "{\"stream\":\"Step 1/1\\n\"}\n{\"aux\":{\"ID\":\"sha256:9\"}}\n");
  BuildOptions options;
  options.tag = "t:1";
  options.args = {{"A", "b"}};
  options.network = "host";
  std::string output;
  const auto id = build_image(
      scripted.client, *context, options, [&](std::string_view text) { output += text; }, soon());
  ASSERT_TRUE(id) << id.error().message;
  EXPECT_EQ(*id, "sha256:9");
  EXPECT_EQ(output, "Step 1/1\n");
  EXPECT_NE(scripted.transport.streamed_bodies.at(0).find("FROM scratch"), std::string::npos);
  EXPECT_EQ(scripted.transport.asked(0),
            "POST /v1.41/build?t=t:1&dockerfile=Dockerfile&rm=1&forcerm=1&buildargs=%7B%22A%22:%22b%22%7D"
            "&networkmode=host");
}

TEST(BuildImage, FailingInstructionIsItsMessage) {
  const Folder folder;
  const auto context = BuildContext::scan(folder.temp.path(), "Dockerfile");
  ScriptedClient scripted;
  scripted.transport.answer(200, "{\"error\":\"The command returned a non-zero code: 1\"}\n");
  EXPECT_EQ(build_image(scripted.client, *context, {}, {}, soon()).error().message,
            "The command returned a non-zero code: 1");
}

TEST(JsonStream, EverySplitGivesTheSameLines) {
  const std::string bytes = "{\"a\":1}\r\n\n{\"a\":2}\n{\"a\":3}";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    std::vector<std::int64_t> seen;
    JsonStream lines([&](const base::json::Value& line) -> Result<void> {
      seen.push_back(base::json::int_or(base::json::find(&line, "a")));
      return {};
    });
    EXPECT_TRUE(lines.feed(bytes.substr(0, cut)));
    EXPECT_TRUE(lines.feed(bytes.substr(cut)));
    EXPECT_TRUE(lines.finish());
    EXPECT_EQ(seen, (std::vector<std::int64_t>{1, 2, 3})) << cut;
  }
}

TEST(JsonStream, LineWithoutEndIsNotCollectedForEver) {
  JsonStream lines([](const base::json::Value&) -> Result<void> { return {}; });
  const std::string piece(std::size_t{1} << 20U, 'x');
  Result<void> fed;
  for (int i = 0; i < 8 && fed; ++i) fed = lines.feed(piece);
  EXPECT_EQ(fed.error().kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace docker
