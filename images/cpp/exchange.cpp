// Reads CEXEC_EXCHANGE and CEXEC_PEERS, which docs/protocol.md describes.
// It must not know what is in a file or sent to a peer.
#include "exchange.h"

#include <fcntl.h>
#include <rapidjson/document.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "unique_fd.h"

namespace formats {

std::string exchange_path(const std::string& name, const std::string& suffix) {
  const char* folder = std::getenv("CEXEC_EXCHANGE");
  if (folder == nullptr || *folder == '\0') {
    throw std::runtime_error("CEXEC_EXCHANGE is not set: the case shares no volume (scenario.volume)");
  }
  if (name.empty() || name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") != std::string::npos) {
    throw std::invalid_argument("'" + name + "' is no name: only a-z, 0-9, - and _ may be in it");
  }
  return std::string(folder) + "/" + name + suffix;
}

void must_exist(const std::string& path, const std::string& what) {
  if (::access(path.c_str(), F_OK) == 0) return;
  throw std::runtime_error("there is no " + what + " " + path + ": nobody has created it in this case");
}

void publish(const std::string& path, std::string_view start, std::uint64_t size) {
  const std::string unfinished = path + ".new";
  const UniqueFd file(
      checked(::open(unfinished.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666), unfinished));
  checked(::fchmod(file.get(), 0666), unfinished);  // another platform's server may run as another user
  checked(::write(file.get(), start.data(), start.size()), unfinished);
  checked(::ftruncate(file.get(), static_cast<off_t>(size)), unfinished);
  checked(::rename(unfinished.c_str(), path.c_str()), path);
}

std::string peer_address(const std::string& process) {
  const char* peers = std::getenv("CEXEC_PEERS");
  if (peers == nullptr || *peers == '\0') {
    throw std::runtime_error("CEXEC_PEERS is not set: the case shares no network (tag @network)");
  }
  rapidjson::Document addresses;
  addresses.Parse(peers);
  if (!addresses.IsObject()) throw std::runtime_error("CEXEC_PEERS is no JSON object");
  const auto found = addresses.FindMember(process.c_str());
  if (found == addresses.MemberEnd() || !found->value.IsString()) {
    throw std::invalid_argument("no process '" + process + "' in CEXEC_PEERS: " + peers);
  }
  return found->value.GetString();
}

}  // namespace formats
