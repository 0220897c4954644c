#include "docker/image_reference.h"

#include <gtest/gtest.h>

namespace docker {
namespace {

TEST(ParseImageReference, TakesItApart) {
  const auto plain = parse_image_reference("debian");
  EXPECT_EQ(plain->name, "debian");
  EXPECT_EQ(plain->tag, "");
  const auto port = parse_image_reference("localhost:5000/team/app");
  EXPECT_EQ(port->name, "localhost:5000/team/app");
  EXPECT_EQ(port->tag, "");
  const std::string all = "localhost:5000/app:1.2@sha256:" + std::string(64, 'a');
  const auto full = parse_image_reference(all);
  EXPECT_EQ(full->name, "localhost:5000/app");
  EXPECT_EQ(full->tag, "1.2");
  EXPECT_EQ(full->digest, "sha256:" + std::string(64, 'a'));
  EXPECT_EQ(full->text(), all);
}

TEST(ParseImageReference, HostMayHaveCapitalsThePathMayNot) {
  EXPECT_TRUE(parse_image_reference("MyHost:5000/app"));
  EXPECT_EQ(parse_image_reference("team/App").error().message,
            "'team/App' is no image reference: the name must be in lower case");
}

TEST(ParseImageReference, WrongOnesSayWhy) {
  EXPECT_FALSE(parse_image_reference(""));
  EXPECT_FALSE(parse_image_reference("a b"));
  EXPECT_FALSE(parse_image_reference("app:"));
  EXPECT_FALSE(parse_image_reference("app:-x"));
  EXPECT_FALSE(parse_image_reference("app@sha256"));
  EXPECT_FALSE(parse_image_reference("app@sha256:xyz"));
}

}  // namespace
}  // namespace docker
