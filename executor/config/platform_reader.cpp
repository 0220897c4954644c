// One entry of `platforms`: the Compose service keys and ours. Internal to config/.
#include "executor/config/platform_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace executor::config {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMostUlimit = std::int64_t{1} << 60U;

/// A map, or a list of NAME=value. Without a value it is taken from cexec's own environment, if it is there.
std::map<std::string, std::string> read_environment(const Entry& entry, const Environment& environment) {
  std::map<std::string, std::string> variables;
  const auto pass_on = [&](const std::string& name) {
    if (auto value = environment(name)) variables[name] = std::move(*value);
  };
  if (entry.is_map()) {
    for (const auto& [name, value] : entry.members()) {
      if (value.is_null()) {
        pass_on(name);
      } else if (auto text = value.as_text()) {
        variables[name] = std::move(*text);
      }
    }
    return variables;
  }
  if (!entry.is_list()) {
    entry.fail("expected a map, or a list of NAME=value");
    return variables;
  }
  for (const auto& text : entry.as_texts()) {
    const auto equals = text.find('=');
    if (equals == std::string::npos) {
      pass_on(text);
    } else {
      variables[text.substr(0, equals)] = text.substr(equals + 1);
    }
  }
  return variables;
}

/// "path" or "path:options".
void read_tmpfs(const Entry& entry, std::map<std::string, std::string>& tmpfs) {
  for (const auto& text : entry.as_texts()) {
    const auto colon = text.find(':');
    const auto path = text.substr(0, colon);
    if (!path.starts_with('/')) {
      entry.fail(fmt::format("'{}' is no absolute path", path));
      continue;
    }
    tmpfs[path] = colon == std::string::npos ? std::string() : text.substr(colon + 1);
  }
}

/// {nofile: 1024, core: {soft: 0, hard: 0}}
std::vector<Ulimit> read_ulimits(const Entry& entry) {
  std::vector<Ulimit> ulimits;
  for (const auto& [name, value] : entry.members()) {
    Ulimit limit{name, 0, 0};
    if (value.is_map()) {
      value.each_key(
          {{"soft", [&](const Entry& e) { limit.soft = e.as_number(-1, kMostUlimit).value_or(0); }},
           {"hard", [&](const Entry& e) { limit.hard = e.as_number(-1, kMostUlimit).value_or(0); }}});
    } else {
      limit.soft = limit.hard = value.as_number(-1, kMostUlimit).value_or(0);
    }
    ulimits.push_back(limit);
  }
  return ulimits;
}

/// [{path: /dev/sda, rate: 12mb}]
std::vector<DeviceRate> read_rates(const Entry& entry, const std::string& number) {
  std::vector<DeviceRate> rates;
  for (const auto& item : entry.items()) {
    DeviceRate rate;
    item.each_key({{"path", [&](const Entry& e) { rate.path = e.as_text().value_or(""); }},
                   {number, [&](const Entry& e) { rate.rate = e.as_size().value_or(0); }}});
    if (rate.path.empty() || rate.rate <= 0) {
      item.fail(fmt::format("expected a path and a {} above 0", number));
    } else {
      rates.push_back(std::move(rate));
    }
  }
  return rates;
}

Blkio read_blkio(const Entry& entry) {
  Blkio blkio;
  entry.each_key({
      {"weight", [&](const Entry& e) { blkio.weight = e.as_number(10, 1000); }},
      {"weight_device", [&](const Entry& e) { blkio.weight_device = read_rates(e, "weight"); }},
      {"device_read_bps", [&](const Entry& e) { blkio.read_bps = read_rates(e, "rate"); }},
      {"device_write_bps", [&](const Entry& e) { blkio.write_bps = read_rates(e, "rate"); }},
      {"device_read_iops", [&](const Entry& e) { blkio.read_iops = read_rates(e, "rate"); }},
      {"device_write_iops", [&](const Entry& e) { blkio.write_iops = read_rates(e, "rate"); }},
  });
  return blkio;
}

