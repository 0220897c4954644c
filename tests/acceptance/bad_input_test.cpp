// What a user gets for a mistake: a message that names the thing, the likely cause and what to do, the
// documented exit code, and nothing left in the engine.
#include <gtest/gtest.h>
#include <unistd.h>

#include "docker/images.h"
#include "tests/support/cexec.h"
#include "tests/support/engine.h"
#include "tests/support/temp_folder.h"

namespace {

using tests::Finished;

const std::string kFeature = "Feature: f\n  Scenario: s\n    When the 'w' process writes\n";

class BadInput : public testing::Test {
 protected:
  BadInput() { folder_.write("features/x.feature", kFeature); }
  ~BadInput() override { EXPECT_EQ(objects_.names(), std::vector<std::string>()); }

  void config(const std::string& platform) {
    folder_.write("cexec.yaml", "version: 1\nmode: container-seq\nplatforms:\n  p:\n" + platform);
  }
  Finished cexec(std::vector<std::string> words = {},
                 const std::map<std::string, std::string>& environment = {}) {
    words.insert(words.begin(), CEXEC_PROGRAM);
    return tests::run(words, {folder_.path(), environment});
  }
  static void expect(const Finished& ran, int code, const std::string& text) {
    EXPECT_EQ(ran.exit_code, code) << ran.out << ran.err;
    EXPECT_NE((ran.out + ran.err).find(text), std::string::npos) << "'" << text << "' is not in\n"
                                                                 << ran.out << ran.err;
  }

