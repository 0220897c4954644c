#include "executor/instance/usage.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/temp_folder.h"

namespace executor::instance {
namespace {

/// Version 1, with each controller in a hierarchy of its own, under a folder of the test's.
class VersionOne : public testing::Test {
 protected:
  VersionOne() {
    for (const auto* name : {"memory", "cpuacct", "pids", "blkio", "freezer"}) {
      const auto point = (tree.path() / name).string();
      mounts += std::string("30 24 0:26 / ") + point + " rw - cgroup cgroup rw," + name + "\n";
      cgroups += std::string("7:") + name + ":/docker/4f5e\n";
      std::filesystem::create_directories(tree.path() / name / "docker/4f5e");
    }
    mounts += "30 24 0:26 / " + (tree.path() / "unified").string() + " rw - cgroup2 cgroup2 rw\n";
    cgroups += "0::/docker/4f5e\n";
  }
  void write(const std::string& file, const std::string& text) { tree.write(file, text); }

  tests::TempFolder tree;
  std::string mounts;
  std::string cgroups;
};

TEST_F(VersionOne, EachIsCountedInAHierarchyOfItsOwn) {
  const auto found = find_counters(mounts, cgroups, "4f5e");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->memory, (Counter{tree.path() / "memory/docker/4f5e", false}));
  EXPECT_EQ(found->cpu, (Counter{tree.path() / "cpuacct/docker/4f5e", false}));
  EXPECT_EQ(found->io, (Counter{tree.path() / "blkio/docker/4f5e", false}));
  const auto other = found->renamed("4f5e", "77aa");
  EXPECT_EQ(other.pids.folder, tree.path() / "pids/docker/77aa");
}

TEST_F(VersionOne, ReadsWhatItIsAndWhatItWasAtMost) {
  write("memory/docker/4f5e/memory.usage_in_bytes", "1000\n");
  write("memory/docker/4f5e/memory.max_usage_in_bytes", "9000\n");
  write("cpuacct/docker/4f5e/cpuacct.usage", "123456789\n");
  write("pids/docker/4f5e/pids.current", "2\n");
  write("pids/docker/4f5e/pids.peak", "7\n");
  write("blkio/docker/4f5e/blkio.throttle.io_service_bytes_recursive",
        "8:0 Read 4096\n8:0 Write 10\n8:0 Sync 4106\n254:0 Read 4\n254:0 Write 0\nTotal 4110\n");
  const auto reading =
      CgroupUsage(*find_counters(mounts, cgroups, "4f5e")).read(std::chrono::milliseconds(0));
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->now.memory, 1000);
  EXPECT_EQ(reading->peak.memory, 9000);
  EXPECT_EQ(reading->now.cpu_nanoseconds, 123456789);
  EXPECT_EQ(reading->now.pids, 2);
  EXPECT_EQ(reading->peak.pids, 7);
  EXPECT_EQ(reading->now.read_bytes, 4100);
  EXPECT_EQ(reading->peak.write_bytes, 10);
  EXPECT_FALSE(reading->is_over);
}

TEST_F(VersionOne, KernelThatKeepsNoPeaksGivesWhatIs) {
  write("memory/docker/4f5e/memory.usage_in_bytes", "1000\n");
  write("cpuacct/docker/4f5e/cpuacct.usage", "1\n");
  write("pids/docker/4f5e/pids.current", "0\n");
  const auto reading =
      CgroupUsage(*find_counters(mounts, cgroups, "4f5e")).read(std::chrono::milliseconds(0));
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->peak.memory, 1000);
  EXPECT_TRUE(reading->is_over);
}

TEST_F(VersionOne, GoneIsNothing) {
  EXPECT_FALSE(CgroupUsage(*find_counters(mounts, cgroups, "4f5e")).read(std::chrono::milliseconds(0)));
}

TEST_F(VersionOne, AnotherContainersPathIsNotTaken) {
  EXPECT_FALSE(find_counters(mounts, cgroups, "77aa"));
}

TEST_F(VersionOne, OutOfSightIsNothing) {
  std::filesystem::remove(tree.path() / "pids/docker/4f5e");
  EXPECT_FALSE(find_counters(mounts, cgroups, "4f5e"));
  EXPECT_FALSE(find_counters("", cgroups, "4f5e"));
  EXPECT_FALSE(find_counters(mounts, "", "4f5e"));
}

TEST(VersionTwo, OneFolderCountsAll) {
  const tests::TempFolder tree;
  const auto folder = "machine.slice/libpod-4f5e.scope/container/";
  tree.write(std::string(folder) + "memory.current", "1000\n");
  tree.write(std::string(folder) + "memory.peak", "9000\n");
  tree.write(std::string(folder) + "cpu.stat", "usage_usec 120\nuser_usec 100\nsystem_usec 20\n");
  tree.write(std::string(folder) + "pids.current", "3\n");
  tree.write(std::string(folder) + "io.stat",
             "8:0 rbytes=4096 wbytes=8 rios=1 wios=1 dbytes=0 dios=0\n254:0 rbytes=4 wbytes=0 rios=1\n");
  const auto mounts = "30 24 0:26 / " + tree.path().string() + " rw - cgroup2 cgroup2 rw,nsdelegate\n";
  const auto found = find_counters(mounts, "0::/machine.slice/libpod-4f5e.scope/container\n", "4f5e");
  ASSERT_TRUE(found);
  const auto reading = CgroupUsage(*found).read(std::chrono::milliseconds(0));
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->now.memory, 1000);
  EXPECT_EQ(reading->peak.memory, 9000);
  EXPECT_EQ(reading->now.cpu_nanoseconds, 120'000);
  EXPECT_EQ(reading->peak.pids, 3);
  EXPECT_EQ(reading->now.read_bytes, 4100);
  EXPECT_EQ(reading->now.write_bytes, 8);
}

TEST(ProcessUsage, ThisProcessHasMemoryAndThreads) {
  constexpr std::size_t kSize = std::size_t{32} << 20U;
  auto* memory =
      ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  ::munmap(memory, kSize);
  const auto reading = ProcessUsage(::getpid()).read(std::chrono::milliseconds(0));
  ASSERT_TRUE(reading);
  EXPECT_GT(reading->now.memory, 0);
  EXPECT_GE(reading->peak.memory, reading->now.memory);
  EXPECT_GE(reading->peak.memory, static_cast<std::int64_t>(kSize));
  EXPECT_GE(reading->now.pids, 1);
}

TEST(ProcessUsage, NoSuchProcessIsNothing) {
  EXPECT_FALSE(ProcessUsage(0x7ffffff0).read(std::chrono::milliseconds(0)));
}

}  // namespace
}  // namespace executor::instance
