// What proc(5) tells of processes. Internal to track/.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace executor::track {

/// The whole of a small file; nothing if it cannot be read. At most 1 MiB.
std::optional<std::string> read_proc(const std::filesystem::path& file);

/// All processes that /proc shows.
std::vector<pid_t> all_pids();

/// 0 if there is no such process.
pid_t parent_of(pid_t pid);

/// Whether it has ended, and nobody has waited for it; or is gone.
bool has_ended(pid_t pid);

/// The command's name, at most 15 characters; empty if there is no such process.
std::string name_of_process(pid_t pid);

}  // namespace executor::track
