// The journal of images/FORMATS.md: checksummed records, appended to a file one after the other.
// It must not know who calls it, nor what a payload means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format_error.h"
#include "unique_fd.h"

namespace formats {

enum class RecordKind : std::uint16_t { kBytes = 1, kText = 2, kJson = 3 };

/// One record as a reader gets it; `offset` is where it begins in the file.
struct Record {
  std::uint64_t offset;
  std::uint64_t sequence;
  RecordKind kind;
  std::string payload;
};

/// The good records of a journal, where they end, and what is wrong there, if anything is.
struct JournalContents {
  std::vector<Record> records;
  std::uint64_t end = 0;
  std::optional<FormatError> damage;
};

/// Makes an empty journal; one of the same name is replaced.
void create_journal(const std::string& path);

/// All good records. Damage ends them and is told, not thrown; a bad file header is thrown.
JournalContents read_journal(const std::string& path);

/// Flips one bit of a record's payload, or of its checksum if the payload is empty.
void damage_record(const std::string& path, std::uint64_t sequence);

/// The one process that appends. Opening cuts off everything from the first bad record on.
class JournalWriter {
 public:
  explicit JournalWriter(const std::string& path);

  std::uint64_t cut_off() const { return cut_off_; }  ///< bytes
  std::uint64_t next_sequence() const { return next_sequence_; }

  /// Appends a record and returns its sequence number.
  std::uint64_t append(RecordKind kind, std::string_view payload);

  /// Does what a writer has done when it dies in the middle of append().
  void append_half(RecordKind kind, std::string_view payload);

 private:
  void write(std::string_view bytes);

  UniqueFd file_;
  std::uint64_t cut_off_ = 0;
  std::uint64_t next_sequence_ = 1;
};

std::string pack_journal_header();
std::string pack_record(std::uint64_t sequence, RecordKind kind, std::string_view payload);

}  // namespace formats
