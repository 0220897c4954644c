// Accepts the connections of the wire and collects their messages, each connection in a thread.
// It must not know what is done with the messages.
#pragma once

#include <cstdint>
#include <exception>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "unique_fd.h"

struct Message {
  std::uint32_t sequence;
  std::string payload;
};

class Listener {
 public:
  Listener(const std::string& host, std::uint32_t limit);
  ~Listener();

  /// The messages of all connections, as they came.
  std::vector<Message> messages() const;

  /// How each ended connection ended; null: with BYE.
  std::vector<std::exception_ptr> ends() const;

 private:
  void accept_all();
  void serve(int socket);

  std::uint32_t limit_;
  formats::UniqueFd socket_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<Message> messages_;
  std::vector<std::exception_ptr> ends_;
  std::vector<int> open_sockets_;
  std::list<std::thread> connections_;
  std::thread acceptor_;
};
