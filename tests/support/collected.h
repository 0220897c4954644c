// What a server writes, for tests that wait for all of it.
#pragma once

#include <string>
#include <string_view>

#include "base/latch.h"
#include "executor/instance/server.h"
#include "tests/support/engine.h"

namespace tests {

/// Collects both streams of one server.
class Collected : public executor::instance::Output {
 public:
  void on_stdout(std::string_view bytes) override { text_ += bytes; }
  void on_stderr(std::string_view bytes) override { text_ += bytes; }
  void on_end(const std::string& error) override { ended_.set(text_ + error); }
  /// Blocks until both streams have ended: what was written, and why that is not all, if so.
  std::string wait() { return ended_.wait(patient().deadline, {}).value_or("no end"); }

 private:
  std::string text_;
  base::Latch<std::string> ended_;
};

}  // namespace tests
