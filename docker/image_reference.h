// Names of images: "registry.example:5000/team/app:1.2@sha256:…". It must not ask any engine.
#pragma once

#include <string>
#include <string_view>

#include "docker/error.h"

namespace docker {

/// A reference taken apart (distribution/reference): name[:tag][@digest].
struct ImageReference {
  std::string name;    ///< with the registry's host, if given
  std::string tag;     ///< empty if none
  std::string digest;  ///< "sha256:…", empty if none

  [[nodiscard]] std::string text() const;
};

/// Errors: `bad_input` with what is wrong.
Result<ImageReference> parse_image_reference(std::string_view text);

}  // namespace docker
