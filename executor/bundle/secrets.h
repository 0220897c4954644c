// What no record may show: the values of variables whose names say that they are secret. It must not know
// what a variable is for.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace executor::bundle {

class Secrets {
 public:
  /// `patterns` are those of `secret:` in cexec.yaml, with `*` and without regard to case, beside the
  /// built-in ones: names with TOKEN, SECRET, PASSWORD, PASSWD, PASSPHRASE, CREDENTIAL or APIKEY in them,
  /// that end with _KEY or _AUTH, or begin with AUTH_.
  explicit Secrets(std::vector<std::string> patterns);

  [[nodiscard]] bool is_secret(const std::string& variable) const;

  /// From now on `scrub` finds this value. One of fewer than 4 bytes would be found everywhere, and is not
  /// looked for.
  void add_value(const std::string& value);
  /// The text with "***" in the place of every such value, as it is and as JSON writes it.
  [[nodiscard]] std::string scrub(std::string text) const;

 private:
  std::vector<std::string> patterns_;
  std::set<std::string, std::greater<>> values_;
};

}  // namespace executor::bundle
