// What is printed while a run goes on, on its way to whoever reads it: a thread of its own writes it, so that
// a reader who stands still holds up nobody else. It must not know what is printed.
#include "executor/cli/outlet.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "base/fd.h"
#include "executor/cli/spool.h"

namespace executor::cli {
namespace {

constexpr std::size_t kMostInMemory = std::size_t{1} << 20U;
/// What a pipe takes whole or not at all (PIPE_BUF), so that what has been taken is known.
constexpr std::size_t kPiece = 4096;

/// False: nobody reads it any more.
bool write_whole(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(fd, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {  // somebody who has the same terminal wants it so
      pollfd writable{fd, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace

class Outlet::Line {
 public:
  explicit Line(int fd) : fd_(fd), emptied_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  /// The thread's life.
  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return is_over_ || has_text(); });
      if (is_over_) return;
      const auto piece = take_piece();
      lock.unlock();
      const bool is_read = write_whole(fd_, piece);
      lock.lock();
      taken_ = 0;
      if (is_read) {
        written_ += piece.size();
      } else {
        give_up();
      }
      if (!has_text()) tell_emptied();
    }
  }

  void add(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (is_broken_) return;
    if (begin_ == memory_.size()) memory_.clear();
    if (memory_.empty()) begin_ = 0;
    const bool has_room = spool_.size() == 0 && memory_.size() + text.size() <= kMostInMemory;
    if (!behind_.empty() || !has_room) {
      if (behind_.empty()) text.remove_prefix(spool_.add(text));
      behind_ += text;
    } else {
      memory_ += text;
    }
    changed_.notify_one();
  }

  /// Whether the thread ends at once.
  bool end() {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    changed_.notify_one();
    return taken_ == 0;
  }

  [[nodiscard]] int emptied_fd() const { return emptied_.get(); }
  std::size_t left() {
    const std::lock_guard lock(mutex_);
    return taken_ + memory_.size() - begin_ + spool_.size() + behind_.size();
  }
  std::size_t written() {
    const std::lock_guard lock(mutex_);
    return written_;
  }

 private:
  [[nodiscard]] bool has_text() const {
    return begin_ < memory_.size() || spool_.size() > 0 || !behind_.empty();
  }

  std::string take_piece() {
    if (begin_ == memory_.size()) {
      begin_ = 0;
      memory_ = spool_.size() > 0 ? spool_.take(kMostInMemory) : std::exchange(behind_, {});
    }
    auto piece = memory_.substr(begin_, kPiece);
    begin_ += piece.size();
    taken_ = piece.size();
    return piece;
  }

  void give_up() {
    is_broken_ = true;
    memory_.clear();
    begin_ = 0;
    while (spool_.size() > 0) spool_.take(kMostInMemory);
    behind_.clear();
  }

  void tell_emptied() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto n = ::write(emptied_.get(), &one, sizeof one);
  }

  const int fd_;
  const base::Fd emptied_;
  std::condition_variable changed_;
  std::mutex mutex_;       // guards what follows
  std::string memory_;     ///< comes first
  std::size_t begin_ = 0;  ///< of what is left of it
  Spool spool_;            ///< comes after it
  std::string behind_;     ///< comes last: what no file had room for
  std::size_t taken_ = 0;  ///< bytes that are being written
  std::size_t written_ = 0;
  bool is_broken_ = false;
  bool is_over_ = false;
};

Outlet::Outlet(int fd) : line_(std::make_shared<Line>(fd)), thread_([line = line_] { line->work(); }) {}

Outlet::~Outlet() {
  if (line_->end()) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

int Outlet::emptied_fd() const {
  return line_->emptied_fd();
}

std::size_t Outlet::left() const {
  return line_->left();
}
std::size_t Outlet::written() const {
  return line_->written();
}

std::streamsize Outlet::xsputn(const char* text, std::streamsize size) {
  line_->add({text, static_cast<std::size_t>(size)});
  return size;
}

Outlet::int_type Outlet::overflow(int_type character) {
  if (traits_type::eq_int_type(character, traits_type::eof())) return traits_type::not_eof(character);
  const char one = traits_type::to_char_type(character);
  line_->add({&one, 1});
  return character;
}

}  // namespace executor::cli
