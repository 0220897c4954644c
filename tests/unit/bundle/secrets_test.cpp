#include "executor/bundle/secrets.h"

#include <gtest/gtest.h>

namespace executor::bundle {
namespace {

TEST(Secrets, NamesAreToldByPattern) {
  const Secrets secrets({"DB_*", "exact"});
  for (const auto* name :
       {"API_TOKEN", "token", "MySecretThing", "DB_HOST", "EXACT", "AWS_ACCESS_KEY", "npm_auth"}) {
    EXPECT_TRUE(secrets.is_secret(name)) << name;
  }
  for (const auto* name : {"PATH", "KEYBOARD", "LOG", "AUTHOR", "CEXEC_FAULT"})
    EXPECT_FALSE(secrets.is_secret(name)) << name;
}

TEST(Secrets, ValuesAreScrubbedAlsoAsJsonWritesThem) {
  Secrets secrets({});
  secrets.add_value("hunter\"2\"");
  secrets.add_value("hunt");
  secrets.add_value("ab");
  EXPECT_EQ(secrets.scrub("x hunter\"2\" y hunter\\\"2\\\" z hunt ab"), "x *** y *** z *** ab");
}

}  // namespace
}  // namespace executor::bundle
