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
  for (auto& [key, source] : sources_) drop_now(*source);
}

bool IoLoop::watch(IoSource* source) const {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP;
  event.data.ptr = source;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, source->fd(), &event) == 0;
}

bool IoLoop::add(Source source) {
  const std::lock_guard lock(mutex_);
  if (!watch(source.get())) return false;
  IoSource* key = source.get();
  sources_.emplace(key, std::move(source));
  return true;
}

void IoLoop::drop(const Source& source) {
  {
    const std::lock_guard lock(mutex_);
    drops_.push_back(source);
  }
  wake_up(wake_.get());
}

void IoLoop::drop_now(IoSource& source) {
  const std::lock_guard turn(source.turn_);
  if (!std::exchange(source.is_done_, true)) source.on_dropped();
}

void IoLoop::handle_drops() {
  std::vector<Source> drops;
  std::vector<Source> dropped;
  {
    const std::lock_guard lock(mutex_);
    drops.swap(drops_);
    for (const auto& source : drops) {
      if (sources_.erase(source.get()) == 0) continue;  // it was done before the drop came
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, source->fd(), nullptr);
      dropped.push_back(source);
    }
  }
  for (const auto& source : dropped) drop_now(*source);
}

void IoLoop::forget(IoSource* source) {
  Source last;  // destroyed outside of the lock
  const std::lock_guard lock(mutex_);
  const auto it = sources_.find(source);
  if (it == sources_.end()) return;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, source->fd(), nullptr);
  last = std::move(it->second);
  sources_.erase(it);
}

/// Sources in the hands of a thread that is not the loop's, which does not read them meanwhile.
class IoLoop::Loan {
 public:
  Loan(IoLoop& loop, std::span<const Source> sources) : loop_(loop) {
    for (const auto& source : sources) take(source);
  }
  ~Loan() {
    for (const auto& source : taken_) give_back(source);
  }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;

  /// Waits for any, and reads what shows something.
  Waited read(const Deadline& deadline, const std::stop_token& stop) {
    std::array<pollfd, kMostAtOnce> all;
    const std::span fds(all.data(), taken_.size());
    for (std::size_t i = 0; i < fds.size(); ++i) fds[i] = {taken_[i]->fd(), POLLIN | POLLRDHUP, 0};
    const auto waited = wait_for_any(fds, deadline, stop);
    if (waited != Waited::ready) return waited;
    for (std::size_t i = 0; i < fds.size(); ++i) {
      // Not taken out here: the loop may still have its pointer from its last wait.
      if (fds[i].revents != 0 && is_done_after_its_turn(*taken_[i], Reader::borrower)) loop_.drop(taken_[i]);
    }
    std::erase_if(taken_, [](const Source& source) {
      const std::lock_guard turn(source->turn_);
      return source->is_done_;
    });
    return waited;
  }
  [[nodiscard]] bool has_any() const { return !taken_.empty(); }

 private:
  void take(const Source& source) {
    {
      const std::lock_guard turn(source->turn_);  // a callback that runs now ends first
      if (source->is_done_) return;
      source->is_lent_ = true;
    }
    taken_.push_back(source);
    const std::lock_guard lock(loop_.mutex_);
    if (loop_.sources_.contains(source.get()))
      ::epoll_ctl(loop_.epoll_.get(), EPOLL_CTL_DEL, source->fd(), nullptr);
  }
  void give_back(const Source& source) {
    {
      const std::lock_guard turn(source->turn_);
      source->is_lent_ = false;
    }
    {
      const std::lock_guard lock(loop_.mutex_);
      if (!loop_.sources_.contains(source.get()) || loop_.watch(source.get())) return;
    }
    loop_.drop(source);  // it would never be read again
  }

  IoLoop& loop_;
  std::vector<Source> taken_;
};

Waited IoLoop::read_here(std::span<const Source> sources, const std::function<bool()>& enough,
                         const Deadline& deadline, const std::stop_token& stop) {
  Loan loan(*this, sources);
  while (!enough() && loan.has_any()) {
    if (const auto waited = loan.read(deadline, stop); waited != Waited::ready) return waited;
    // What never stops to come is always ready.
    if (deadline.passed() && !enough()) return Waited::timed_out;
  }
  return Waited::ready;
}

/// True if that was its last turn.
bool IoLoop::is_done_after_its_turn(IoSource& source, Reader reader) {
  const std::lock_guard turn(source.turn_);
  if (source.is_done_ || (source.is_lent_ && reader == Reader::loop)) return false;
  source.is_done_ = source.on_readable() == IoSource::Next::done;
  return source.is_done_;
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
      if (is_done_after_its_turn(*source, Reader::loop)) forget(source);
    }
    handle_drops();
    const std::lock_guard lock(mutex_);
    if (ending_) return;
  }
}

}  // namespace base
