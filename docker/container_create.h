// POST /containers/create. It must not know what runs inside.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "docker/client.h"

namespace docker {

using Labels = std::map<std::string, std::string>;

struct Ulimit {
  std::string name;  ///< "core", "nofile", …
  std::int64_t soft = 0;
  std::int64_t hard = 0;
};

/// A throttle of one device.
struct DeviceRate {
  std::string path;       ///< "/dev/sda"
  std::int64_t rate = 0;  ///< bytes or operations a second; for weights the weight
};

struct BlkioLimits {
  std::optional<std::int64_t> weight;  ///< 10 to 1000
  std::vector<DeviceRate> weight_device;
  std::vector<DeviceRate> read_bps;
  std::vector<DeviceRate> write_bps;
  std::vector<DeviceRate> read_iops;
  std::vector<DeviceRate> write_iops;
};

/// A named volume mounted into the container.
struct VolumeMount {
  std::string volume;
  std::string target;  ///< absolute path inside
  bool read_only = false;
};

/// What HostConfig takes: the container's limits and its share of the host. Sizes are bytes.
struct HostSettings {
  std::int64_t memory = 0;      ///< 0: unlimited; swap is limited to the same, so there is none beyond it
  std::int64_t nano_cpus = 0;   ///< 1e9 is one CPU; 0: unlimited
  std::int64_t pids_limit = 0;  ///< processes and threads; 0: unlimited
  std::int64_t shm_size = 0;    ///< /dev/shm; 0: the engine's default
  bool read_only_root = false;
  bool privileged = false;
  std::optional<bool> init;  ///< a reaping init as pid 1
  std::vector<std::string> cap_add;
  std::vector<std::string> cap_drop;
  std::vector<std::string> security_opt;
  std::vector<std::string> binds;            ///< "/host:/inside:ro"
  std::vector<std::string> devices;          ///< "/dev/fuse" or "/dev/a:/dev/b:rwm"
  std::map<std::string, std::string> tmpfs;  ///< path → mount options
  std::vector<VolumeMount> volumes;
  std::vector<Ulimit> ulimits;
  BlkioLimits blkio;
  std::string network_mode;   ///< "none", a network's name, "container:ID"
  std::string ipc_mode;       ///< "private", "shareable", "container:ID"
  std::string cgroupns_mode;  ///< "private"
  std::string pid_mode;       ///< "", "host"
  std::string runtime;        ///< empty: the engine's default
  std::string log_driver;     ///< "none", …; empty: the engine's default
};

/// What a container is to be.
struct ContainerSpec {
  std::string name;                      ///< chosen by the caller; it is the fence against a twin
  std::string image;                     ///< id or reference
  std::vector<std::string> entrypoint;   ///< empty: the image's
  std::vector<std::string> command;      ///< empty: the image's
  std::vector<std::string> environment;  ///< "NAME=value"
  std::string user;                      ///< empty: the image's
  std::string working_dir;               ///< empty: the image's
  std::string hostname;                  ///< empty: the engine's choice
  Labels labels;
  bool tty = false;             ///< one terminal in the place of the three streams (attach_terminal)
  bool open_stdin = false;      ///< stdin stays open for an attached client and ends with it (StdinOnce)
  bool no_healthcheck = false;  ///< switches off the image's own HEALTHCHECK
  std::vector<std::string> network_aliases;  ///< DNS names on the network of `network_mode`
  HostSettings host;
};

struct CreatedContainer {
  std::string id;
  std::vector<std::string> warnings;  ///< as the engine words them: limits it cannot enforce, …
};

/// Creates a container; it is not started. Refused with 404 (no such image), 409 (the name is taken; then
/// conflicting_container tells by whom), 400 (an impossible setting). After `timed_out` or `cancelled` it is
/// unknown whether it exists: look for the name.
Result<CreatedContainer> create_container(const Client& client, const ContainerSpec& spec, const Call& call);

/// The JSON body of the request.
std::string create_body(const ContainerSpec& spec);

/// The id of the container that has the name already, out of the message of a 409; empty if it names none
/// (moby/daemon/names.go: `… is already in use by container "ID". You have to …`).
std::string conflicting_container(const Error& error);

}  // namespace docker
