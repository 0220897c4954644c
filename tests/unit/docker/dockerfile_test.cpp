#include "docker/dockerfile.h"

#include <gtest/gtest.h>

namespace docker {
namespace {

using Images = std::vector<std::string>;

TEST(ImagesOfDockerfile, StagesOfItsOwnAndScratchAreNone) {
  EXPECT_EQ(images_of_dockerfile("FROM a.example/base:1 AS build\n"
                                 "RUN make\n"
                                 "from --platform=linux/amd64 debian\n"
                                 "COPY --from=Build /x /x\n"
                                 "COPY --from=0 /x /x\n"
                                 "COPY --from=b.example/tools /y /y\n"
                                 "RUN --mount=type=bind,from=c.example/data,target=/d cat /d/x\n"
                                 "FROM scratch\n"
                                 "FROM build\n",
                                 {}),
            (Images{"a.example/base:1", "debian", "b.example/tools", "c.example/data"}));
}

TEST(ImagesOfDockerfile, ArgumentsBeforeTheFirstStageAreFilledIn) {
  const auto* text =
      "ARG REGISTRY=a.example\nARG TAG\nARG BASE=\"${REGISTRY}/base\"\nFROM $BASE:${TAG:-2}\n"
      "FROM ${REGISTRY}/x-$OTHER\nARG REGISTRY=late.example\nFROM $REGISTRY/y\n";
  EXPECT_EQ(images_of_dockerfile(text, {}), (Images{"a.example/base:2", "a.example/y"}));
  EXPECT_EQ(images_of_dockerfile(text, {{"REGISTRY", "b.example"}, {"TAG", "3"}, {"OTHER", "undeclared"}}),
            (Images{"b.example/base:3", "b.example/y"}));
}

TEST(ImagesOfDockerfile, CommentsAndContinuedLines) {
  EXPECT_EQ(
      images_of_dockerfile("# syntax=x\n\n  # FROM no\nFROM \\\n# within\n  a \\\n  AS s\nFROM s\r\n", {}),
      Images{"a"});
  EXPECT_EQ(images_of_dockerfile("# escape=`\nFROM `\n a\\\n", {}), Images{"a\\"});
}

TEST(ImagesOfDockerfile, NonsenseIsNone) {
  for (const auto* text : {"", "FROM", "FROM --platform=x", "FROM ${", "COPY --from=", "\\", "FROM $"})
    EXPECT_TRUE(images_of_dockerfile(text, {}).empty()) << text;
}

}  // namespace
}  // namespace docker