  tests::NewObjects objects_;
  tests::TempFolder folder_;
};

TEST_F(BadInput, NoConfig) {
  expect(cexec(), 2, "cexec: there is no cexec.yaml in this folder or above it");
}

TEST_F(BadInput, ConfigWithMistakes) {
  config("    image: x\n    mem_limt: 5m\n    cpus: many\n");
  const auto ran = cexec();
  expect(ran, 2, "cexec: cexec.yaml:6: platforms.p.mem_limt: unknown key; did you mean 'mem_limit'?\n");
  expect(ran, 2, "cexec: cexec.yaml:7: platforms.p.cpus: expected a number above 0, found 'many'\n");
}

TEST_F(BadInput, FeatureWithMistakes) {
  config("    image: x\n");
  folder_.write("features/x.feature", kFeature + "    Thn the 'w' process reads\n");
  const auto ran = cexec();
  expect(ran, 2, "cexec: features/x.feature:4:5: expected ");
  expect(ran, 2, "; did you mean 'Then'?\n");
}

TEST_F(BadInput, StepThatNamesNoProcess) {
  config("    image: x\n");
  folder_.write("features/x.feature", kFeature + "    Then something happens\n");
  expect(
      cexec(), 2,
      "cexec: features/x.feature:4:5: 'something happens' names no process; write \"the 'NAME' process …\"");
}

TEST_F(BadInput, UnknownOptionPathAndPlatform) {
  config("    image: x\n");
  expect(cexec({"--contaner-seq"}), 2, "unknown option '--contaner-seq'; did you mean '--container-seq'?");
  expect(cexec({"features/y.feature"}), 2,
         "there is no features/y.feature; did you mean 'features/x.feature'?");
  expect(cexec({"--combo", "w=q"}), 2, "--combo w=q: there is no platform 'q'");
  expect(cexec({"--timeout", "soon"}), 2, "--timeout: 'soon' is no duration");
}

TEST_F(BadInput, NoModeNeedsACommandOfEachPlatform) {
  folder_.write("cexec.yaml", "version: 1\nplatforms: {p: {image: x}}\n");
  expect(cexec(), 2, "cexec.yaml:2: platforms.p: has no `process`");
  expect(cexec(), 2, "--container-seq runs it in one");
}

TEST_F(BadInput, NothingSelected) {
  config("    image: x\n");
  expect(cexec({"features/x.feature:99"}), 4,
         "nothing selected: no scenario stands at features/x.feature:99");
  folder_.write("features/x.feature", "Feature: empty\n");
  expect(cexec(), 4, "nothing selected");
}

TEST_F(BadInput, EngineThatIsNotThere) {
  config("    image: x\n");
  const auto ran = cexec({}, {{"DOCKER_HOST", "unix:///nonexistent/docker.sock"}});
  expect(
      ran, 3,
      "cexec: no engine answers at unix:///nonexistent/docker.sock (DOCKER_HOST): No such file or directory");
  expect(ran, 3, "scripts/engine start");
  expect(cexec({}, {{"DOCKER_HOST", "tcp://127.0.0.1:1"}}), 3, "no engine answers at tcp://127.0.0.1:1");
  const auto other = cexec({}, {{"DOCKER_HOST", "ssh://somewhere"}});
  EXPECT_EQ(other.exit_code, 3);
  EXPECT_EQ(
      other.out + other.err,
      "cexec: DOCKER_HOST: 'ssh://somewhere': the scheme 'ssh' is not supported; use unix:// or tcp://\n");
}

TEST_F(BadInput, SocketThatMayNotBeOpened) {
  config("    image: x\n");
  const auto socket = folder_.path() / "engine.sock";
  const tests::Process listener({"socat", "UNIX-LISTEN:" + socket.string() + ",fork", "SYSTEM:true"});
  while (!std::filesystem::exists(socket)) ::usleep(1000);
  std::filesystem::permissions(socket, std::filesystem::perms::none);
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  const auto program = folder_.path() / "cexec";
  std::filesystem::copy_file(CEXEC_PROGRAM, program);
  std::vector<std::string> command{program.string()};
  // Root may open any socket.
  const std::vector<std::string> as_nobody{"setpriv", "--reuid", "65534",
                                           "--regid", "65534",   "--clear-groups"};
  if (::geteuid() == 0) command.insert(command.begin(), as_nobody.begin(), as_nobody.end());
  const auto ran = tests::run(command, {folder_.path(), {{"DOCKER_HOST", "unix://" + socket.string()}}});
  expect(ran, 3, "may not be opened by this user: Permission denied");
  expect(ran, 3, "add your user to the group that owns the socket");
}

TEST_F(BadInput, ImageThatIsNotThere) {
  config("    image: 127.0.0.1:1/no-such-image:1\n");
  expect(cexec(), 3,
         "cexec: platform 'p': the engine does not have 127.0.0.1:1/no-such-image:1 and could not pull it: ");
}

TEST_F(BadInput, BuildThatFails) {
  config("    build: image\n");
  folder_.write("image/Dockerfile",
                std::string("FROM ") + tests::kBaseImage + "\nRUN echo the compiler says no; exit 3\n");
  const auto ran = cexec();
  expect(ran, 3, "cexec: platform 'p': its image could not be built: ");
  expect(ran, 3, "│ the compiler says no\n");
  expect(ran, 3, "returned a non-zero code: 3");
}

TEST_F(BadInput, BuildFolderThatIsNotThere) {
  config("    build: nowhere\n");
  expect(cexec(), 3, "nowhere is no folder");
}

TEST_F(BadInput, ContainerWhoseProgramDoesNotExist) {
  config(std::string("    image: ") + tests::kBaseImage + "\n    entrypoint: [/no/such/server]\n");
  const auto ran = cexec();
  expect(ran, 3, "could not run");
  expect(ran, 3, "the container of 'w' could not be started: ");
  expect(ran, 3, "hint: check the image's ENTRYPOINT");
}

TEST_F(BadInput, ContainerThatExitsAtOnce) {
  config(std::string("    image: ") + tests::kBaseImage +
         "\n    entrypoint: [sh, -c, 'echo no licence >&2; exit 9']\n");
  const auto ran = cexec();
  expect(ran, 3, "the 'w' server (p) ended before it was ready, with exit code 9");
  expect(ran, 3, "stderr │ no licence");
}

TEST_F(BadInput, ServerThatIsNeverReady) {
  config(std::string("    image: ") + tests::kBaseImage + "\n    entrypoint: [sleep, '600']\n");
  const auto ran = cexec({"--start-timeout", "1s"});
  expect(ran, 3, "the 'w' server (p) did not answer `health` within 1.0s");
  expect(ran, 3, "1 cases: 0 passed, 0 failed, 0 skipped, 1 could not run in ");
}

TEST_F(BadInput, ServerThatSpeaksGarbage) {
  config(std::string("    image: ") + tests::kBaseImage +
         "\n    entrypoint: [sh, -c, 'echo Welcome; sleep 600']\n");
  expect(cexec(), 3, "was never ready: it wrote a line that is no JSON");
}

TEST_F(BadInput, ArtifactsThatCannotBeWritten) {
  config("    image: x\n");
  expect(cexec({"--artifacts", "/proc/nowhere"}), 2, "cexec: --artifacts /proc/nowhere: ");
}

TEST_F(BadInput, PlatformWithoutImageNeedsAnotherMode) {
  config("    process: [./server]\n");
  expect(cexec(), 3, "platform 'p' has neither build nor image");
}

}  // namespace
