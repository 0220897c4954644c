// SHA-256 digests. It must not know what is digested.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace docker {

/// Digests what is added, in order. Built on OpenSSL's EVP interface.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  /// 64 lower-case hexadecimal digits; nothing may be added afterwards.
  std::string finish_hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Of one text.
std::string sha256_hex(std::string_view bytes);

}  // namespace docker
