// One thread that waits for many descriptors and hands each its readiness. It must not know what they carry.
#include "base/io_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace base {
namespace {

void wake_up(int eventfd) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto n = ::write(eventfd, &one, sizeof one);
}

}  // namespace

IoLoop::IoLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;  // null stands for the loop's own wake-up
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
  thread_ = std::thread([this] { run(); });
}

IoLoop::~IoLoop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_up(wake_.get());
  thread_.join();
  for (auto& [key, source] : sources_) source->on_dropped();
}

bool IoLoop::add(std::shared_ptr<IoSource> source) {
  const std::lock_guard lock(mutex_);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP;
  event.data.ptr = source.get();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, source->fd(), &event) != 0) return false;
  IoSource* key = source.get();
  sources_.emplace(key, std::move(source));
  return true;
}

void IoLoop::drop(const std::shared_ptr<IoSource>& source) {
  {
    const std::lock_guard lock(mutex_);
    drops_.push_back(source);
  }
  wake_up(wake_.get());
}

void IoLoop::handle_drops() {
  std::vector<std::shared_ptr<IoSource>> drops;
  std::vector<std::shared_ptr<IoSource>> dropped;
  {
    const std::lock_guard lock(mutex_);
    drops.swap(drops_);
    for (const auto& source : drops) {
      if (sources_.erase(source.get()) == 0) continue;  // it was done before the drop came
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, source->fd(), nullptr);
      dropped.push_back(source);
    }
  }
  for (const auto& source : dropped) source->on_dropped();
}

void IoLoop::forget(IoSource* source) {
  std::shared_ptr<IoSource> last;  // destroyed outside of the lock
  const std::lock_guard lock(mutex_);
  const auto it = sources_.find(source);
  if (it == sources_.end()) return;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, source->fd(), nullptr);
  last = std::move(it->second);
  sources_.erase(it);
}

void IoLoop::run() {
  std::array<epoll_event, 64> events;
  while (true) {
    const int n = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    if (n < 0 && errno != EINTR) return;
    for (int i = 0; i < n; ++i) {
      auto* source = static_cast<IoSource*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (source == nullptr) {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
        continue;
      }
      // Only this thread takes sources out, and it does so after their event: the pointer is alive here.
      if (source->on_readable() == IoSource::Next::done) forget(source);
    }
    handle_drops();
    const std::lock_guard lock(mutex_);
    if (ending_) return;
  }
}

}  // namespace base
