// Waiting and background work for the steps. It must not know what is waited for.
#include "waiting.h"

#include <algorithm>
#include <utility>

using cexec_kit::World;

std::chrono::milliseconds patience(const World& world) {
  using std::chrono::milliseconds;
  return std::clamp(world.time_left() - milliseconds(500), milliseconds(0), milliseconds(5000));
}

bool wait_until(const World& world, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + patience(world);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(kLookEvery);
  }
  return true;
}

void Background::start(std::function<void()> work) {
  cexec_kit::expect(!thread_.joinable(), "this process already does something in the background");
  done_ = false;
  thread_ = std::thread([this, work = std::move(work)] {
    try {
      work();
    } catch (...) {
      error_ = std::current_exception();
    }
    done_ = true;
  });
}

void Background::pause() const {
  if (stopping_) throw std::runtime_error("the case is over");
  std::this_thread::sleep_for(kLookEvery);
}

void Background::finish(const World& world, const std::string& problem) {
  cexec_kit::expect(thread_.joinable(), "nothing was started in the background");
  cexec_kit::expect(wait_until(world, [this] { return done_.load(); }), problem);
  thread_.join();
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void Background::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}
