// What cexec.yaml says, as types. It must not know how it is written down, nor what is done with it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "executor/model/framing.h"
#include "executor/model/ids.h"

namespace executor::config {

using model::Framing;
using model::PlatformName;
using model::ProcessName;
using std::chrono::milliseconds;

/// How the instances of a run are kept apart and how many cases run at a time.
enum class Mode { process, process_parallel, container_seq, container_par };

/// What an instance may use. 0 means no limit.
struct Limits {
  std::int64_t memory = std::int64_t{256} << 20U;  ///< bytes
  std::int64_t nano_cpus = 1'000'000'000;          ///< 1e9 is one CPU
  std::int64_t pids = 128;                         ///< processes and threads
};

struct Ulimit {
  std::string name;
  std::int64_t soft = 0;
  std::int64_t hard = 0;
};

struct DeviceRate {
  std::string path;
  std::int64_t rate = 0;  ///< bytes or operations a second; for weights the weight
};

struct Blkio {
  std::optional<std::int64_t> weight;
  std::vector<DeviceRate> weight_device;
  std::vector<DeviceRate> read_bps;
  std::vector<DeviceRate> write_bps;
  std::vector<DeviceRate> read_iops;
  std::vector<DeviceRate> write_iops;
};

struct Build {
  std::filesystem::path context;  ///< absolute
  std::string dockerfile = "Dockerfile";
  std::map<std::string, std::string> args;
  std::string target;
  std::string network;
};

/// One entry of `platforms`, with `defaults` worked in.
struct Platform {
  PlatformName name;
  int line = 0;  ///< of its entry
  std::optional<Build> build;
  std::string image;                 ///< reference; empty if it is built, or runs as a host process only
  std::vector<std::string> process;  ///< command of host-process modes; empty if there is none
  Framing framing = Framing::ndjson;
  std::string os = "linux";
  Limits limits;
  std::map<std::string, std::string> environment;
  std::vector<std::string> command;
  std::vector<std::string> entrypoint;
  std::string user = "65534:65534";
  std::string working_dir;
  std::vector<Ulimit> ulimits;
  bool read_only = true;
  std::map<std::string, std::string> tmpfs;  ///< path → mount options, /tmp included
  std::vector<std::string> cap_add;
  std::vector<std::string> cap_drop{"ALL"};
  std::vector<std::string> security_opt{"no-new-privileges"};
  std::int64_t shm_size = std::int64_t{64} << 20U;
  std::optional<bool> init;
  milliseconds stop_grace_period{5000};
  Blkio blkio;
  std::string runtime;
  std::string network_mode;  ///< "none", "host" (unsafe), or empty: as the scenario asks
  // Only with the key's name in `unsafe`:
  bool privileged = false;
  std::string pid;
  std::string ipc;
  std::vector<std::string> devices;
  std::vector<std::string> volumes;
};

/// The keys of an entry that give up isolation, by their names.
std::vector<std::string> unsafe_keys(const Platform& platform);

/// What the instances of one case share.
struct Sharing {
  bool network = false;  ///< a private internal network
  bool ipc = false;      ///< an IPC namespace
  std::string volume;    ///< where a tmpfs of the case's own is mounted; empty: none
  std::int64_t volume_size = std::int64_t{64} << 20U;
};

/// Whether `volume` is asked for by a tag without a path.
inline constexpr const char* kDefaultVolume = "/exchange";

enum class Combine { all, pairwise, same, each };

/// Combinations that are left out: all of the named processes on one of the named platforms.
struct Exclusion {
  int line = 0;
  std::map<ProcessName, std::set<PlatformName>> where;
};

struct Matrix {
  Combine combine = Combine::all;
  int combine_line = 0;
  std::vector<Exclusion> exclude;
};

/// An option of the command line by its long name without the dashes, as written: not checked yet.
struct Setting {
  std::string option;
  int line = 0;
  std::vector<std::string> values;  ///< "true" for a switch
};
using Profile = std::vector<Setting>;

struct Config {
  std::filesystem::path file;  ///< as given, for messages
  std::filesystem::path root;  ///< absolute: the file's folder, which its paths are relative to
  std::vector<std::filesystem::path> features;  ///< absolute
  std::optional<Mode> mode;
  std::optional<ProcessName> default_process;
  std::vector<std::string> secret;  ///< names of variables, with `*`, whose values no record may show
  std::vector<Platform> platforms;  ///< in the file's order
  Sharing scenario;
  Matrix matrix;
  std::map<std::string, Profile> profiles;

  /// Null if there is none of that name.
  [[nodiscard]] const Platform* find_platform(const PlatformName& name) const;
};

}  // namespace executor::config
