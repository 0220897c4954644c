// Reading YAML with the place and the full name of each key, collecting what is wrong. Internal to config/;
// it must not know any key.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "executor/config/loader.h"

namespace executor::config {

/// Where errors go.
struct Problems {
  /// More than anybody writes. Aliases of aliases make more out of a few lines than there is time to read.
  static constexpr std::size_t kMostValues = 100'000;

  std::string file;
  std::vector<ConfigError> list;
  std::size_t values = 0;  ///< read so far; what an alias stands for counts each time

  [[nodiscard]] bool too_many() const { return values > kMostValues; }
};

/// One value of the file. Each `as_…` gives nothing, and notes an error, if the value is of another type.
class Entry {
 public:
  Entry(const YAML::Node& node, std::string path, int line, Problems& problems)
      : node_(node), path_(std::move(path)), line_(line), problems_(&problems) {}

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int line() const { return line_; }
  [[nodiscard]] bool is_null() const { return node_.IsNull(); }
  [[nodiscard]] bool is_scalar() const { return node_.IsScalar(); }
  [[nodiscard]] bool is_list() const { return node_.IsSequence(); }
  [[nodiscard]] bool is_map() const { return node_.IsMap(); }

  void fail(std::string message) const;

  [[nodiscard]] std::optional<std::string> as_text() const;
  [[nodiscard]] std::optional<bool> as_flag() const;
  [[nodiscard]] std::optional<std::int64_t> as_number(std::int64_t least, std::int64_t most) const;
  /// A decimal number above 0.
  [[nodiscard]] std::optional<double> as_positive() const;
  [[nodiscard]] std::optional<std::int64_t> as_size() const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> as_duration() const;
  /// One of a few words; an error names them all.
  [[nodiscard]] std::optional<std::string> as_word(const std::vector<std::string>& words) const;
  /// A list of texts; a single text is a list of one.
  [[nodiscard]] std::vector<std::string> as_texts() const;
  /// A command: a list of words, or one text that is split at spaces outside of quotes.
  [[nodiscard]] std::vector<std::string> as_command() const;
  /// The members of a map, in their order; an error for no map and for a key that stands twice. Here and in
  /// items(), nothing more is read once there are too many values.
  [[nodiscard]] std::vector<std::pair<std::string, Entry>> members() const;
  [[nodiscard]] std::vector<Entry> items() const;

  /// Calls the handler of each member's key; an unknown key is an error that names the nearest known one.
  using Handlers = std::map<std::string, std::function<void(const Entry&)>>;
  void each_key(const Handlers& handlers) const;

 private:
  [[nodiscard]] std::string kind() const;

  YAML::Node node_;
  std::string path_;
  int line_;
  Problems* problems_;
};

}  // namespace executor::config
