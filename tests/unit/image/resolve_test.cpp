#include "executor/image/resolve.h"

#include <gtest/gtest.h>

#include "docker/registry_auth.h"
#include "executor/image/pull_meter.h"
#include "tests/support/fake_engine.h"

namespace executor::image {
namespace {

using tests::ScriptedClient;
using tests::soon;

struct Resolving {
  Resolving() { platform.name = model::PlatformName("Python"); }
  tl::expected<model::PlatformImage, Error> resolve() {
    return image::resolve(scripted.client, platform, options,
                          {[this](std::string_view text) { phases.emplace_back(text); },
                           [this](std::string_view text) { output.emplace_back(text); }},
                          soon());
  }
  void from_folder() {
    folder.write("Dockerfile", "FROM scratch\n");
    platform.build = config::Build{folder.path(), "Dockerfile", {}, {}, {}};
  }

  tests::TempFolder folder;
  ScriptedClient scripted;
  config::Platform platform;
  Options options;
  std::vector<std::string> phases;
  std::vector<std::string> output;
};

TEST(Resolve, NamedImageThatIsThereIsNotPulled) {
  Resolving r;
  r.platform.image = "debian";
  r.scripted.transport.answer(200, R"({"Id":"sha256:1"})");
  EXPECT_EQ(r.resolve()->id, "sha256:1");
  EXPECT_TRUE(r.phases.empty());
}

TEST(Resolve, NamedImageThatIsMissingIsPulledByTag) {
  Resolving r;
  r.platform.image = "debian";
  r.scripted.transport.answer(404, "{}")
      .answer(200, R"({"status":"Pulling"})")
      .answer(200, R"({"Id":"sha256:2"})");
  EXPECT_EQ(r.resolve()->id, "sha256:2");
  EXPECT_EQ(r.phases, std::vector<std::string>{"pulling debian:latest"});
  EXPECT_EQ(r.scripted.transport.asked(1), "POST /v1.41/images/create?fromImage=debian&tag=latest");
}

TEST(Resolve, PullThatFailsNamesTheImageAndWhatToDo) {
  Resolving r;
  r.platform.image = "nope:1";
  r.scripted.transport.answer(404, "{}").answer(404, R"({"message":"manifest for nope:1 not found"})");
  const auto error = r.resolve().error();
  EXPECT_EQ(error.reason,
            "platform 'Python': the engine does not have nope:1 and could not pull it: manifest for nope:1 "
            "not found");
  EXPECT_TRUE(error.hint.starts_with("is the name right?"));
}

TEST(Resolve, WrongReferenceIsNamed) {
  Resolving r;
  r.platform.image = "No Such";
  EXPECT_TRUE(
      r.resolve().error().reason.starts_with("platform 'Python': `image`: 'No Such' is no image reference"));
}

TEST(Resolve, BuiltImageIsReusedWhileItsContentIsTheSame) {
  Resolving r;
  r.from_folder();
  const auto tag_now = [&r] {
    r.scripted.transport.answer(404, "{}");
    return look_up(r.scripted.client, r.platform, soon())->reference;
  };
  const auto tag = tag_now();
  EXPECT_TRUE(tag.starts_with("cexec-python:"));
  r.scripted.transport.answer(200, R"({"Id":"sha256:3"})");
  EXPECT_EQ(r.resolve()->reference, tag);
  EXPECT_EQ(r.scripted.transport.asked(1), "GET /v1.41/images/" + tag + "/json");
  r.platform.build->args = {{"A", "1"}};
  const auto with_args = tag_now();
  EXPECT_NE(with_args, tag);
  r.folder.write("new", "file");
  EXPECT_NE(tag_now(), with_args);
}

TEST(LookUp, TellsWhatIsThereAndStartsNothing) {
  Resolving r;
  r.platform.image = "debian:12";
  r.scripted.transport.answer(200, R"({"Id":"sha256:1","Size":7})").answer(404, "{}");
  const auto there = look_up(r.scripted.client, r.platform, soon());
  EXPECT_EQ(there->id, "sha256:1");
  EXPECT_EQ(there->size, 7);
  EXPECT_EQ(look_up(r.scripted.client, r.platform, soon())->id, "");
  r.platform.image.clear();
  EXPECT_EQ(look_up(r.scripted.client, r.platform, soon()).error().reason,
            "platform 'Python' has neither build nor image");
}

TEST(Resolve, MissingBuiltImageIsBuilt) {
  Resolving r;
  r.from_folder();
  r.scripted.transport.answer(404, "{}")
      .answer(200, "{\"stream\":\"Step 1/1 : FROM\\n\"}\n{\"aux\":{\"ID\":\"sha256:4\"}}\n")
      .answer(200, R"({"Id":"sha256:4"})");
  EXPECT_EQ(r.resolve()->id, "sha256:4");
  EXPECT_EQ(r.output, std::vector<std::string>{"Step 1/1 : FROM"});
}

TEST(Resolve, FailedBuildShowsItsLastLines) {
  Resolving r;
  r.from_folder();
  std::string body;
  for (int i = 0; i < 50; ++i) body += "{\"stream\":\"line " + std::to_string(i) + "\\n\"}\n";
  r.scripted.transport.answer(404, "{}").answer(200, body + "{\"error\":\"returned a non-zero code: 1\"}\n");
  const auto error = r.resolve().error();
  EXPECT_EQ(error.reason, "platform 'Python': its image could not be built: returned a non-zero code: 1");
  EXPECT_TRUE(error.build_output.starts_with("line 20\n"));
  EXPECT_TRUE(error.build_output.ends_with("line 49\n"));
}

Lock locked(const config::Platform& platform, const std::string& digest, const std::string& id) {
  return {{platform.name, {platform.image, digest, id, "linux/amd64"}}};
}

TEST(Resolve, TellsDigestArchitectureAndHowItWasObtained) {
  Resolving r;
  r.platform.image = "host:5000/app:1";
  r.scripted.transport.answer(200, R"({"Id":"sha256:1","Os":"linux","Architecture":"arm64",
    "RepoDigests":["other@sha256:7","host:5000/app@sha256:8"]})");
  const auto image = *r.resolve();
  EXPECT_EQ(image.repo_digest, "host:5000/app@sha256:8");
  EXPECT_EQ(image.architecture, "linux/arm64");
  EXPECT_EQ(image.obtained, model::Obtained::found);
}

TEST(Resolve, LockedImageIsUsedAndAnotherIsRefusedWithBothDigests) {
  Resolving r;
  r.platform.image = "app:1";
  const auto lock = locked(r.platform, "app@sha256:old", "sha256:1");
  r.options.lock = &lock;
  r.scripted.transport.answer(200, R"({"Id":"sha256:9","RepoDigests":["app@sha256:old"]})")
      .answer(200, R"({"Id":"sha256:1","RepoDigests":["app@sha256:recompressed"]})")
      .answer(200, R"({"Id":"sha256:2","RepoDigests":["app@sha256:new"]})");
  EXPECT_TRUE(r.resolve());
  EXPECT_TRUE(r.resolve());
  EXPECT_EQ(r.resolve().error().reason,
            "platform 'Python': images.lock holds app@sha256:old, and app:1 is app@sha256:new");
}

TEST(Resolve, PlatformThatTheLockDoesNotNameIsRefused) {
  Resolving r;
  r.platform.image = "app:1";
  const Lock lock;
  r.options.lock = &lock;
  r.scripted.transport.answer(200, R"({"Id":"sha256:9"})");
  EXPECT_EQ(r.resolve().error().reason, "platform 'Python': images.lock does not name it");
}

TEST(Resolve, LockHoldsABuildToItsContentBeforeItIsBuilt) {
  Resolving r;
  r.from_folder();
  Lock lock = locked(r.platform, {}, "sha256:1");
  lock.begin()->second.reference = "cexec-python:0000";
  r.options.lock = &lock;
  const auto error = r.resolve().error();
  EXPECT_TRUE(
      error.reason.starts_with("platform 'Python': images.lock holds cexec-python:0000 (sha256:1), and "
                               "the folder's content makes cexec-python:"))
      << error.reason;
  EXPECT_TRUE(r.scripted.transport.requests.empty());
}

TEST(Resolve, PullAnewUnderALockPullsTheDigestAndSetsTheTag) {
  Resolving r;
  r.platform.image = "app:1";
  const auto digest = "app@sha256:" + std::string(64, 'b');
  const auto lock = locked(r.platform, digest, "sha256:1");
  r.options.lock = &lock;
  r.options.pull_anew = true;
  r.scripted.transport.answer(200, R"({"Id":"sha256:2"})")
      .answer(200, "{}")
      .answer(201)
      .answer(200, R"({"Id":"sha256:1"})");
  EXPECT_EQ(r.resolve()->obtained, model::Obtained::pulled);
  EXPECT_EQ(r.scripted.transport.asked(1),
            "POST /v1.41/images/create?fromImage=app&tag=sha256:" + std::string(64, 'b'));
  EXPECT_EQ(r.scripted.transport.asked(2),
            "POST /v1.41/images/" + docker::percent_encode(digest) + "/tag?repo=app&tag=1");
}

TEST(Resolve, CredentialsOfTheRegistryGoWithAPull) {
  Resolving r;
  r.folder.write("config.json", R"({"auths":{"host:5000":{"auth":"bWU6cHc="}}})");
  r.options.environment = [&r](const std::string&) { return r.folder.path().string(); };
  r.platform.image = "host:5000/app:1";
  r.scripted.transport.answer(404, "{}").answer(200, "{}").answer(200, R"({"Id":"sha256:1"})");
  EXPECT_TRUE(r.resolve());
  ASSERT_EQ(r.scripted.transport.requests[1].headers.size(), 1U);
  EXPECT_EQ(r.scripted.transport.requests[1].headers[0].first, "X-Registry-Auth");
}

TEST(Resolve, BuildHasTheCredentialsOfWhatItBuildsUponAndNoOthers) {
  Resolving r;
  r.from_folder();
  r.folder.write("Dockerfile", "ARG FROM_WHERE\nFROM $FROM_WHERE/base:1\n");
  r.platform.build->args = {{"FROM_WHERE", "host:5000"}};
  r.folder.write("config.json",
                 R"({"auths":{"host:5000":{"auth":"bWU6cHc="},"other:5000":{"auth":"bWU6cHc="}}})");
  r.options.environment = [&r](const std::string&) { return r.folder.path().string(); };
  r.scripted.transport.answer(404, "{}")
      .answer(200, R"({"aux":{"ID":"sha256:9"}})")
      .answer(200, R"({"Id":"sha256:9"})");
  ASSERT_TRUE(r.resolve());
  const auto& headers = r.scripted.transport.requests[1].headers;
  ASSERT_EQ(headers.size(), 1U);
  EXPECT_EQ(headers[0].first, "X-Registry-Config");
  const docker::RegistryAuth auth{"host:5000", "me", "pw", {}, {}};
  EXPECT_EQ(headers[0].second, docker::registry_config_header({{"host:5000", auth}}));
}

TEST(Resolve, BuildUponAPublicImageHasNone) {
  Resolving r;
  r.from_folder();
  r.folder.write("config.json", R"({"auths":{"other:5000":{"auth":"bWU6cHc="}}})");
  r.options.environment = [&r](const std::string&) { return r.folder.path().string(); };
  r.scripted.transport.answer(404, "{}")
      .answer(200, R"({"aux":{"ID":"sha256:9"}})")
      .answer(200, R"({"Id":"sha256:9"})");
  ASSERT_TRUE(r.resolve());
  EXPECT_TRUE(r.scripted.transport.requests[1].headers.empty());
}

TEST(Resolve, BuildWhoseCredentialsCannotBeHadSaysSo) {
  Resolving r;
  r.from_folder();
  r.folder.write("Dockerfile", "FROM host:5000/base:1\n");
  r.folder.write("config.json", R"({"credHelpers":{"host:5000":"absent"}})");
  r.options.environment = [&r](const std::string&) { return r.folder.path().string(); };
  r.scripted.transport.answer(404, "{}");
  EXPECT_EQ(r.resolve().error().reason,
            "platform 'Python': no credentials for host:5000: the credential helper "
            "docker-credential-absent cannot be started: No such file or directory");
}

TEST(ResolveAll, ResultsStandInTheirOrderAndAFailureCancelsTheOthers) {
  tests::FakeEngine engine([](tests::FakeConnection& connection) {
    for (auto head = connection.read_head(); !head.empty(); head = connection.read_head()) {
      if (head.find("/images/good:1/json") != std::string::npos) {
        connection.respond(200, R"({"Id":"sha256:1"})");
      } else if (head.find("/images/slow:1/json") != std::string::npos) {
        connection.wait_for_close();  // until its request is cancelled
        return;
      } else {
        connection.respond(500, R"({"message":"no"})");
      }
    }
  });
  const auto client = engine.client();
  std::vector<config::Platform> platforms(3);
  std::vector<const config::Platform*> pointers;
  for (std::size_t i = 0; i < 3; ++i) {
    platforms[i].image = std::vector<std::string>{"good:1", "slow:1", "bad:1"}[i];
    pointers.push_back(&platforms[i]);
  }
  const auto results = resolve_all(
      client, pointers, {},
      [](const config::Platform&) {
        return Progress{[](std::string_view) {}, {}};
      },
      true, soon());
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results[0]->id, "sha256:1");
  EXPECT_TRUE(results[1].error().cancelled);
  EXPECT_FALSE(results[2].error().cancelled);
}

TEST(PullMeter, CountsLayersAndBytes) {
  const std::function<void(std::string_view)> nobody;
  PullMeter meter("app:1", nobody);
  meter.add({"1", "Pulling from app", 0, 0});
  meter.add({"l1", "Downloading", 512 << 10, 2 << 20});
  meter.add({"l2", "Downloading", 1 << 20, 1 << 20});
  meter.add({"l2", "Pull complete", 0, 0});
  meter.add({"l3", "Already exists", 0, 0});
  EXPECT_EQ(meter.text(), "pulling app:1: 2 of 3 layers, 1.5 MiB of 3 MiB");
}

TEST(Resolve, PlatformWithoutImageIsNamed) {
  Resolving r;
  EXPECT_EQ(r.resolve().error().reason, "platform 'Python' has neither build nor image");
}

}  // namespace
}  // namespace executor::image
