// Config → cexec.yaml: the text from which the loader makes the same config. It must not touch any file.
#pragma once

#include <functional>
#include <string>

#include "executor/config/config.h"

namespace executor::config {

/// Whether the value of a platform's variable is kept out of the text; what reads it takes it from its own
/// environment then.
using IsSecret = std::function<bool(const std::string& variable)>;

/// Everything that cases depend on, defaults worked in: platforms, `scenario`, `default_process` and
/// `secret`. `features`, `matrix`, `mode` and `profiles` are left out, and so are host commands; a platform
/// that is built gets `image: NAME` with what `image_of` says.
std::string to_yaml(const Config& config, const std::function<std::string(const Platform&)>& image_of,
                    const IsSecret& is_secret);

}  // namespace executor::config
