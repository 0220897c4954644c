// Profiles: options under a name in the config. It must not know what an option does.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "executor/cli/arguments.h"
#include "executor/config/config.h"

namespace executor::cli {

/// The options of the profile that `arguments` names, worked in below those of the command line, whose words
/// `words` are. Also checks all profiles of the config: an unknown option is an error with its line.
tl::expected<Arguments, std::string> with_profile(const std::vector<std::string>& words,
                                                  const Arguments& arguments, const config::Config& config);

}  // namespace executor::cli
