// What no record may show: the values of variables whose names say that they are secret. It must not know
// what a variable is for.
#include "executor/bundle/secrets.h"

#include <fnmatch.h>

#include <algorithm>

#include "base/json.h"

namespace executor::bundle {
namespace {

constexpr std::size_t kShortest = 4;
constexpr const char* kMask = "***";

}  // namespace

Secrets::Secrets(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {
  patterns_.insert(patterns_.end(), {"*TOKEN*", "*SECRET*", "*PASSWORD*", "*PASSWD*", "*PASSPHRASE*",
                                     "*CREDENTIAL*", "*APIKEY*", "*_KEY", "*_AUTH", "AUTH_*"});
}

bool Secrets::is_secret(const std::string& variable) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [&variable](const auto& pattern) {
    return ::fnmatch(pattern.c_str(), variable.c_str(), FNM_CASEFOLD) == 0;
  });
}

void Secrets::add_value(const std::string& value) {
  if (value.size() < kShortest) return;
  values_.insert(value);
  base::json::Writer out;
  out.value(value);
  const auto quoted = out.text();
  values_.emplace(quoted.substr(1, quoted.size() - 2));
}

std::string Secrets::scrub(std::string text) const {
  // The greater first: of two values of which one begins with the other the longer one goes whole.
  for (const auto& value : values_) {
    for (auto at = text.find(value); at != std::string::npos; at = text.find(value, at)) {
      text.replace(at, value.size(), kMask);
    }
  }
  return text;
}

}  // namespace executor::bundle
