// Starting, signalling, stopping and removing a container. It must not know what runs inside.
#include "docker/container_lifecycle.h"

#include "base/wait.h"

namespace docker {
namespace {

Result<void> ok_or(const Result<Response>& response, std::initializer_list<int> also_fine) {
  if (response) return {};
  for (const int status : also_fine) {
    if (response.error().is_status(status)) return {};
  }
  return tl::unexpected(response.error());
}

Result<void> post(const Client& client, std::string target, const Call& call,
                  std::initializer_list<int> also_fine) {
  Request request;
  request.method = Method::post;
  request.target = std::move(target);
  return ok_or(client.send(std::move(request), call), also_fine);
}

}  // namespace

Result<void> start_container(const Client& client, const std::string& id, const Call& call) {
  return post(client, Target("/containers/", id, "/start").text(), call, {});  // 304 is below 400
}

Result<void> kill_container(const Client& client, const std::string& id, const std::string& signal,
                            const Call& call) {
  return post(client, Target("/containers/", id, "/kill").add("signal", signal).text(), call, {404, 409});
}

Result<void> stop_container(const Client& client, const std::string& id, std::chrono::milliseconds grace,
                            const Call& call) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(grace).count();
  return post(client, Target("/containers/", id, "/stop").add("t", std::to_string(seconds)).text(), call,
              {404});
}

Result<void> remove_container(const Client& client, const std::string& id, const Call& call) {
  auto pause = base::milliseconds(10);
  while (true) {
    Request request;
    request.method = Method::del;
    request.target = Target("/containers/", id, "").add("force", "1").add("v", "1").text();
    const auto response = client.send(std::move(request), call);
    if (response || !response.error().is_status(409)) return ok_or(response, {404});
    if (call.deadline.passed() || !base::pause_for(pause, call.stop)) return ok_or(response, {});
    pause = std::min(pause * 2, base::milliseconds(500));
  }
}

}  // namespace docker
