// Requests to one server and its answers, over any stream of bytes. It must not know what a method means, nor
// where the bytes go.
#include "executor/rpc/channel.h"

#include <fmt/format.h>

#include "executor/text/quote.h"

namespace executor::rpc {
namespace {

namespace json = base::json;
using Kind = CallError::Kind;

/// {"jsonrpc":"2.0","id":1,"method":"health","params":{}}
std::string request_text(std::int64_t id, std::string_view method, std::string_view params) {
  json::Writer out;
  out.begin_object().member("jsonrpc", "2.0").member("id", id).member("method", method);
  out.key("params").raw(params).end_object();
  return out.take();
}

}  // namespace

void Channel::receive(std::string_view bytes) {
  bool broken_before = false;
  bool broken_now = false;
  std::string error;
  std::vector<Letter> letters;
  {
    const std::lock_guard lock(mutex_);
    broken_before = broken_.has_value();
    if (!broken_before) {
      broken_now = !framer_.feed(bytes, [&](std::string_view text) { take_message(text, letters); });
      error = framer_.error();
    }
  }
  // Without the lock: who is woken by a letter asks for it at once.
  for (auto& letter : letters) letters_.send(std::move(letter));
  if (broken_before) listener_.on_noise(bytes);
  if (broken_now) break_off({Kind::violation, error}, bytes);
  listener_.on_passed();
}

void Channel::end() {
  auto detail = pending();
  break_off({Kind::ended, detail.empty() ? "its stdout ended" : "its stdout ended: " + detail}, {});
}

/// Called with the lock held, on the receiving thread.
void Channel::take_message(std::string_view text, std::vector<Letter>& letters) {
  const auto noise = [&] { listener_.on_noise(std::string(text) + "\n"); };
  const auto violate = [&](std::string detail) {
    noise();
    if (broken_) return;
    broken_ = CallError{Kind::violation, std::move(detail)};
    letters.emplace_back(*broken_);
  };
  if (broken_) return noise();
  auto message = read_message(text);
  if (auto* notification = std::get_if<Notification>(&message)) {
    if (notification->method != "log") return noise();
    const auto* params = notification->params();
    listener_.on_log(json::as_string(json::find(params, "level")).value_or("info"),
                     json::as_string(json::find(params, "message")).value_or(""));
  } else if (auto* reply = std::get_if<Reply>(&message)) {
    if (open_.erase(reply->id) == 0) {
      const bool again = reply->id > 0 && reply->id <= last_id_;
      return violate(fmt::format("replied to id {}, which {}: {}", reply->id,
                                 again ? "had been answered already" : "was not asked", text::quote(text)));
    }
    listener_.on_reply(text);
    letters.emplace_back(std::move(*reply));
  } else {
    violate(std::get<Violation>(message).detail);
  }
}

void Channel::break_off(CallError error, std::string_view noise) {
  if (!noise.empty()) listener_.on_noise(noise);
  const std::lock_guard lock(mutex_);
  if (broken_) return;
  broken_ = std::move(error);
  letters_.send(*broken_);
}

std::optional<CallError> Channel::broken() const {
  const std::lock_guard lock(mutex_);
  return broken_;
}

std::string Channel::pending() const {
  const std::lock_guard lock(mutex_);
  return framer_.pending();
}

tl::expected<std::int64_t, CallError> Channel::post(std::string_view method, std::string_view params,
                                                    const base::Deadline& deadline,
                                                    const std::stop_token& stop) {
  std::int64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    if (broken_) return tl::unexpected(*broken_);
    id = ++last_id_;
    open_.insert(id);  // before it is sent: the answer may be faster than this thread
  }
  const auto text = request_text(id, method, params);
  if (text.size() > kMaxMessage) {
    return tl::unexpected(CallError{
        Kind::too_large,
        fmt::format("the request has {} bytes; at most {} are possible", text.size(), kMaxMessage)});
  }
  listener_.on_request(text);  // before it is sent: its place is before that of the answer
  const auto written = stream_.write(framed(framing_, text), deadline, stop);
  listener_.on_passed();
  switch (written) {
    case ByteStream::Written::all: return id;
    case ByteStream::Written::stopped: return tl::unexpected(CallError{Kind::cancelled, "cancelled"});
    case ByteStream::Written::timed_out:
      return tl::unexpected(CallError{Kind::timed_out, "it does not read its stdin"});
    case ByteStream::Written::closed: break;
  }
  // What it wrote before it went says more than that it went.
  const auto why = broken();
  return tl::unexpected(why.value_or(CallError{Kind::ended, "it closed its stdin"}));
}

tl::expected<Reply, CallError> Channel::await(const std::set<std::int64_t>& ids,
                                              const base::Deadline& deadline, const std::stop_token& stop) {
  while (true) {
    stream_.read_here([this] { return !letters_.empty(); }, deadline, stop);
    auto letter = letters_.receive(deadline, stop);
    if (!letter) {
      if (const auto why = broken()) return tl::unexpected(*why);
      if (stop.stop_requested()) return tl::unexpected(CallError{Kind::cancelled, "cancelled"});
      return tl::unexpected(CallError{Kind::timed_out, pending()});
    }
    if (auto* error = std::get_if<CallError>(&*letter)) return tl::unexpected(std::move(*error));
    auto& reply = std::get<Reply>(*letter);
    if (ids.contains(reply.id)) return std::move(reply);
  }
}

tl::expected<Reply, CallError> Channel::call(std::string_view method, std::string_view params,
                                             const base::Deadline& deadline, const std::stop_token& stop) {
  const auto id = post(method, params, deadline, stop);
  if (!id) return tl::unexpected(id.error());
  return await({*id}, deadline, stop);
}

}  // namespace executor::rpc
