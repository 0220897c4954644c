// Bundles that no writer of ours makes: archives out of any entries, in any format.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "executor/bundle/archive.h"

namespace tests {

/// One entry of an archive, whatever it is.
struct EvilEntry {
  std::string path;
  std::string content;
  enum class Kind { file, folder, symlink, hardlink, device } kind = Kind::file;
  std::string target = {};  ///< of a link
  std::uint64_t zeros = 0;  ///< bytes of zero behind the content
};

struct EvilFormat {
  bool zstd = true;
  bool zip = false;
};

/// The archive's bytes.
std::string make_archive(const std::vector<EvilEntry>& entries, EvilFormat format = {});

/// A small bundle that is right: one feature with one case of one process.
executor::bundle::Bundle small_bundle();

/// The entries of a bundle as its writer would put them; the manifest names them all.
std::vector<EvilEntry> entries_of(executor::bundle::Bundle bundle);

}  // namespace tests
