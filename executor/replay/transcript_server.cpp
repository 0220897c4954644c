// The part of a process played from its recorded messages, so that another one can be looked at alone. It
// must not know what the messages mean.
#include "executor/replay/transcript_server.h"

#include <fmt/format.h>

#include <mutex>

#include "base/json.h"
#include "base/latch.h"
#include "executor/rpc/framer.h"

namespace executor::replay {
namespace {

namespace json = base::json;

class TranscriptServer final : public instance::Server {
 public:
  /// `next` is the exchange that comes next, also for a server that plays the process after this one.
  TranscriptServer(model::Framing framing, const std::vector<Exchange>& exchanges, std::size_t& next)
      : framing_(framing), framer_(framing), exchanges_(exchanges), next_(next) {}

  tl::expected<void, instance::Error> start(instance::Output& output, const base::Deadline&,
                                            const std::stop_token&) override {
    output_ = &output;
    return {};
  }

  Written write(std::string_view bytes, const base::Deadline&, const std::stop_token&) override {
    if (ended_.get()) return Written::closed;
    std::string answers;
    framer_.feed(bytes, [&](std::string_view message) { answers += answer(message); });
    if (!answers.empty()) output_->on_stdout(answers);
    return Written::all;
  }

  void close_stdin() override { end(0); }
  void terminate() override { end(128 + 15); }
  void kill() override { end(128 + 9); }

  tl::expected<std::optional<instance::Exit>, instance::Error> wait(const base::Deadline& deadline,
                                                                    const std::stop_token& stop) override {
    return ended_.wait(deadline, stop);
  }
  std::string dispose() override {
    end(128 + 9);
    return {};
  }
  [[nodiscard]] std::string image_reference() const override { return "the transcript"; }
  [[nodiscard]] std::string image_id() const override { return {}; }

 private:
  /// Framed, or empty where there was no answer.
  std::string answer(std::string_view message) {
    const auto request = json::parse(message);
    if (!request) return {};
    const auto method = json::string_or(json::find(&*request, "method"));
    const auto result = next_result(method);
    if (!result) return {};
    const auto id = json::int_or(json::find(&*request, "id"));
    return rpc::framed(framing_, fmt::format(R"({{"jsonrpc":"2.0","id":{},{}}})", id, *result));
  }

  std::optional<std::string> next_result(const std::string& method) {
    // How often `health` is asked depends on time alone.
    while (method != "health" && next_ < exchanges_.size() && exchanges_[next_].method == "health") ++next_;
    if (next_ < exchanges_.size() && exchanges_[next_].method == method) return exchanges_[next_++].result;
    // What was not asked then: only what cexec asks by itself has an answer of its own.
    if (method == "health") return R"("result":{"status":"ok","protocol":1})";
    if (method == "shutdown") return R"("result":{})";
    return std::nullopt;
  }

  void end(std::int64_t code) {
    if (ended_.get()) return;
    ended_.set(instance::Exit{code, false});
    if (output_ != nullptr) output_->on_end({});
  }

  const model::Framing framing_;
  rpc::Framer framer_;
  const std::vector<Exchange>& exchanges_;
  std::size_t& next_;
  instance::Output* output_ = nullptr;
  base::Latch<instance::Exit> ended_;
};

}  // namespace

class SoloSites::SoloSite final : public instance::Site {
 public:
  SoloSite(const SoloSites& sites, std::unique_ptr<instance::Site> real)
      : sites_(sites), real_(std::move(real)) {}

  tl::expected<void, instance::Error> open(const base::Deadline& deadline,
                                           const std::stop_token& stop) override {
    return real_->open(deadline, stop);
  }
  std::unique_ptr<instance::Server> make_server(const instance::ServerRequest& request) override {
    if (request.process == sites_.solo_) return real_->make_server(request);
    static const std::vector<Exchange> kNone;
    const auto found = sites_.exchanges_.find(request.process);
    return std::make_unique<TranscriptServer>(request.platform->framing,
                                              found == sites_.exchanges_.end() ? kNone : found->second,
                                              positions_[request.process]);
  }
  tl::expected<void, instance::Error> clean(const base::Deadline& deadline,
                                            const std::stop_token& stop) override {
    return real_->clean(deadline, stop);
  }
  std::vector<std::string> close() override { return real_->close(); }

 private:
  const SoloSites& sites_;
  const std::unique_ptr<instance::Site> real_;
  std::map<model::ProcessName, std::size_t> positions_;
};

std::unique_ptr<instance::Site> SoloSites::make_site(instance::SiteRequest request) {
  return std::make_unique<SoloSite>(*this, real_.make_site(std::move(request)));
}

}  // namespace executor::replay
