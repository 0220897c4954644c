// cexec.yaml → typed config, with the place of everything that is wrong. It must not know what the config is
// used for.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "executor/config/config.h"

namespace executor::config {

/// One thing that is wrong with the file.
struct ConfigError {
  std::string file;
  int line = 0;     ///< from 1; 0: the file as a whole
  std::string key;  ///< "platforms.python.mem_limit"; empty: the file as a whole
  std::string message;

  /// "cexec.yaml:12: platforms.python.mem_limit: '5x' is no size; …".
  [[nodiscard]] std::string text() const;
};

/// Looks up an environment variable: what `environment: {NAME: }` without a value passes on.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Reads and checks a whole file. On failure: everything that is wrong with it, in its order.
tl::expected<Config, std::vector<ConfigError>> load(const std::filesystem::path& file,
                                                    const Environment& environment);

/// The same for a text that is the content of `file`, which is not opened: messages name it, and its folder
/// is what the paths in the text are relative to.
tl::expected<Config, std::vector<ConfigError>> load_text(const std::string& text,
                                                         const std::filesystem::path& file,
                                                         const Environment& environment);

/// cexec.yaml in `folder` or the nearest folder above it; nothing if there is none.
std::optional<std::filesystem::path> find_config(const std::filesystem::path& folder);

}  // namespace executor::config
