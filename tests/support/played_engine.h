// An engine that a test plays well enough for a whole run: containers are made, attached to, answer as
// perfect platform servers, and are removed. What it sends can be cut, stalled or sent in pieces.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tests/support/fake_engine.h"

namespace tests {

class PlayedEngine {
 public:
  /// Of what goes out on an attached stream, the answer's head included.
  struct Streams {
    std::size_t cut_after = SIZE_MAX;  ///< bytes; then the connection ends
    std::size_t piece = SIZE_MAX;      ///< bytes of each write
  };

  explicit PlayedEngine(Streams streams);

  [[nodiscard]] docker::Endpoint endpoint() const { return engine_.endpoint(); }
  [[nodiscard]] docker::Client client() const { return engine_.client(); }
  /// Containers that were made and are not removed.
  [[nodiscard]] std::size_t containers() const;
  /// All bytes that the attached streams would have sent.
  [[nodiscard]] std::size_t sent() const { return sent_; }

 private:
  struct Container {
    std::string name;
    bool is_over = false;
    int exit_code = 0;
  };

  void serve(FakeConnection& connection);
  void attach(FakeConnection& connection, const std::string& id);
  void wait(FakeConnection& connection, const std::string& id);
  void end(const std::string& id, int code);
  [[nodiscard]] std::string create(const std::string& target);
  [[nodiscard]] std::string inspection(const std::string& id) const;
  bool send(FakeConnection& connection, std::size_t& passed, std::string_view bytes);

  const Streams streams_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Container> containers_;
  int last_id_ = 0;
  std::atomic<std::size_t> sent_{0};
  FakeEngine engine_;  // last: its threads use all of the above
};

}  // namespace tests
