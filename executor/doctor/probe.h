// Short-lived containers that try what an instance's container promises, from inside. It must not judge what
// they see.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "docker/container_inspect.h"
#include "executor/config/config.h"
#include "executor/track/tracker.h"

namespace executor::doctor {

/// What a container wrote and how it ended.
struct Probed {
  std::map<std::string, std::string>
      said;                           ///< "read /proc/net/dev" → what followed, without its last line end
  std::vector<std::string> warnings;  ///< of the engine, when it was created
  docker::ContainerDetails details;   ///< once it had ended
  std::string error;                  ///< why there is no such thing; empty if all went well

  /// Empty if it was not said.
  [[nodiscard]] std::string answer(const std::string& question) const;
};

/// Takes the probe's output apart.
std::map<std::string, std::string> read_answers(std::string_view out);

class Prober {
 public:
  /// `tracker` must outlive it.
  explicit Prober(track::Tracker& tracker) : tracker_(tracker) {}

  /// Imports the probe's image, unless the engine has it. Empty, or what went wrong.
  std::string prepare(const docker::Call& call);
  [[nodiscard]] const std::string& image() const { return image_; }

  /// Runs the probe with these words in a container as an instance on `platform` would get; `input` is all of
  /// its stdin. The container is gone when this returns. `volume` and `network` may be empty.
  Probed run(const std::vector<std::string>& words, const config::Platform& platform, std::string_view input,
             const std::string& network, const std::string& volume, const docker::Call& call);

  /// Starts the probe with these words in a container that runs on. Returns its address on the network.
  /// Blocks until it says "0": it does what it was asked for.
  docker::Result<std::string> start_neighbor(const std::vector<std::string>& words,
                                             const config::Platform& platform, const std::string& network,
                                             const docker::Call& call);
  /// Removes that container; there need not be one.
  void remove_neighbor();

 private:
  docker::Result<docker::CreatedContainer> create(const std::vector<std::string>& words,
                                                  const config::Platform& platform,
                                                  const std::string& network, const std::string& volume,
                                                  const docker::Call& call);
  void converse(const std::string& id, std::string_view input, Probed& probed, const docker::Call& call);

  track::Tracker& tracker_;
  std::string image_;
  std::string neighbor_;  ///< its id; empty: none
};

}  // namespace executor::doctor
