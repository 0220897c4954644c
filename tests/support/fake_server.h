// A platform server that a test plays, within the process: no container, no socket, no thread.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/latch.h"
#include "executor/instance/site.h"

namespace tests {

/// What a server does. The defaults are those of a perfect one.
struct Behaviour {
  /// The `result` of a method as JSON; nothing: no answer at all. `step` is the text of executeStep.
  std::function<std::optional<std::string>(const std::string& method, const std::string& step)> answer;
  /// Bytes written to stdout instead of the answer, if not empty.
  std::function<std::string(const std::string& method, std::int64_t id)> raw;
  std::optional<executor::instance::Error> start_error;
  std::optional<executor::instance::Exit> exit_on_start;
  std::optional<executor::instance::Exit> exit_on_step;  ///< in the place of an answer
  std::int64_t exit_on_shutdown = 0;
  /// What Server::check says; nothing: all is well.
  std::function<tl::expected<void, executor::instance::Error>()> check;
  /// What Server::absence says; nothing: none.
  std::function<std::chrono::milliseconds()> absence;
  bool ends_on_shutdown = true;
  bool ends_on_end_of_input = true;
  bool ends_on_sigterm = true;
};

/// One whose steps fail with "no".
Behaviour failing_step();

/// What happened to servers, in order: "writer: start", "writer: step writes", "writer: kill", …
class Diary {
 public:
  void push_back(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

class FakeServer : public executor::instance::Server {
 public:
  FakeServer(std::string name, Behaviour behaviour, Diary& diary)
      : name_(std::move(name)), behaviour_(std::move(behaviour)), diary_(diary) {}

  tl::expected<void, executor::instance::Error> start(executor::instance::Output& output,
                                                      const base::Deadline& deadline,
                                                      const std::stop_token& stop) override;
  Written write(std::string_view bytes, const base::Deadline& deadline, const std::stop_token& stop) override;
  void close_stdin() override;
  void terminate() override;
  void kill() override;
  tl::expected<std::optional<executor::instance::Exit>, executor::instance::Error> wait(
      const base::Deadline& deadline, const std::stop_token& stop) override;
  tl::expected<void, executor::instance::Error> check(const base::Deadline&,
                                                      const std::stop_token&) override {
    return behaviour_.check ? behaviour_.check() : tl::expected<void, executor::instance::Error>();
  }
  [[nodiscard]] std::chrono::milliseconds absence() const override {
    return behaviour_.absence ? behaviour_.absence() : std::chrono::milliseconds(0);
  }
  std::string dispose() override;
  [[nodiscard]] std::string image_reference() const override { return "image:1"; }
  [[nodiscard]] std::string image_id() const override { return "sha256:0123456789abcdef"; }

  void end(executor::instance::Exit exit);
  executor::instance::Output& output() { return *output_; }

 private:
  void take(const std::string& line);
  void note(const std::string& what) { diary_.push_back(name_ + ": " + what); }

  const std::string name_;
  const Behaviour behaviour_;
  Diary& diary_;
  executor::instance::Output* output_ = nullptr;
  base::Latch<executor::instance::Exit> exit_;
  bool disposed_ = false;
};

/// Sites whose servers are fake. Behaviours are given out by process, the next one for each start.
class FakeSites : public executor::instance::SiteFactory {
 public:
  std::unique_ptr<executor::instance::Site> make_site(executor::instance::SiteRequest request) override;
  tl::expected<void, executor::instance::Error> await_usable(const std::stop_token&) override {
    if (unusable) return tl::unexpected(*unusable);
    return {};
  }

  [[nodiscard]] std::chrono::milliseconds absence() const override { return absent.load(); }

  std::map<std::string, std::deque<Behaviour>> behaviours;
  std::atomic<std::chrono::milliseconds> absent{std::chrono::milliseconds(0)};
  std::optional<executor::instance::Error> open_error;
  std::optional<executor::instance::Error> unusable;
  std::vector<std::string> close_problems;
  Diary diary;
  std::vector<executor::instance::SiteRequest> sites;
  std::vector<executor::instance::ServerRequest> servers;
  std::function<void()> on_open;

 private:
  friend class FakeSite;
  std::mutex mutex_;  // guards what is written while cases run
};

}  // namespace tests
