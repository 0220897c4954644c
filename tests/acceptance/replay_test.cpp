// A failure of one machine replayed on another: two engines that share nothing, and a registry between them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "docker/images.h"
#include "docker/tar_writer.h"
#include "tests/support/cexec.h"
#include "tests/support/engine.h"
#include "tests/support/second_engine.h"
#include "tests/support/terminal.h"

namespace {

namespace fs = std::filesystem;
using tests::Finished;

std::string content_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A project with one platform whose image is in the registry, and what is needed to run it.
class Project {
 public:
  explicit Project(const std::string& name, const tests::LocalRegistry& in = registry())
      : image_(in.host() + "/" + tests::unique_name(name) + ":1") {
    push(TINY_SERVER_1);
    folder_.write("cexec.yaml", "version: 1\nmode: container-seq\nplatforms:\n  tiny:\n    image: " + image_ +
                                    "\n    environment: {API_TOKEN: do-not-tell-this}\n");
    folder_.write("features/x.feature",
                  "Feature: X\n  Scenario: Fails\n    Given the 'main' process works\n"
                  "    Then the 'main' process always fails\n"
                  "  Scenario: Flakes\n    Then the 'main' process sometimes fails\n");
  }
  ~Project() { std::ignore = docker::remove_image(tests::engine(), image_, tests::patient()); }

  static tests::LocalRegistry& registry() {
    static tests::LocalRegistry registry;
    return registry;
  }
  /// The second engine. It does not have the images of any project.
  static tests::SecondEngine& elsewhere() {
    static tests::SecondEngine engine;
    return engine;
  }

  /// Makes an image of the server, which takes the project's name, here and in the registry.
  void push(const char* server) {
    docker::TarWriter tar;
    tar.add_file("server", 0755, content_of(server));
    tar.finish();
    const auto id =
        docker::import_image(tests::engine(), tar.take_all(), *docker::parse_image_reference(image_),
                             {"ENTRYPOINT [\"/server\"]"}, tests::patient());
    ASSERT_TRUE(id) << id.error().describe();
    Finished pushed;
    for (int i = 0; i < 50 && pushed.exit_code != 0; ++i)
      pushed = tests::run({"docker", "push", "-q", image_});
    ASSERT_EQ(pushed.exit_code, 0) << pushed.err;
  }
  [[nodiscard]] std::string digest() const {
    return docker::inspect_image(tests::engine(), image_, tests::patient())->digests.front();
  }

  Finished cexec(std::vector<std::string> words, std::map<std::string, std::string> environment = {}) const {
    words.insert(words.begin(), CEXEC_PROGRAM);
    return tests::run(words, {folder_.path(), std::move(environment)}, std::chrono::seconds(280));
  }
  Finished cexec_elsewhere(std::vector<std::string> words) const {
    return cexec(std::move(words), {{"DOCKER_HOST", elsewhere().address()}});
  }
  /// The bundle of the case that always fails.
  [[nodiscard]] std::string record(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"features/x.feature:2"};
    words.insert(words.end(), more.begin(), more.end());
    const auto ran = cexec(words);
    EXPECT_EQ(ran.exit_code, 1) << ran.out << ran.err;
    return (folder_.path() / "test-artifacts/bundles/features_x.feature_2_main=tiny.cexec.tar.zst").string();
  }
  [[nodiscard]] const fs::path& folder() const { return folder_.path(); }

 private:
  tests::TempFolder folder_;
  const std::string image_;
};

TEST(Replay, OtherEngineFetchesTheRecordedDigestAlthoughTheTagHasMoved) {
  Project project("moved");
  const auto bundle = project.record();
  EXPECT_LT(fs::file_size(bundle), 1U << 20U);
  const auto recorded = project.digest();
  project.push(TINY_SERVER_2);
  ASSERT_NE(project.digest(), recorded);
  const auto replayed = project.cexec_elsewhere({"replay", bundle});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
  EXPECT_TRUE(has(replayed.out, "pulling " + recorded)) << replayed.out;
  EXPECT_TRUE(has(replayed.out, "same failure: failed: it fails, as version 1 does\n")) << replayed.out;
  EXPECT_TRUE(replayed.out.ends_with("0 objects left behind\n")) << replayed.out;
  // By the case's id, in the artifacts of the last run; the engine has the image by now.
  const auto by_id = project.cexec_elsewhere({"replay", "features/x.feature:2 main=tiny"});
  EXPECT_EQ(by_id.exit_code, 0) << by_id.out << by_id.err;
  EXPECT_FALSE(has(by_id.out, "pulling")) << by_id.out;
}

