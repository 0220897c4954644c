// What can go wrong between this library and an engine. It must not know what the caller wanted to achieve.
#include "docker/error.h"

#include <fmt/format.h>

namespace docker {

std::string Error::describe() const {
  if (call.empty()) return message;
  if (kind == ErrorKind::refused) return fmt::format("{}: {}: {}", call, status, message);
  return fmt::format("{}: {}", call, message);
}

}  // namespace docker
