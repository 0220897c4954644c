// One entry of `platforms`: the Compose service keys and ours. Internal to config/.
#pragma once

#include <filesystem>
#include <optional>

#include "executor/config/config.h"
#include "executor/config/yaml_entry.h"

namespace executor::config {

/// Reads a platform's entry. `defaults` is what keys that do not stand there mean. `root` is the folder that
/// paths are relative to.
Platform read_platform(const Entry& entry, PlatformName name, const Platform& defaults,
                       const std::filesystem::path& root, const Environment& environment);

/// The keys mem_limit, cpus and pids_limit, which `defaults` and every platform have.
Entry::Handlers limit_handlers(Limits& limits);

}  // namespace executor::config