TEST(Replay, SavedImagesNeedNoRegistry) {
  auto registry = std::make_unique<tests::LocalRegistry>();
  Project project("saved", *registry);
  const auto bundle = project.record();
  const auto without = (project.folder() / "without.zst").string();
  fs::copy_file(bundle, without);
  EXPECT_EQ(project.record({"--save-images"}), bundle);
  registry.reset();
  const auto refused = project.cexec_elsewhere({"replay", without});
  EXPECT_EQ(refused.exit_code, 3) << refused.out << refused.err;
  EXPECT_TRUE(has(refused.err, "the bundle holds no images")) << refused.err;
  const auto replayed = project.cexec_elsewhere({"replay", bundle});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
  EXPECT_TRUE(has(replayed.out, "same failure")) << replayed.out;
}

TEST(Replay, ShellBesideTheFailedServerOnATerminal) {
  Project project("shell");
  const tests::NewObjects objects;
  const auto bundle = project.record();
  tests::Terminal terminal({CEXEC_PROGRAM, "replay", bundle, "--shell", "main"}, project.folder());
  ASSERT_TRUE(terminal.wait_for("a shell beside 'main'")) << terminal.shown();
  // What is typed is echoed: what is waited for is not in it.
  terminal.type("PS1=; stty size | sed 's/^/size /'\r");
  EXPECT_TRUE(terminal.wait_for("size 24 80")) << terminal.shown();
  terminal.type("tr '\\0' ' ' </proc/1/cmdline | sed 's/^/first process: /'\r");
  EXPECT_TRUE(terminal.wait_for("first process: /server")) << terminal.shown();
  terminal.type("while sleep 0.1; do [ \"$(stty size)\" = '30 100' ] && break; done; echo now''wide\r");
  terminal.resize(30, 100);
  EXPECT_TRUE(terminal.wait_for("nowwide")) << terminal.shown();
  terminal.type("echo be''gun; sleep 1000\r");
  EXPECT_TRUE(terminal.wait_for("begun")) << terminal.shown();
  terminal.type("\x03");  // is the shell's, not cexec's
  terminal.type("echo still''here\r");
  EXPECT_TRUE(terminal.wait_for("stillhere")) << terminal.shown();
  terminal.type("exit\r");
  EXPECT_TRUE(terminal.wait_for("same failure")) << terminal.shown();
  EXPECT_EQ(terminal.finish(), 0) << terminal.shown();
  EXPECT_TRUE(terminal.is_cooked());
  EXPECT_EQ(objects.names(), std::vector<std::string>());
}

TEST(Replay, PauseOnFailureEndsWithEnterOrCtrlC) {
  Project project("pause");
  const tests::NewObjects objects;
  const auto bundle = project.record();
  for (const auto& [key, code] : {std::pair{"\r", 0}, std::pair{"\x03", 130}}) {
    tests::Terminal terminal({CEXEC_PROGRAM, "replay", bundle, "--pause-on-failure"}, project.folder());
    ASSERT_TRUE(terminal.wait_for("Enter, or Ctrl-C, ends it")) << terminal.shown();
    terminal.type(key);
    EXPECT_EQ(terminal.finish(), code) << terminal.shown();
    EXPECT_TRUE(terminal.shown().ends_with("0 objects left behind\r\n")) << terminal.shown();
    EXPECT_TRUE(terminal.is_cooked());
  }
  EXPECT_EQ(objects.names(), std::vector<std::string>());
}

TEST(Replay, BundleMasksSecretsWhereverTheyStand) {
  Project project("secret");
  const auto bundle = project.record();
  const auto unpacked = tests::run({"tar", "--zstd", "-xOf", bundle});
  ASSERT_EQ(unpacked.exit_code, 0) << unpacked.err;
  EXPECT_FALSE(has(unpacked.out, "do-not-tell-this"));
  EXPECT_TRUE(has(unpacked.out, "the token is ***")) << unpacked.out;
  EXPECT_TRUE(has(unpacked.out, R"("masked":["API_TOKEN"])"));
  const auto replayed = project.cexec({"replay", bundle, "--env", "API_TOKEN=other"});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
  EXPECT_TRUE(has(replayed.out, "given with --env")) << replayed.out;
}

