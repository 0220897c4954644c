// The labels by which the engine itself is the record of what belongs to which run. The names are relied on
// outside of cexec: they must not change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace executor::track {

inline constexpr const char* kRunLabel = "io.cexec.run";          ///< the run's UUID
inline constexpr const char* kCaseLabel = "io.cexec.case";        ///< the case's id
inline constexpr const char* kProcessLabel = "io.cexec.process";  ///< the process that it plays
inline constexpr const char* kOwnerLabel = "io.cexec.owner";      ///< the cexec process, see Owner
/// What tells the machine of a rebooted owner from any other: its machine-id(5).
inline constexpr const char* kMachineLabel = "io.cexec.machine";
/// The object's own name. An image built from a container inherits its labels: an object whose label is not
/// its name is not ours.
inline constexpr const char* kNameLabel = "io.cexec.name";

/// One process on one boot of one machine, told apart from every other that ever was.
struct Owner {
  std::string boot_id;
  std::uint64_t pid_namespace = 0;  ///< inode number
  std::int64_t pid = 0;
  std::uint64_t start_time = 0;  ///< clock ticks since boot (proc(5), stat field 22)

  /// "BOOT_ID:PID_NAMESPACE:PID:START_TIME"
  [[nodiscard]] std::string text() const;
  bool operator==(const Owner&) const = default;
};

/// Takes Owner::text() apart again; nothing if it is none.
std::optional<Owner> parse_owner(std::string_view text);

/// Of this machine, across boots; empty if it has none.
std::string machine_id();

/// This process. Parts that the kernel does not tell are empty or 0.
Owner current_owner();

}  // namespace executor::track
