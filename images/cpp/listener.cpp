// The threads behind a listener. It must not know what is done with the messages.
#include "listener.h"

#include <sys/socket.h>

#include <algorithm>

#include "wire.h"

using formats::UniqueFd;

Listener::Listener(const std::string& host, std::uint32_t limit)
    : limit_(limit), socket_(formats::listen_on(host)) {
  acceptor_ = std::thread([this] { accept_all(); });
}

Listener::~Listener() {
  // shutdown() wakes the threads that wait in accept() and recv(); they then end by themselves.
  ::shutdown(socket_.get(), SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : open_sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& connection : connections_) connection.join();
}

std::vector<Message> Listener::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

std::vector<std::exception_ptr> Listener::ends() const {
  const std::lock_guard lock(mutex_);
  return ends_;
}

void Listener::accept_all() {
  for (;;) {
    const int socket = ::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;  // the case is over
    const std::lock_guard lock(mutex_);
    open_sockets_.push_back(socket);
    connections_.emplace_back([this, socket] { serve(socket); });
  }
}

void Listener::serve(int socket) {
  std::exception_ptr end;
  try {
    formats::Connection connection(UniqueFd(::dup(socket)), limit_);
    while (connection.receive([this](std::uint32_t sequence, std::string payload) {
      const std::lock_guard lock(mutex_);
      messages_.push_back({sequence, std::move(payload)});
    })) {
    }
  } catch (...) {
    end = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  ends_.push_back(end);
  std::erase(open_sockets_, socket);
  ::close(socket);
}
