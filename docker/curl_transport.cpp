// The transport over libcurl: requests on a pool of kept-alive connections, and raw connections to the same
// engine. It must not know any endpoint of the API.
#include "docker/curl_transport.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>

#include "docker/connection.h"
#include "docker/curl_easy.h"

namespace docker {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{64} << 20;
constexpr std::size_t kMaxIdleSessions = 16;

struct SlistDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

/// One request under way: what libcurl's callbacks read from and write to.
class Transfer {
 public:
  Transfer(CURL* easy, const Request& request, const BodySink& sink)
      : easy_(easy), request_(request), sink_(sink) {}

  void prepare(const Endpoint& endpoint) {
    curl_easy_reset(easy_);
    point_at(easy_, endpoint);
    url_ = base_url(endpoint) + request_.target;
    curl_easy_setopt(easy_, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
    set_method();
    set_headers();
  }

  Response response;
  bool head_complete = false;  ///< libcurl takes a connection that ends within the head for a success
  std::optional<Error> callback_error;  ///< why a callback ended the transfer

 private:
  void set_method() {
    switch (request_.method) {
      case Method::get: break;
      case Method::head: curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L); break;
      case Method::del: curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, "DELETE"); break;
      case Method::post:
        curl_easy_setopt(easy_, CURLOPT_POST, 1L);
        if (request_.source) {
          curl_easy_setopt(easy_, CURLOPT_READFUNCTION, &Transfer::on_read);
          curl_easy_setopt(easy_, CURLOPT_READDATA, this);
        } else {
          curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
          curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body.data());
        }
    }
  }

  void add_header(const char* line) { headers_.reset(curl_slist_append(headers_.release(), line)); }

  void set_headers() {
    add_header("Expect:");  // no 100-continue round trip
    add_header(request_.content_type.empty() ? "Content-Type:"
                                             : ("Content-Type: " + request_.content_type).c_str());
    if (request_.source) add_header("Transfer-Encoding: chunked");
    for (const auto& [name, value] : request_.headers) add_header((name + ": " + value).c_str());
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_.get());
  }

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) {
    const std::string_view line(data, size * count);
    auto* transfer = static_cast<Transfer*>(self);
    auto& headers = transfer->response.headers;
    if (line.starts_with("HTTP/")) headers.clear();  // of an interim response
    transfer->head_complete = line == "\r\n";
    if (const auto colon = line.find(':'); colon != std::string_view::npos) {
      headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
    return line.size();
  }

  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) {
    return static_cast<Transfer*>(self)->take_body({data, size * count});
  }

  std::size_t take_body(std::string_view bytes) {
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    if (sink_ && status < 400) {
      if (auto taken = sink_(bytes); !taken) {
        callback_error = taken.error();
        return CURL_WRITEFUNC_ERROR;
      }
      return bytes.size();
    }
    if (response.body.size() + bytes.size() > kMaxAnswer) {
      callback_error = Error{
          ErrorKind::malformed, 0, {}, fmt::format("the answer is larger than {} MiB", kMaxAnswer >> 20U)};
      return CURL_WRITEFUNC_ERROR;
    }
    response.body.append(bytes);
    return bytes.size();
  }

  static std::size_t on_read(char* data, std::size_t size, std::size_t count, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    auto filled = transfer->request_.source({data, size * count});
    if (filled) return *filled;
    transfer->callback_error = filled.error();
    return CURL_READFUNC_ABORT;
  }

  CURL* easy_;
  const Request& request_;
  const BodySink& sink_;
  std::string url_;
  std::unique_ptr<curl_slist, SlistDeleter> headers_;
};

}  // namespace

/// One easy handle in a multi handle of its own: the multi keeps the connection alive between requests, and
/// can be woken from another thread.
struct CurlTransport::Session {
  Session() : easy(curl_easy_init()), multi(curl_multi_init()) {}
  ~Session() {
    easy.reset();
    curl_multi_cleanup(multi);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs the prepared transfer to its end. Nothing: stopped or past the deadline.
  std::optional<CURLcode> run(const Call& call) {
    const std::stop_callback on_stop(call.stop, [this] { curl_multi_wakeup(multi); });
    curl_multi_add_handle(multi, easy.get());
    int running = 1;
    while (running > 0 && !call.stop.stop_requested() && !call.deadline.passed()) {
      curl_multi_perform(multi, &running);
      if (running > 0) {
        const auto left = std::min<base::milliseconds>(call.deadline.left(), std::chrono::minutes(1));
        curl_multi_poll(multi, nullptr, 0, static_cast<int>(left.count()), nullptr);
      }
    }
    int queued = 0;
    const CURLMsg* message = curl_multi_info_read(multi, &queued);
    std::optional<CURLcode> code;
    if (message != nullptr && message->msg == CURLMSG_DONE) code = message->data.result;
    curl_multi_remove_handle(multi, easy.get());  // closes the connection if the transfer was cut short
    return code;
  }

  CurlEasy easy;
  CURLM* multi;
};

CurlTransport::CurlTransport(Endpoint endpoint) : endpoint_(std::move(endpoint)) {
  init_curl();
}
CurlTransport::~CurlTransport() = default;

std::unique_ptr<CurlTransport::Session> CurlTransport::take_session() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<Session>();
  auto session = std::move(idle_.back());
  idle_.pop_back();
  return session;
}

void CurlTransport::give_back(std::unique_ptr<Session> session) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kMaxIdleSessions) idle_.push_back(std::move(session));
}

Result<Response> CurlTransport::send(const Request& request, const Call& call, const BodySink& sink) {
  const auto called = fmt::format("{} {}", name_of(request.method),
                                  std::string_view(request.target).substr(0, request.target.find('?')));
  auto session = take_session();
  Transfer transfer(session->easy.get(), request, sink);
  transfer.prepare(endpoint_);
  const auto code = session->run(call);
  if (!code) {
    const bool stopped = call.stop.stop_requested();
    return tl::unexpected(Error{stopped ? ErrorKind::cancelled : ErrorKind::timed_out, 0, called,
                                stopped ? "cancelled" : "the engine did not answer in time"});
  }
  if (transfer.callback_error) {
    if (transfer.callback_error->call.empty()) transfer.callback_error->call = called;
    return tl::unexpected(std::move(*transfer.callback_error));
  }
  const auto outcome = *code == CURLE_OK && !transfer.head_complete ? CURLE_GOT_NOTHING : *code;
  if (outcome != CURLE_OK) return tl::unexpected(error_of(session->easy.get(), outcome, endpoint_, called));
  long status = 0;
  curl_easy_getinfo(session->easy.get(), CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  give_back(std::move(session));
  return std::move(transfer.response);
}

Result<std::unique_ptr<Connection>> CurlTransport::connect(const Call& call) {
  return endpoint_.is_unix() ? connect_unix(endpoint_, call) : connect_tcp(endpoint_, call);
}

}  // namespace docker
