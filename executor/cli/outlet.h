// What is printed while a run goes on, on its way to whoever reads it: a thread of its own writes it, so that
// a reader who stands still holds up nobody else. It must not know what is printed.
#pragma once

#include <cstddef>
#include <memory>
#include <streambuf>
#include <string_view>
#include <thread>

namespace executor::cli {

/// The buffer of a stream whose text a thread writes to a descriptor, in its order. What is not written yet
/// is held in memory up to a megabyte, and beyond that in a temporary file without a name (where there is no
/// room for one, in memory after all). Thread-safe, unlike the stream.
class Outlet : public std::streambuf {
 public:
  /// `fd` stays the caller's, and must stay open as long as the process lives.
  explicit Outlet(int fd);
  /// Does not wait: what has not been written by now never is.
  ~Outlet() override;

  /// Bytes that have not been written yet; none any more where nobody reads them.
  [[nodiscard]] std::size_t left() const;
  /// Bytes that have been written so far.
  [[nodiscard]] std::size_t written() const;
  /// Becomes readable whenever nothing is left; read(2) takes that away.
  [[nodiscard]] int emptied_fd() const;

 protected:
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int_type overflow(int_type character) override;

 private:
  class Line;
  const std::shared_ptr<Line> line_;  ///< the thread's, too, which nothing can call back from a write(2)
  std::thread thread_;
};

}  // namespace executor::cli
