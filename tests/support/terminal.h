// A program on a terminal of its own: what it shows is kept, and a test types and resizes.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace tests {

/// Killed at the latest in the destructor.
class Terminal {
 public:
  Terminal(std::vector<std::string> command, const std::filesystem::path& folder, int rows = 24,
           int columns = 80);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// As if at the keyboard; "\x03" is Ctrl-C.
  void type(const std::string& keys) const;
  void resize(int rows, int columns) const;
  /// Blocks until `text` stands in what was shown since the last call that found something; false if it ends
  /// or `patience` passes first.
  bool wait_for(const std::string& text, std::chrono::seconds patience = std::chrono::seconds(60));
  /// Whether the terminal hands on lines, with echo, as a shell wants to find it.
  [[nodiscard]] bool is_cooked() const;
  /// Blocks until it has ended, and returns its exit code; kills it when `patience` passes.
  int finish(std::chrono::seconds patience = std::chrono::seconds(60));
  /// All of it.
  [[nodiscard]] const std::string& shown() const { return shown_; }

 private:
  bool collect();

  int master_ = -1;
  int slave_ = -1;  ///< held, so that the terminal outlives the program
  pid_t pid_ = -1;
  std::string shown_;
  std::size_t seen_ = 0;
};

}  // namespace tests
