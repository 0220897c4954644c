// Names of images: "registry.example:5000/team/app:1.2@sha256:…". It must not ask any engine.
#include "docker/image_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace docker {
namespace {

tl::unexpected<Error> bad(std::string_view text, std::string_view why) {
  return tl::unexpected(bad_input(fmt::format("'{}' is no image reference: {}", text, why)));
}

bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isdigit(c) != 0 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("._-/:").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool is_tag(std::string_view tag) {
  return !tag.empty() && tag.size() <= 128 && tag.front() != '.' && tag.front() != '-' &&
         std::all_of(tag.begin(), tag.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
         });
}

bool is_digest(std::string_view digest) {
  const auto colon = digest.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto hex = digest.substr(colon + 1);
  return hex.size() >= 32 &&
         std::all_of(hex.begin(), hex.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

}  // namespace

std::string ImageReference::text() const {
  return fmt::format("{}{}{}{}{}", name, tag.empty() ? "" : ":", tag, digest.empty() ? "" : "@", digest);
}

Result<ImageReference> parse_image_reference(std::string_view text) {
  ImageReference reference;
  auto rest = text;
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    reference.digest = rest.substr(at + 1);
    if (!is_digest(reference.digest)) return bad(text, "the digest is not ALGORITHM:HEX");
    rest = rest.substr(0, at);
  }
  // A colon before the last slash belongs to the registry's port.
  const auto slash = rest.rfind('/');
  const auto colon = rest.find(':', slash == std::string_view::npos ? 0 : slash);
  if (colon != std::string_view::npos) {
    reference.tag = rest.substr(colon + 1);
    if (!is_tag(reference.tag)) return bad(text, "the tag may hold letters, digits, '_', '.' and '-'");
    rest = rest.substr(0, colon);
  }
  if (!is_name(rest)) return bad(text, "the name may hold letters, digits, '.', '_', '-' and '/'");
  const auto path = rest.substr(slash == std::string_view::npos ? 0 : rest.find('/'));
  if (std::any_of(path.begin(), path.end(), [](unsigned char c) { return std::isupper(c) != 0; })) {
    return bad(text, "the name must be in lower case");
  }
  reference.name = rest;
  return reference;
}

}  // namespace docker
