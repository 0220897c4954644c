#include "executor/image/lock.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace executor::image {
namespace {

const std::string kId = "sha256:" + std::string(64, 'a');

model::PlatformImage image(const std::string& name, const std::string& digest = {}) {
  return {model::PlatformName(name), name + ":1", kId, digest, "linux/amd64"};
}

TEST(Lock, WhatIsWrittenIsRead) {
  const tests::TempFolder folder;
  EXPECT_FALSE(*read_lock(folder.path()));
  ASSERT_TRUE(write_lock(folder.path(), {image("b", "b@sha256:1"), image("a")}));
  const auto lock = read_lock(folder.path());
  ASSERT_TRUE(lock) << lock.error();
  ASSERT_TRUE(*lock);
  EXPECT_EQ((*lock)->size(), 2U);
  EXPECT_EQ((*lock)->at(model::PlatformName("b")), (LockedImage{"b:1", "b@sha256:1", kId, "linux/amd64"}));
  EXPECT_EQ((*lock)->at(model::PlatformName("a")).digest, "");
}

TEST(Lock, HasALineForEachPlatformSoThatChangesAreReadable) {
  EXPECT_EQ(lock_text({image("b"), image("a", "a@sha256:1")}),
            "{\n  \"version\": 1,\n  \"platforms\": {\n"
            "    \"a\": {\"reference\":\"a:1\",\"digest\":\"a@sha256:1\",\"id\":\"" +
                kId +
                "\",\"architecture\":\"linux/amd64\"},\n"
                "    \"b\": {\"reference\":\"b:1\",\"id\":\"" +
                kId +
                "\",\"architecture\":\"linux/amd64\"}\n"
                "  }\n}\n");
}

TEST(Lock, WhatIsWrongIsNamed) {
  const auto error = [](std::string_view text) { return parse_lock(text, "images.lock").error(); };
  EXPECT_TRUE(error("{\n\"version\": 1,\n}").starts_with("images.lock:3: "))
      << error("{\n\"version\": 1,\n}");
  EXPECT_EQ(error(R"({"version":2})"), "images.lock: this cexec reads version 1, not 2");
  EXPECT_EQ(error(R"({"version":1})"), "images.lock: `platforms` is missing");
  EXPECT_EQ(error(R"({"version":1,"platforms":{"x":{"reference":"x:1"}}})"),
            "images.lock: platforms.x has no `id` that begins with sha256:");
  EXPECT_EQ(error(R"({"version":1,"platforms":{"x":{"reference":"x:1","id":"sha256:1","digest":"d"}}})"),
            "images.lock: platforms.x `digest` is not NAME@sha256:…");
}

}  // namespace
}  // namespace executor::image