/// A folder, or {context:, dockerfile:, args:, target:, network:}.
Build read_build(const Entry& entry, const fs::path& root, const Environment& environment) {
  Build build;
  std::optional<std::string> context;
  if (!entry.is_map()) {
    context = entry.as_text();
  } else {
    entry.each_key({
        {"context", [&](const Entry& e) { context = e.as_text(); }},
        {"dockerfile", [&](const Entry& e) { build.dockerfile = e.as_text().value_or(""); }},
        {"args", [&](const Entry& e) { build.args = read_environment(e, environment); }},
        {"target", [&](const Entry& e) { build.target = e.as_text().value_or(""); }},
        {"network", [&](const Entry& e) { build.network = e.as_text().value_or(""); }},
    });
    if (!context) entry.fail("names no context");
  }
  build.context = (root / context.value_or(".")).lexically_normal();
  return build;
}

/// Health is asked over the protocol, so an engine's own checks could only disagree with it.
void read_healthcheck(const Entry& entry) {
  bool disabled = false;
  if (!entry.is_map()) return entry.fail("expected a map");
  for (const auto& [key, value] : entry.members()) {
    if (key == "disable") disabled = value.as_flag().value_or(false);
    if (key == "test" && value.is_list()) disabled = value.as_texts() == std::vector<std::string>{"NONE"};
  }
  if (!disabled) entry.fail("only {disable: true} is possible: cexec asks the server itself, with `health`");
}

void read_restart(const Entry& entry) {
  const auto policy = entry.as_text();
  if (!policy || *policy == "no" || *policy == "false") return;
  entry.fail(
      fmt::format("'{}' is not possible: a restarted server would be another instance; use the step "
                  "\"the 'X' process restarts\"",
                  *policy));
}

/// Adds to no-new-privileges, which only an entry about itself replaces ("no-new-privileges:false").
void read_security_opt(const Entry& entry, std::vector<std::string>& options) {
  for (auto& option : entry.as_texts()) {
    if (option.starts_with("no-new-privileges"))
      options.front() = option;
    else
      options.push_back(std::move(option));
  }
}

/// Settings that give up the isolation that everybody relies on.
class UnsafeKeys {
 public:
  void allow(const Entry& entry) {
    for (const auto& key : entry.as_texts()) {
      static const std::vector<std::string> kKeys{"privileged", "network_mode", "pid",
                                                  "ipc",        "devices",      "volumes"};
      if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
        entry.fail(
            fmt::format("'{}' is no unsafe key; those are privileged, network_mode, pid, ipc, devices and "
                        "volumes",
                        key));
      }
      allowed_.insert(key);
    }
  }
  void use(const std::string& key, const Entry& entry) { used_.emplace_back(key, entry); }
  void check() const {
    for (const auto& [key, entry] : used_) {
      if (allowed_.contains(key)) continue;
      entry.fail(
          fmt::format("gives up isolation and is refused; `unsafe: [{}]` in this platform allows it", key));
    }
  }

 private:
  std::set<std::string> allowed_;
  std::vector<std::pair<std::string, Entry>> used_;
};

Entry::Handlers identity_handlers(Platform& p, const fs::path& root, const Environment& environment) {
  return {
      {"build", [&](const Entry& e) { p.build = read_build(e, root, environment); }},
      {"image", [&](const Entry& e) { p.image = e.as_text().value_or(""); }},
      {"process", [&](const Entry& e) { p.process = e.as_command(); }},
      {"framing",
       [&](const Entry& e) {
         const auto word = e.as_word({"ndjson", "content-length"});
         p.framing = word == "content-length" ? Framing::content_length : Framing::ndjson;
       }},
      {"os", [&](const Entry& e) { p.os = e.as_text().value_or(p.os); }},
      {"environment", [&](const Entry& e) { p.environment = read_environment(e, environment); }},
      {"command", [&](const Entry& e) { p.command = e.as_command(); }},
      {"entrypoint", [&](const Entry& e) { p.entrypoint = e.as_command(); }},
      {"user", [&](const Entry& e) { p.user = e.as_text().value_or(p.user); }},
      {"working_dir", [&](const Entry& e) { p.working_dir = e.as_text().value_or(""); }},
      {"runtime", [&](const Entry& e) { p.runtime = e.as_text().value_or(""); }},
  };
}

