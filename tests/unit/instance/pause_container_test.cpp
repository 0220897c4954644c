#include "executor/instance/pause_container.h"

#include <gtest/gtest.h>

namespace executor::instance {
namespace {

TEST(SocketCount, IsReadFromTheKernelsText) {
  const auto count = read_socket_count(
      "sockets: used 137\nTCP: inuse 1 orphan 0 tw 3 alloc 7 mem 109\nUDP: inuse 5 mem 0\n");
  ASSERT_TRUE(count);
  EXPECT_EQ(count->used, 137);
  EXPECT_EQ(count->tcp, 1);
  EXPECT_EQ(count->time_wait, 3);
}

TEST(SocketCount, OfAnotherTextIsUnknown) {
  EXPECT_FALSE(read_socket_count(""));
  EXPECT_FALSE(read_socket_count("sockets: used 1\n"));
  EXPECT_FALSE(read_socket_count("sockets: used x\nTCP: inuse 1 tw 2 \n"));
  EXPECT_FALSE(read_socket_count("TCP: inuse 1 orphan 0\nsockets: used 1\n"));
}

}  // namespace
}  // namespace executor::instance
