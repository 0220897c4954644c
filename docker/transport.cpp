// The seam between API calls and the wire: requests, responses, and connections that outlive their request.
// It must not know any endpoint of the API.
#include "docker/transport.h"

#include <strings.h>

namespace docker {

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::del: return "DELETE";
  }
  return "?";
}

std::string_view Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() && ::strncasecmp(key.data(), name.data(), name.size()) == 0) return value;
  }
  return {};
}

}  // namespace docker
