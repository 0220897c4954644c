// Config → cexec.yaml: the text from which the loader makes the same config. It must not touch any file.
#include "executor/config/writer.h"

#include <fmt/format.h>

#include <yaml-cpp/yaml.h>

namespace executor::config {
namespace {

void write_text(YAML::Emitter& out, const char* key, const std::string& text) {
  if (!text.empty()) out << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << text;
}

void write_texts(YAML::Emitter& out, const char* key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out << YAML::Key << key << YAML::Value << YAML::Flow << YAML::BeginSeq;
  for (const auto& text : texts) out << YAML::DoubleQuoted << text;
  out << YAML::EndSeq;
}

void write_rates(YAML::Emitter& out, const char* key, const char* number,
                 const std::vector<DeviceRate>& rates) {
  if (rates.empty()) return;
  out << YAML::Key << key << YAML::Value << YAML::BeginSeq;
  for (const auto& rate : rates) {
    out << YAML::Flow << YAML::BeginMap << YAML::Key << "path" << YAML::Value << YAML::DoubleQuoted
        << rate.path << YAML::Key << number << YAML::Value << rate.rate << YAML::EndMap;
  }
  out << YAML::EndSeq;
}

void write_blkio(YAML::Emitter& out, const Blkio& blkio) {
  const bool is_empty = !blkio.weight && blkio.weight_device.empty() && blkio.read_bps.empty() &&
                        blkio.write_bps.empty() && blkio.read_iops.empty() && blkio.write_iops.empty();
  if (is_empty) return;
  out << YAML::Key << "blkio_config" << YAML::Value << YAML::BeginMap;
  if (blkio.weight) out << YAML::Key << "weight" << YAML::Value << *blkio.weight;
  write_rates(out, "weight_device", "weight", blkio.weight_device);
  write_rates(out, "device_read_bps", "rate", blkio.read_bps);
  write_rates(out, "device_write_bps", "rate", blkio.write_bps);
  write_rates(out, "device_read_iops", "rate", blkio.read_iops);
  write_rates(out, "device_write_iops", "rate", blkio.write_iops);
  out << YAML::EndMap;
}

void write_environment(YAML::Emitter& out, const Platform& platform, const IsSecret& is_secret) {
  if (platform.environment.empty()) return;
  out << YAML::Key << "environment" << YAML::Value << YAML::BeginMap;
  for (const auto& [name, value] : platform.environment) {
    out << YAML::Key << YAML::DoubleQuoted << name << YAML::Value;
    if (is_secret(name)) {
      out << YAML::Null;
    } else {
      out << YAML::DoubleQuoted << value;
    }
  }
  out << YAML::EndMap;
}

void write_limits(YAML::Emitter& out, const Limits& limits) {
  out << YAML::Key << "mem_limit" << YAML::Value << limits.memory;
  out << YAML::Key << "cpus" << YAML::Value << fmt::format("{}", static_cast<double>(limits.nano_cpus) / 1e9);
  out << YAML::Key << "pids_limit" << YAML::Value << limits.pids;
}

void write_ulimits(YAML::Emitter& out, const std::vector<Ulimit>& ulimits) {
  out << YAML::Key << "ulimits" << YAML::Value << YAML::BeginMap;
  for (const auto& limit : ulimits) {
    out << YAML::Key << YAML::DoubleQuoted << limit.name << YAML::Value << YAML::Flow << YAML::BeginMap
        << YAML::Key << "soft" << YAML::Value << limit.soft << YAML::Key << "hard" << YAML::Value
        << limit.hard << YAML::EndMap;
  }
  out << YAML::EndMap;
}

void write_tmpfs(YAML::Emitter& out, const std::map<std::string, std::string>& tmpfs) {
  std::vector<std::string> texts;
  for (const auto& [path, options] : tmpfs) texts.push_back(options.empty() ? path : path + ":" + options);
  write_texts(out, "tmpfs", texts);
}

void write_isolation(YAML::Emitter& out, const Platform& platform) {
  write_ulimits(out, platform.ulimits);
  out << YAML::Key << "read_only" << YAML::Value << platform.read_only;
  write_tmpfs(out, platform.tmpfs);
  write_texts(out, "cap_add", platform.cap_add);
  write_texts(out, "security_opt", platform.security_opt);
  out << YAML::Key << "shm_size" << YAML::Value << platform.shm_size;
  if (platform.init) out << YAML::Key << "init" << YAML::Value << *platform.init;
  out << YAML::Key << "stop_grace_period" << YAML::Value
      << fmt::format("{}ms", platform.stop_grace_period.count());
  write_blkio(out, platform.blkio);
  write_text(out, "runtime", platform.runtime);
}

/// Allowed by name, each of them: they were allowed where this config comes from.
void write_unsafe(YAML::Emitter& out, const Platform& platform) {
  const auto keys = unsafe_keys(platform);
  write_texts(out, "unsafe", keys);
  write_text(out, "network_mode", platform.network_mode);
  if (platform.privileged) out << YAML::Key << "privileged" << YAML::Value << true;
  write_text(out, "pid", platform.pid);
  write_text(out, "ipc", platform.ipc);
  write_texts(out, "devices", platform.devices);
  write_texts(out, "volumes", platform.volumes);
}

void write_platform(YAML::Emitter& out, const Platform& platform, const std::string& image,
                    const IsSecret& is_secret) {
  out << YAML::Key << YAML::DoubleQuoted << platform.name.text() << YAML::Value << YAML::BeginMap;
  write_text(out, "image", image);
  out << YAML::Key << "framing" << YAML::Value
      << (platform.framing == Framing::ndjson ? "ndjson" : "content-length");
  write_text(out, "os", platform.os);
  write_environment(out, platform, is_secret);
  write_texts(out, "command", platform.command);
  write_texts(out, "entrypoint", platform.entrypoint);
  write_text(out, "user", platform.user);
  write_text(out, "working_dir", platform.working_dir);
  write_limits(out, platform.limits);
  write_isolation(out, platform);
  write_unsafe(out, platform);
  out << YAML::EndMap;
}

}  // namespace

std::vector<std::string> unsafe_keys(const Platform& platform) {
  std::vector<std::string> keys;
  if (platform.privileged) keys.emplace_back("privileged");
  if (platform.network_mode == "host") keys.emplace_back("network_mode");
  if (platform.pid == "host") keys.emplace_back("pid");
  if (platform.ipc == "host") keys.emplace_back("ipc");
  if (!platform.devices.empty()) keys.emplace_back("devices");
  if (!platform.volumes.empty()) keys.emplace_back("volumes");
  return keys;
}

std::string to_yaml(const Config& config, const std::function<std::string(const Platform&)>& image_of,
                    const IsSecret& is_secret) {
  YAML::Emitter out;
  out << YAML::BeginMap << YAML::Key << "version" << YAML::Value << 1;
  if (config.default_process) write_text(out, "default_process", config.default_process->text());
  write_texts(out, "secret", config.secret);
  out << YAML::Key << "platforms" << YAML::Value << YAML::BeginMap;
  for (const auto& platform : config.platforms) write_platform(out, platform, image_of(platform), is_secret);
  out << YAML::EndMap;
  const auto& sharing = config.scenario;
  out << YAML::Key << "scenario" << YAML::Value << YAML::BeginMap;
  out << YAML::Key << "network" << YAML::Value << (sharing.network ? "shared" : "none");
  out << YAML::Key << "ipc" << YAML::Value << (sharing.ipc ? "shared" : "private");
  if (!sharing.volume.empty()) {
    out << YAML::Key << "volume" << YAML::Value << YAML::BeginMap;
    write_text(out, "path", sharing.volume);
    out << YAML::Key << "size" << YAML::Value << sharing.volume_size << YAML::EndMap;
  }
  out << YAML::EndMap << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

}  // namespace executor::config
