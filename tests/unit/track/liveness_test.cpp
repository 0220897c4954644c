#include "executor/track/liveness.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_folder.h"

namespace executor::track {
namespace {

TEST(ParseOwner, TakesItsTextApart) {
  const Owner owner{"0b0f-2c0e", 4026531836, 17, 12345};
  EXPECT_EQ(parse_owner(owner.text()), owner);
  for (const auto* text : {"", ":1:2:3", "boot", "boot:1:2", "boot:1:2:x", "boot:1:2:3x", "boot:1:2:"}) {
    EXPECT_FALSE(parse_owner(text)) << text;
  }
}

TEST(Liveness, ThisProcessIsAlive) {
  EXPECT_EQ(LivenessCheck().of(current_owner().text(), machine_id()), Liveness::alive);
}

TEST(Liveness, EndedProcessIsDead) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  auto owner = current_owner();
  owner.pid = child;
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(LivenessCheck().of(owner.text(), machine_id()), Liveness::dead);
}

TEST(Liveness, AnotherProcessWithTheSamePidIsNotTheOwner) {
  auto owner = current_owner();
  ++owner.start_time;
  EXPECT_EQ(LivenessCheck().of(owner.text(), machine_id()), Liveness::dead);
}

TEST(Liveness, OwnerBeforeTheLastBootIsDeadOnThisMachineOnly) {
  auto owner = current_owner();
  owner.boot_id = "another boot";
  const auto machine = machine_id();
  EXPECT_EQ(LivenessCheck().of(owner.text(), machine), machine.empty() ? Liveness::unknown : Liveness::dead);
  EXPECT_EQ(LivenessCheck().of(owner.text(), "another machine"), Liveness::unknown);
  EXPECT_EQ(LivenessCheck().of(owner.text(), ""), Liveness::unknown);
}

TEST(Liveness, OwnerInAnotherNamespaceIsDeadOnlyWhereAllProcessesAreSeen) {
  auto owner = current_owner();
  const bool sees_all = owner.pid_namespace == 0xEFFFFFFC;
  owner.pid_namespace = 1;
  EXPECT_EQ(LivenessCheck().of(owner.text(), machine_id()), sees_all ? Liveness::dead : Liveness::unknown);
}

TEST(Liveness, OwnerInAContainerIsFoundByThePidThatItHasThere) {
  const auto self = current_owner();
  const bool sees_all = self.pid_namespace == 0xEFFFFFFC;
  const tests::TempFolder proc;
  proc.write("1/status", "NSpid:\t1\n");
  proc.write("500/status", "Name:\tcexec\nNSpid:\t500\t7\n");
  proc.write("500/stat", "500 (cexec) S 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 777 0 0\n");
  const Owner inside{self.boot_id, 99, 7, 777};
  EXPECT_EQ(LivenessCheck(proc.path()).of(inside.text(), ""), sees_all ? Liveness::alive : Liveness::unknown);
  const Owner another{self.boot_id, 99, 7, 778};
  EXPECT_EQ(LivenessCheck(proc.path()).of(another.text(), ""), sees_all ? Liveness::dead : Liveness::unknown);
}

TEST(Liveness, ProcThatHidesOthersTellsNothing) {
  const auto self = current_owner();
  const tests::TempFolder proc;
  const Owner inside{self.boot_id, 99, 7, 777};
  EXPECT_EQ(LivenessCheck(proc.path()).of(inside.text(), ""), Liveness::unknown);
}

TEST(Liveness, LabelThatIsNoOwnerIsUnknown) {
  EXPECT_EQ(LivenessCheck().of("", machine_id()), Liveness::unknown);
  EXPECT_EQ(LivenessCheck().of("somebody", machine_id()), Liveness::unknown);
}

TEST(StartTime, IsFoundBehindANameThatHoldsAnything) {
  const tests::TempFolder folder;
  folder.write("stat", "12 (a) b) 1\n2) S 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 777 0 0\n");
  EXPECT_EQ(start_time_of(folder.path() / "stat"), 777u);
  EXPECT_EQ(start_time_of(folder.path() / "none"), 0u);
}

}  // namespace
}  // namespace executor::track