Entry::Handlers isolation_handlers(Platform& p) {
  return {
      {"ulimits", [&](const Entry& e) { p.ulimits = read_ulimits(e); }},
      {"read_only", [&](const Entry& e) { p.read_only = e.as_flag().value_or(true); }},
      {"tmpfs", [&](const Entry& e) { read_tmpfs(e, p.tmpfs); }},
      {"cap_add", [&](const Entry& e) { p.cap_add = e.as_texts(); }},
      {"cap_drop",
       [](const Entry& e) {
         std::ignore = e.as_texts();
       }},  // ALL are dropped already; cap_add gives some back
      {"security_opt", [&](const Entry& e) { read_security_opt(e, p.security_opt); }},
      {"shm_size", [&](const Entry& e) { p.shm_size = e.as_size().value_or(p.shm_size); }},
      {"init", [&](const Entry& e) { p.init = e.as_flag(); }},
      {"stop_grace_period",
       [&](const Entry& e) { p.stop_grace_period = e.as_duration().value_or(p.stop_grace_period); }},
      {"blkio_config", [&](const Entry& e) { p.blkio = read_blkio(e); }},
      {"healthcheck", &read_healthcheck},
      {"restart", &read_restart},
  };
}

Entry::Handlers unsafe_handlers(Platform& p, UnsafeKeys& unsafe) {
  const auto host_mode = [&unsafe](std::string& mode, const std::string& key,
                                   std::vector<std::string> words) {
    return [&unsafe, &mode, key, words = std::move(words)](const Entry& e) {
      mode = e.as_word(words).value_or("");
      if (mode == "host") unsafe.use(key, e);
    };
  };
  const auto list = [&unsafe](std::vector<std::string>& into, const std::string& key) {
    return [&unsafe, &into, key](const Entry& e) {
      into = e.as_texts();
      unsafe.use(key, e);
    };
  };
  return {
      {"unsafe", [&](const Entry& e) { unsafe.allow(e); }},
      {"privileged",
       [&](const Entry& e) {
         p.privileged = e.as_flag().value_or(false);
         if (p.privileged) unsafe.use("privileged", e);
       }},
      {"network_mode", host_mode(p.network_mode, "network_mode", {"none", "host"})},
      {"pid", host_mode(p.pid, "pid", {"host"})},
      {"ipc", host_mode(p.ipc, "ipc", {"private", "host"})},
      {"devices", list(p.devices, "devices")},
      {"volumes", list(p.volumes, "volumes")},
  };
}

}  // namespace

Entry::Handlers limit_handlers(Limits& limits) {
  return {
      {"mem_limit",
       [&](const Entry& e) {
         const auto size = e.as_size();
         // The engine refuses less than 6 MiB (moby/daemon/daemon_unix.go).
         if (size && *size < (std::int64_t{6} << 20U)) return e.fail("must be at least 6m");
         limits.memory = size.value_or(limits.memory);
       }},
      {"cpus",
       [&](const Entry& e) {
         if (const auto cpus = e.as_positive()) limits.nano_cpus = std::llround(*cpus * 1e9);
       }},
      {"pids_limit", [&](const Entry& e) { limits.pids = e.as_number(1, 1 << 22).value_or(limits.pids); }},
  };
}

Platform read_platform(const Entry& entry, PlatformName name, const Platform& defaults, const fs::path& root,
                       const Environment& environment) {
  Platform platform = defaults;
  platform.name = std::move(name);
  platform.line = entry.line();
  UnsafeKeys unsafe;
  auto handlers = limit_handlers(platform.limits);
  handlers.merge(identity_handlers(platform, root, environment));
  handlers.merge(isolation_handlers(platform));
  handlers.merge(unsafe_handlers(platform, unsafe));
  entry.each_key(handlers);
  unsafe.check();
  if (platform.build && !platform.image.empty())
    entry.fail("has both build and image; one of them is enough");
  if (!platform.build && platform.image.empty() && platform.process.empty()) {
    entry.fail("has neither build nor image nor process: nothing says what to start");
  }
  // What stands in the entry adds to /tmp and to the ban on core files, and may redefine both.
  platform.tmpfs.emplace("/tmp", "size=64m,nosuid,nodev,mode=1777");
  const auto is_core = [](const Ulimit& limit) { return limit.name == "core"; };
  if (std::none_of(platform.ulimits.begin(), platform.ulimits.end(), is_core)) {
    platform.ulimits.push_back({"core", 0, 0});
  }
  return platform;
}

}  // namespace executor::config
