// Short-lived containers that try what an instance's container promises, from inside. It must not judge what
// they see.
#include "executor/doctor/probe.h"

#include <fmt/format.h>
#include <poll.h>

#include <tuple>
#include <utility>

#include "base/wait.h"
#include "docker/attach.h"
#include "docker/container_lifecycle.h"
#include "docker/exit_watch.h"
#include "docker/images.h"
#include "docker/sha256.h"
#include "docker/tar_writer.h"
#include "executor/instance/container_spec.h"

extern "C" {
extern const char cexec_probe_begin[];
extern const char cexec_probe_end[];
}

namespace executor::doctor {
namespace {

constexpr std::size_t kMostOutput = std::size_t{1} << 20U;

std::string_view probe_binary() {
  return {cexec_probe_begin, static_cast<std::size_t>(cexec_probe_end - cexec_probe_begin)};
}

/// All that the container writes to stdout, to the end. Empty, or what went wrong.
std::string read_all(docker::AttachedStream& stream, std::string& out, const docker::Call& call) {
  while (true) {
    const auto state = stream.read([&out](docker::StdStream which, std::string_view bytes) {
      if (which == docker::StdStream::out && out.size() < kMostOutput) out.append(bytes);
    });
    if (state == docker::AttachedStream::State::ended) return {};
    if (state == docker::AttachedStream::State::broken) return "its output broke off: " + stream.error();
    if (base::wait_for(stream.fd(), POLLIN, call.deadline, call.stop) != base::Waited::ready) {
      return "its output did not end in time";
    }
  }
}

std::string await_exit(docker::ExitWatch& watch, const docker::Call& call) {
  while (true) {
    const auto status = watch.poll();
    if (!status) return status.error().describe();
    if (*status) return {};
    if (base::wait_for(watch.fd(), POLLIN, call.deadline, call.stop) != base::Waited::ready) {
      return "its exit was not told in time";
    }
  }
}

}  // namespace

std::string Probed::answer(const std::string& question) const {
  const auto found = said.find(question);
  return found == said.end() ? std::string() : found->second;
}

std::map<std::string, std::string> read_answers(std::string_view out) {
  std::map<std::string, std::string> answers;
  std::string* current = nullptr;
  while (!out.empty()) {
    const auto end = std::min(out.find('\n'), out.size());
    const auto line = out.substr(0, end);
    out.remove_prefix(std::min(end + 1, out.size()));
    if (line.starts_with("== ")) {
      current = &answers[std::string(line.substr(3))];
    } else if (current != nullptr) {
      if (!current->empty()) *current += '\n';
      current->append(line);
    }
  }
  return answers;
}

std::string Prober::prepare(const docker::Call& call) {
  const auto& client = tracker_.client();
  const docker::ImageReference tag{"cexec-probe", docker::sha256_hex(probe_binary()).substr(0, 12), {}};
  if (const auto there = docker::inspect_image(client, tag.text(), call)) {
    image_ = there->id;
    return {};
  }
  docker::TarWriter tar;
  tar.add_file("probe", 0755, probe_binary());
  tar.finish();
  const auto imported = docker::import_image(client, tar.take_all(), tag, {R"(ENTRYPOINT ["/probe"])"}, call);
  if (!imported) return imported.error().describe();
  image_ = *imported;
  return {};
}

docker::Result<docker::CreatedContainer> Prober::create(const std::vector<std::string>& words,
                                                        const config::Platform& platform,
                                                        const std::string& network, const std::string& volume,
                                                        const docker::Call& call) {
  instance::Surroundings around;
  around.run = tracker_.run();
  around.process = model::ProcessName("probe");
  around.peers = {around.process};
  around.image_id = image_;
  around.limits = platform.limits;
  around.network = network;
  around.volume = volume;
  around.volume_path = config::kDefaultVolume;
  auto spec = instance::container_spec(platform, around);
  spec.command = words;
  return tracker_.create_container(std::move(spec), {model::CaseId("doctor"), around.process}, call);
}

Probed Prober::run(const std::vector<std::string>& words, const config::Platform& platform,
                   std::string_view input, const std::string& network, const std::string& volume,
                   const docker::Call& call) {
  Probed probed;
  const auto created = create(words, platform, network, volume, call);
  if (!created) {
    probed.error = created.error().describe();
    return probed;
  }
  probed.warnings = created->warnings;
  converse(created->id, input, probed, call);
  if (const auto removed = tracker_.remove_container(created->id); !removed && probed.error.empty()) {
    probed.error = removed.error().describe();
  }
  return probed;
}

docker::Result<std::string> Prober::start_neighbor(const std::vector<std::string>& words,
                                                   const config::Platform& platform,
                                                   const std::string& network, const docker::Call& call) {
  const auto& client = tracker_.client();
  const auto created = create(words, platform, network, {}, call);
  if (!created) return tl::unexpected(created.error());
  neighbor_ = created->id;
  auto stream = docker::attach_container(client, neighbor_, call);
  if (!stream) return tl::unexpected(stream.error());
  if (const auto started = docker::start_container(client, neighbor_, call); !started)
    return tl::unexpected(started.error());
  std::string out;
  const auto is_ready = [&out] { return out.ends_with("\n0\n"); };
  while (!is_ready()) {
    const auto state =
        (*stream)->read([&out](docker::StdStream, std::string_view bytes) { out.append(bytes); });
    if (is_ready()) break;
    if (state != docker::AttachedStream::State::open ||
        base::wait_for((*stream)->fd(), POLLIN, call.deadline, call.stop) != base::Waited::ready) {
      return tl::unexpected(docker::Error{docker::ErrorKind::malformed, 0, {}, "the probe said: " + out});
    }
  }
  const auto details = docker::inspect_container(client, neighbor_, call);
  if (!details) return tl::unexpected(details.error());
  const auto address = details->addresses.find(network);
  if (address != details->addresses.end() && !address->second.empty()) return address->second;
  return tl::unexpected(
      docker::Error{docker::ErrorKind::malformed, 0, {}, "the engine tells no address of a container"});
}

void Prober::remove_neighbor() {
  if (!neighbor_.empty()) std::ignore = tracker_.remove_container(std::exchange(neighbor_, {}));
}

void Prober::converse(const std::string& id, std::string_view input, Probed& probed,
                      const docker::Call& call) {
  const auto& client = tracker_.client();
  const auto failed = [&probed](std::string_view what, const docker::Error& error) {
    probed.error = fmt::format("{}: {}", what, error.describe());
  };
  auto stream = docker::attach_container(client, id, call);
  if (!stream) return failed("attach", stream.error());
  auto watch = docker::watch_exit(client, id, call);
  if (!watch) return failed("wait for its exit", watch.error());
  if (const auto started = docker::start_container(client, id, call); !started)
    return failed("start", started.error());
  if (!input.empty()) std::ignore = (*stream)->write(input, call);
  (*stream)->close_stdin();
  std::string out;
  probed.error = read_all(**stream, out, call);
  probed.said = read_answers(out);
  if (probed.error.empty()) probed.error = await_exit(**watch, call);
  const auto details = docker::inspect_container(client, id, call);
  if (!details) return failed("inspect", details.error());
  probed.details = *details;
}

}  // namespace executor::doctor
