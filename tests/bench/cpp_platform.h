// The platform `cpp` of this repository, for benchmarks that run it. Nothing here is measured.
#pragma once

#include "docker/endpoint.h"
#include "executor/config/loader.h"
#include "executor/image/resolve.h"
#include "tests/support/engine.h"

namespace tests {

/// Its entry in cexec.yaml, which the current folder must have.
inline const executor::config::Platform& cpp_platform() {
  static const auto config = executor::config::load("cexec.yaml", docker::process_environment()).value();
  return *config.find_platform(executor::model::PlatformName("cpp"));
}

/// Its image, built where there is none.
inline const executor::model::PlatformImage& cpp_image() {
  static const auto image =
      executor::image::resolve(engine(), cpp_platform(), {}, {[](auto) {}, {}}, patient()).value();
  return image;
}

}  // namespace tests