TEST(Replay, OneProcessAloneIsPlayedTheRecordedMessages) {
  Project project("solo");
  const auto bundle = project.record();
  const auto solo = project.cexec({"replay", bundle, "--solo", "main"});
  EXPECT_EQ(solo.exit_code, 0) << solo.out << solo.err;
  EXPECT_TRUE(has(solo.out, "same failure")) << solo.out;
  const auto wrong = project.cexec({"replay", bundle, "--solo", "mian"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_TRUE(has(wrong.err, "the case has no process 'mian'; did you mean 'main'?")) << wrong.err;
}

TEST(Replay, FlakeIsFoundAndItsShareIsTold) {
  Project project("flake");
  const auto ran = project.cexec({"features/x.feature:5", "--repeat", "400", "--fail-fast", "-q"});
  ASSERT_EQ(ran.exit_code, 1) << ran.out << ran.err;
  const auto folder = project.folder() / "test-artifacts/bundles";
  ASSERT_TRUE(fs::exists(folder));
  const auto bundle = fs::directory_iterator(folder)->path().string();
  const auto found = project.cexec({"replay", bundle, "--until-fail"});
  EXPECT_EQ(found.exit_code, 0) << found.out << found.err;
  EXPECT_TRUE(has(found.out, "failed 1 of ")) << found.out;
  EXPECT_TRUE(has(found.out, "(until the first failure)")) << found.out;
}

TEST(Replay, ActionsLogOfAFailedCaseEndsWithTheLineToCopy) {
  const Project project("actions");
  const auto ran = project.cexec({"features/x.feature:2"}, {{"GITHUB_ACTIONS", "true"}});
  const auto at = ran.out.find(
      "    again: cexec replay test-artifacts/bundles/features_x.feature_2_main=tiny.cexec.tar.zst\n\n");
  EXPECT_NE(at, std::string::npos) << ran.out;
}

TEST(Replay, EvilBundlesAreRefusedWithAClearError) {
  const Project project("evil");
  const auto bundle = project.record();
  const auto evil = [&](const std::string& script) {
    const auto made = (project.folder() / "evil.zst").string();
    const auto ran = tests::run({"sh", "-ec",
                                 "rm -rf e; mkdir e; tar --zstd -xf '" + bundle + "' -C e; cd e; " + script +
                                     "; tar --zstd -cf '" + made + "' $(find * -not -type d)"},
                                {project.folder(), {}});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    const auto replayed = project.cexec({"replay", made});
    EXPECT_EQ(replayed.exit_code, 2) << script << replayed.out << replayed.err;
    return replayed.err;
  };
  EXPECT_TRUE(has(evil("ln -s /etc/passwd evidence/x"), "'evidence/x' is no plain file"));
  EXPECT_TRUE(has(evil("echo evil > cexec.yaml"), "'cexec.yaml' is not what was recorded"));
  EXPECT_TRUE(has(evil("sed -i 's/\"digest\":\"[^\"]*\"/\"digest\":\"x@sha256:1\"/' manifest.json"),
                  "is not NAME@sha256: and 64 digits"));
}

TEST(ImagesLock, MovedTagIsRefusedWithBothDigestsUntilItIsLockedAnew) {
  Project project("lock");
  const auto locked = project.digest();
  EXPECT_EQ(project.cexec({"images", "lock"}).exit_code, 0);
  EXPECT_TRUE(has(content_of(project.folder() / "images.lock"), locked));
  EXPECT_EQ(project.cexec({"images", "--check"}).exit_code, 0);
  EXPECT_EQ(project.cexec({"features/x.feature:2"}).exit_code, 1);
  project.push(TINY_SERVER_2);
  const auto refused = project.cexec({"features/x.feature:2"});
  EXPECT_EQ(refused.exit_code, 3) << refused.out << refused.err;
  EXPECT_TRUE(has(refused.out + refused.err, locked)) << refused.out << refused.err;
  EXPECT_TRUE(has(refused.out + refused.err, project.digest())) << refused.out << refused.err;
  EXPECT_EQ(project.cexec({"images", "--check"}).exit_code, 3);
  // What is locked comes back, by its digest and under the same name.
  const auto pulled = project.cexec({"images", "pull"});
  EXPECT_EQ(pulled.exit_code, 0) << pulled.out << pulled.err;
  EXPECT_EQ(project.cexec({"images", "--check"}).exit_code, 0);
}

TEST(Doctor, EngineHereDoesWhatCexecPromises) {
  const Project project("doctor");
  const auto ran = project.cexec({"doctor"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  for (const auto* topic : {"memory limit", "cpu limit", "pids limit", "read-only root", "out of memory",
                            "shared volume", "build"}) {
    EXPECT_TRUE(has(ran.out, std::string("ok    ") + topic)) << topic << "\n" << ran.out;
  }
}

}  // namespace
