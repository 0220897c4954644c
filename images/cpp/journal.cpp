// The journal's bytes, as images/FORMATS.md draws them.
// It must not know who calls it, nor what a payload means.
#include "journal.h"

#include <fcntl.h>

#include <stdexcept>

#include "byte_order.h"
#include "crc32.h"
#include "exchange.h"

namespace formats {
namespace {

constexpr std::uint32_t kMagic = magic("JRNL");
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHeaderSize = 16;
constexpr std::size_t kRecordHeaderSize = 20;
constexpr std::size_t kCheckedHeader = 12;  // of the file's header: what its checksum covers
constexpr std::size_t kCheckedRecord = 16;  // of a record's header: what its checksum covers
constexpr std::size_t kPayloadLimit = 16ul * 1024 * 1024;

std::string read_file(const std::string& path) {
  const UniqueFd file(checked(::open(path.c_str(), O_RDONLY | O_CLOEXEC), path));
  std::string data;
  for (;;) {
    const std::size_t before = data.size();
    data.resize(before + 65'536);
    const ssize_t count = checked(::read(file.get(), data.data() + before, 65'536), path);
    data.resize(before + static_cast<std::size_t>(count));
    if (count == 0) return data;
  }
}

void check_header(std::string_view data) {
  if (data.size() < kHeaderSize) {
    throw FormatError("too short", "the journal's file is too short for a header", bytes(kHeaderSize),
                      bytes(data.size()));
  }
  if (number_at<std::uint32_t>(data, 0) != kMagic) {
    throw wrong_magic("journal", data, kMagic);
  }
  const auto stated = number_at<std::uint32_t>(data, kCheckedHeader);
  const std::uint32_t computed = crc32(data.substr(0, kCheckedHeader));
  if (computed != stated) {
    throw FormatError("wrong checksum", "the journal's header has the wrong checksum", hex(stated),
                      hex(computed));
  }
  const auto version = number_at<std::uint16_t>(data, 4);
  if (version != kVersion || number_at<std::uint16_t>(data, 6) != kHeaderSize) {
    throw FormatError("wrong version", "the journal is of another version",
                      "version " + std::to_string(kVersion), "version " + std::to_string(version));
  }
}

Record unpack_record(std::string_view data, std::uint64_t at, std::uint64_t sequence) {
  const std::string name = "record " + std::to_string(sequence) + " at byte " + std::to_string(at);
  data.remove_prefix(at);
  if (data.size() < kRecordHeaderSize) {
    throw FormatError("torn", name + " is torn: the file ends inside its header", bytes(kRecordHeaderSize),
                      bytes(data.size()));
  }
  const std::size_t left = data.size() - kRecordHeaderSize;
  const auto length = number_at<std::uint32_t>(data, 0);
  if (length > kPayloadLimit) {
    throw FormatError("too long", name + " claims more than a record may hold",
                      "at most " + bytes(kPayloadLimit), bytes(length));
  }
  if (length > left) {
    throw FormatError("torn", name + " is torn: the file ends inside its payload", bytes(length),
                      bytes(left));
  }
  const std::string_view payload = data.substr(kRecordHeaderSize, length);
  const auto stated = number_at<std::uint32_t>(data, kCheckedRecord);
  const std::uint32_t computed = crc32(payload, crc32(data.substr(0, kCheckedRecord)));
  if (computed != stated) {
    throw FormatError("wrong checksum", name + " has the wrong checksum", hex(stated), hex(computed));
  }
  const auto found = number_at<std::uint64_t>(data, 8);
  if (found != sequence) {
    throw FormatError("wrong sequence", name + " carries another number", std::to_string(sequence),
                      std::to_string(found));
  }
  return {at, sequence, static_cast<RecordKind>(number_at<std::uint16_t>(data, 4)), std::string(payload)};
}

}  // namespace

std::string pack_journal_header() {
  std::string header;
  append(header, kMagic);
  append(header, kVersion);
  append(header, static_cast<std::uint16_t>(kHeaderSize));
  append(header, std::uint32_t{0});
  append(header, crc32(header));
  return header;
}

std::string pack_record(std::uint64_t sequence, RecordKind kind, std::string_view payload) {
  std::string record;
  append(record, static_cast<std::uint32_t>(payload.size()));
  append(record, static_cast<std::uint16_t>(kind));
  append(record, std::uint16_t{0});
  append(record, sequence);
  append(record, crc32(payload, crc32(record)));
  record += payload;
  return record;
}

void create_journal(const std::string& path) {
  publish(path, pack_journal_header(), kHeaderSize);
}

JournalContents read_journal(const std::string& path) {
  must_exist(path, "journal");
  const std::string data = read_file(path);
  check_header(data);
  JournalContents contents;
  contents.end = kHeaderSize;
  while (contents.end < data.size()) {
    try {
      contents.records.push_back(unpack_record(data, contents.end, contents.records.size() + 1));
    } catch (const FormatError& error) {
      contents.damage = error;
      break;
    }
    contents.end += kRecordHeaderSize + contents.records.back().payload.size();
  }
  return contents;
}

void damage_record(const std::string& path, std::uint64_t sequence) {
  const JournalContents contents = read_journal(path);
  if (sequence < 1 || sequence > contents.records.size()) {
    throw std::out_of_range("there is no record " + std::to_string(sequence) + " to damage, only " +
                            std::to_string(contents.records.size()));
  }
  const Record& record = contents.records[sequence - 1];
  const auto at =
      static_cast<off_t>(record.offset + (record.payload.empty() ? kCheckedRecord : kRecordHeaderSize));
  const UniqueFd file(checked(::open(path.c_str(), O_RDWR | O_CLOEXEC), path));
  char byte = 0;
  checked(::pread(file.get(), &byte, 1, at), path);
  byte ^= 1;
  checked(::pwrite(file.get(), &byte, 1, at), path);
}

JournalWriter::JournalWriter(const std::string& path) {
  const JournalContents contents = read_journal(path);
  file_ = UniqueFd(checked(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC), path));
  cut_off_ = static_cast<std::uint64_t>(checked(::lseek(file_.get(), 0, SEEK_END), path)) - contents.end;
  if (cut_off_ > 0) checked(::ftruncate(file_.get(), static_cast<off_t>(contents.end)), path);
  next_sequence_ = contents.records.size() + 1;
}

std::uint64_t JournalWriter::append(RecordKind kind, std::string_view payload) {
  if (payload.size() > kPayloadLimit) {
    throw std::length_error("a record of " + bytes(payload.size()) + " is over the limit of " +
                            std::to_string(kPayloadLimit));
  }
  write(pack_record(next_sequence_, kind, payload));
  return next_sequence_++;
}

void JournalWriter::append_half(RecordKind kind, std::string_view payload) {
  write(std::string_view(pack_record(next_sequence_, kind, payload))
            .substr(0, kRecordHeaderSize + payload.size() / 2));
}

void JournalWriter::write(std::string_view bytes) {
  while (!bytes.empty())
    bytes.remove_prefix(static_cast<std::size_t>(
        checked(::write(file_.get(), bytes.data(), bytes.size()), "write to the journal")));
}

}  // namespace formats
