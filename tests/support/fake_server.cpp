// A platform server that a test plays, within the process: no container, no socket, no thread.
#include "tests/support/fake_server.h"

#include <fmt/format.h>

namespace tests {

namespace json = base::json;
using executor::instance::Error;
using executor::instance::Exit;

Behaviour failing_step() {
  Behaviour behaviour;
  behaviour.answer = [](const std::string& method, const std::string&) -> std::optional<std::string> {
    return method == "executeStep" ? R"({"success":false,"error":{"message":"no"}})" : "";
  };
  return behaviour;
}

tl::expected<void, Error> FakeServer::start(executor::instance::Output& output, const base::Deadline&,
                                            const std::stop_token&) {
  note("start");
  output_ = &output;
  if (behaviour_.start_error) return tl::unexpected(*behaviour_.start_error);
  if (behaviour_.exit_on_start) {
    output.on_stderr("cannot start\n");
    end(*behaviour_.exit_on_start);
  }
  return {};
}

void FakeServer::end(Exit exit) {
  if (exit_.get()) return;
  exit_.set(exit);
  output_->on_end("");
}

FakeServer::Written FakeServer::write(std::string_view bytes, const base::Deadline&, const std::stop_token&) {
  if (output_ == nullptr || exit_.get()) return Written::closed;
  take(std::string(bytes.substr(0, bytes.size() - 1)));
  return Written::all;
}

void FakeServer::take(const std::string& line) {
  const auto document = json::parse(line).value();
  const auto method = json::string_or(json::find(&document, "method"));
  const auto step = json::string_or(json::find(&document, "params", "step"));
  const auto id = json::int_or(json::find(&document, "id"));
  if (method == "executeStep") note("step " + step);
  if (method == "shutdown") note("shutdown");
  if (method == "executeStep" && behaviour_.exit_on_step) return end(*behaviour_.exit_on_step);
  if (behaviour_.raw) {
    if (const auto text = behaviour_.raw(method, id); !text.empty()) return output_->on_stdout(text);
  }
  std::optional<std::string> result;
  if (behaviour_.answer) {
    result = behaviour_.answer(method, step);
    if (!result) return;
  }
  if (!result || result->empty()) {
    result = method == "health"     ? R"({"status":"ok","protocol":1,"capabilities":["fast"]})"
             : method == "shutdown" ? "{}"
                                    : R"({"success":true})";
  }
  output_->on_stdout(fmt::format("{{\"jsonrpc\":\"2.0\",\"id\":{},\"result\":{}}}\n", id, *result));
  if (method == "shutdown" && behaviour_.ends_on_shutdown) end({behaviour_.exit_on_shutdown, false});
}

void FakeServer::close_stdin() {
  if (output_ != nullptr && behaviour_.ends_on_end_of_input) end({behaviour_.exit_on_shutdown, false});
}

void FakeServer::terminate() {
  note("SIGTERM");
  if (behaviour_.ends_on_sigterm) end({128 + 15, false});
}

void FakeServer::kill() {
  if (output_ == nullptr) return;
  note("SIGKILL");
  end({128 + 9, false});
}

tl::expected<std::optional<Exit>, Error> FakeServer::wait(const base::Deadline& deadline,
                                                          const std::stop_token& stop) {
  if (output_ == nullptr || behaviour_.start_error) return std::nullopt;
  return exit_.wait(deadline, stop);
}

std::string FakeServer::dispose() {
  if (disposed_) return {};
  disposed_ = true;
  note("dispose");
  if (output_ != nullptr) end({128 + 9, false});
  return {};
}

class FakeSite : public executor::instance::Site {
 public:
  explicit FakeSite(FakeSites& sites) : sites_(sites) {}

  tl::expected<void, Error> open(const base::Deadline&, const std::stop_token&) override {
    sites_.diary.push_back("open");
    if (sites_.on_open) sites_.on_open();
    if (sites_.open_error) return tl::unexpected(*sites_.open_error);
    return {};
  }

  std::unique_ptr<executor::instance::Server> make_server(
      const executor::instance::ServerRequest& request) override {
    const std::lock_guard lock(sites_.mutex_);
    sites_.servers.push_back(request);
    auto& waiting = sites_.behaviours[request.process.text()];
    Behaviour behaviour;
    if (!waiting.empty()) {
      behaviour = waiting.front();
      waiting.pop_front();
    }
    return std::make_unique<FakeServer>(request.process.text(), behaviour, sites_.diary);
  }

  tl::expected<void, Error> clean(const base::Deadline&, const std::stop_token&) override {
    sites_.diary.push_back("clean");
    return {};
  }

  std::vector<std::string> close() override {
    sites_.diary.push_back("close");
    return sites_.close_problems;
  }

 private:
  FakeSites& sites_;
};

std::unique_ptr<executor::instance::Site> FakeSites::make_site(executor::instance::SiteRequest request) {
  const std::lock_guard lock(mutex_);
  sites.push_back(std::move(request));
  return std::make_unique<FakeSite>(*this);
}

}  // namespace tests
