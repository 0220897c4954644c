// An engine that a test plays well enough for a whole run: containers are made, attached to, answer as
// perfect platform servers, and are removed. What it sends can be cut, stalled or sent in pieces.
#include "tests/support/played_engine.h"

#include <fmt/format.h>

#include <chrono>
#include <string_view>

#include "base/json.h"

namespace tests {
namespace {

namespace json = base::json;
using namespace std::chrono_literals;

/// "/v1.41/containers/c7/start?x=y" → "c7", for any action.
std::string id_in(const std::string& target) {
  constexpr std::string_view kBefore = "/containers/";
  const auto begin = target.find(kBefore) + kBefore.size();
  return target.substr(begin, target.find_first_of("/?", begin) - begin);
}

/// One line of stdout as the engine frames it.
std::string frame(const std::string& line) {
  const auto size = line.size() + 1;
  std::string bytes("\x01\0\0\0", 4);
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes += static_cast<char>((size >> static_cast<unsigned>(shift)) & 0xFFU);
  return bytes + line + "\n";
}

std::string reply_to(const std::string& line) {
  const auto request = json::parse(line);
  const json::Value* root = request ? &*request : nullptr;
  const auto method = json::string_or(json::find(root, "method"));
  const auto* result = method == "health"        ? R"({"status":"ok","protocol":1})"
                       : method == "executeStep" ? R"({"success":true,"data":{},"logs":[]})"
                                                 : "{}";
  return fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{}}})", json::int_or(json::find(root, "id")),
                     result);
}

std::string read_line(FakeConnection& connection) {
  std::string line;
  while (!line.ends_with('\n')) {
    const auto c = connection.read_exactly(1);
    if (c.empty()) return {};
    line += c;
  }
  return line;
}

}  // namespace

PlayedEngine::PlayedEngine(Streams streams)
    : streams_(streams), engine_([this](FakeConnection& connection) { serve(connection); }) {}

std::size_t PlayedEngine::containers() const {
  const std::lock_guard lock(mutex_);
  return containers_.size();
}

void PlayedEngine::serve(FakeConnection& connection) {
  while (true) {
    const auto head = connection.read_head();
    if (head.empty()) return;
    const auto target = head.substr(head.find(' ') + 1, head.find(" HTTP/") - head.find(' ') - 1);
    const auto length = head.find("Content-Length: ");
    const auto size = length == std::string::npos ? 0 : std::stoul(head.substr(length + 16));
    if (size > 0) connection.read_exactly(size);  // recv(2) of nothing would wait for something
    const auto is = [&target](std::string_view text) { return target.find(text) != std::string::npos; };
    if (is("/attach?")) return attach(connection, id_in(target));
    if (is("/wait?")) return wait(connection, id_in(target));
    if (is("/containers/create")) {
      connection.respond(201, create(target));
    } else if (is("/containers/json") || is("/networks")) {
      connection.respond(200, "[]");
    } else if (is("/volumes")) {
      connection.respond(200, R"({"Volumes":null})");
    } else if (head.starts_with("DELETE")) {
      end(id_in(target), 137);
      const std::lock_guard lock(mutex_);
      std::erase_if(containers_,
                    [id = id_in(target)](const auto& c) { return c.first == id || c.second.name == id; });
      connection.respond(204, "");
    } else if (is("/kill")) {
      end(id_in(target), 137);
      connection.respond(204, "");
    } else if (head.starts_with("GET") && is("/containers/")) {
      connection.respond(200, inspection(id_in(target)));
    } else {
      connection.respond(is("/_ping") ? 200 : 204, "");
    }
  }
}

std::string PlayedEngine::create(const std::string& target) {
  const std::lock_guard lock(mutex_);
  const auto id = fmt::format("c{}", ++last_id_);
  containers_[id].name = target.substr(target.find("name=") + 5);
  return fmt::format(R"({{"Id":"{}","Warnings":[]}})", id);
}

std::string PlayedEngine::inspection(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = containers_.find(id);
  return fmt::format(
      R"({{"Id":"{}","Name":"/{}","State":{{"Status":"exited","OOMKilled":false,"ExitCode":0}}}})", id,
      found == containers_.end() ? "" : found->second.name);
}

bool PlayedEngine::send(FakeConnection& connection, std::size_t& passed, std::string_view bytes) {
  sent_ += bytes.size();
  const auto room = streams_.cut_after - std::min(streams_.cut_after, passed);
  passed += bytes.size();
  connection.write(bytes.substr(0, room), streams_.piece);
  return passed <= streams_.cut_after;
}

void PlayedEngine::attach(FakeConnection& connection, const std::string& id) {
  std::size_t passed = 0;
  if (!send(connection, passed, "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"))
    return;
  while (passed < streams_.cut_after) {
    const auto line = read_line(connection);
    if (line.empty()) return end(id, 0);  // the end of its stdin
    if (!send(connection, passed, frame(reply_to(line)))) return;
    if (line.find(R"("method":"shutdown")") != std::string::npos) return end(id, 0);
  }
}

void PlayedEngine::wait(FakeConnection& connection, const std::string& id) {
  connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  int code = 137;
  {
    std::unique_lock lock(mutex_);
    const auto is_over = [&] {
      const auto found = containers_.find(id);
      return found == containers_.end() || found->second.is_over;
    };
    changed_.wait_for(lock, 120s, is_over);
    if (const auto found = containers_.find(id); found != containers_.end()) code = found->second.exit_code;
  }
  const auto body = fmt::format(R"({{"StatusCode":{}}})", code);
  connection.write(fmt::format("{:x}\r\n{}\r\n0\r\n\r\n", body.size(), body));
}

void PlayedEngine::end(const std::string& id, int code) {
  const std::lock_guard lock(mutex_);
  for (auto& [key, container] : containers_) {
    if ((key != id && container.name != id) || container.is_over) continue;
    container.is_over = true;
    container.exit_code = code;
  }
  changed_.notify_all();
}

}  // namespace tests
