#include "executor/image/resolve.h"

#include <gtest/gtest.h>

#include "tests/support/fake_engine.h"

namespace executor::image {
namespace {

using tests::ScriptedClient;
using tests::soon;

struct Resolving {
  Resolving() { platform.name = model::PlatformName("Python"); }
  tl::expected<model::PlatformImage, Error> resolve() {
    return image::resolve(scripted.client, platform,
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
  r.scripted.transport.answer(404, "{}").answer(
      200, "{\"stream\":\"Step 1/1 : FROM\\n\"}\n{\"aux\":{\"ID\":\"sha256:4\"}}\n");
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

TEST(Resolve, PlatformWithoutImageIsNamed) {
  Resolving r;
  EXPECT_EQ(r.resolve().error().reason, "platform 'Python' has neither build nor image");
}

}  // namespace
}  // namespace executor::image
