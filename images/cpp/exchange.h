// Where the processes of a case meet: files in the shared volume and the addresses of peers.
// It must not know what is in a file or sent to a peer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace formats {

/// The file that stands for `name` in the folder all processes of the case share.
/// Throws if the case shares no folder or `name` is no name.
std::string exchange_path(const std::string& name, const std::string& suffix);

/// Throws in words that say what to look at, where the file is missing.
void must_exist(const std::string& path, const std::string& what);

/// Makes a file of `size` bytes that begins with `start`, visible only once it is complete.
void publish(const std::string& path, std::string_view start, std::uint64_t size);

/// The host name or address at which `process` is reached; throws if there is none.
std::string peer_address(const std::string& process);

}  // namespace formats
