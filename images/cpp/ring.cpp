// The ring's bytes, as images/FORMATS.md draws them, and the order in which they are stored.
// It must not know who calls it, nor what a payload means.
#include "ring.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <system_error>
#include <thread>

#include "byte_order.h"
#include "crc32.h"
#include "exchange.h"
#include "format_error.h"
#include "unique_fd.h"

namespace formats {
namespace {

constexpr std::uint32_t kMagic = magic("RING");
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kConstantSize = 16;  // of the header: what its checksum covers
constexpr std::size_t kHeaderSize = 192;
constexpr std::size_t kWriteIndexAt = 64;
constexpr std::size_t kReadIndexAt = 128;
constexpr std::size_t kFrameHeaderSize = 24;
constexpr std::size_t kChecked = 12;  // of a frame's header: what its checksum covers
constexpr std::size_t kStateInSlot = 16;
constexpr std::uint32_t kNeverUsed = 0;
constexpr std::uint32_t kWriting = 1;
constexpr std::uint32_t kCommitted = 2;
constexpr std::uint32_t kSlotsLimit = 65'536;
constexpr std::uint32_t kCapacityLimit = 16 * 1024 * 1024;
constexpr int kLooks = 3;  // so often a reader looks, 1 ms apart, before it believes in damage

std::size_t slot_size(std::uint32_t capacity) {
  return kFrameHeaderSize + (std::size_t{capacity} + 7) / 8 * 8;
}

// What `look` returns; damage is believed only if several looks agree. Another process may be
// storing what is read at this moment, so that a single look can see an index or a frame half way
// between two values.
template <typename Look>
auto patiently(Look look) {
  for (int i = 1; i < kLooks; ++i) {
    try {
      return look();
    } catch (const FormatError&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return look();
}

void check_header(std::string_view start) {
  if (start.size() < kHeaderSize) {
    throw FormatError("too short", "the ring's file is too short for a header", bytes(kHeaderSize),
                      bytes(start.size()));
  }
  if (number_at<std::uint32_t>(start, 0) != kMagic) {
    throw wrong_magic("ring", start, kMagic);
  }
  const auto stated = number_at<std::uint32_t>(start, kConstantSize);
  const std::uint32_t computed = crc32(start.substr(0, kConstantSize));
  if (computed != stated) {
    throw FormatError("wrong checksum", "the ring's header has the wrong checksum", hex(stated),
                      hex(computed));
  }
  const auto version = number_at<std::uint16_t>(start, 4);
  if (version != kVersion || number_at<std::uint16_t>(start, 6) != kHeaderSize) {
    throw FormatError("wrong version", "the ring is of another version",
                      "version " + std::to_string(kVersion), "version " + std::to_string(version));
  }
}

bool is_possible(std::uint32_t slots, std::uint32_t capacity) {
  return slots >= 1 && slots <= kSlotsLimit && capacity >= 1 && capacity <= kCapacityLimit;
}

}  // namespace

std::string pack_ring_header(std::uint32_t slots, std::uint32_t capacity) {
  std::string header;
  append(header, kMagic);
  append(header, kVersion);
  append(header, static_cast<std::uint16_t>(kHeaderSize));
  append(header, slots);
  append(header, capacity);
  append(header, crc32(header));
  return header;
}

void Ring::create(const std::string& path, std::uint32_t slots, std::uint32_t capacity) {
  if (!is_possible(slots, capacity)) {
    throw std::invalid_argument("a ring has 1 to " + std::to_string(kSlotsLimit) + " slots of 1 to " +
                                std::to_string(kCapacityLimit) + " bytes");
  }
  publish(path, pack_ring_header(slots, capacity), kHeaderSize + slots * slot_size(capacity));
}

Ring::Ring(const std::string& path) {
  must_exist(path, "ring");
  const UniqueFd file(checked(::open(path.c_str(), O_RDWR | O_CLOEXEC), path));
  char start[kHeaderSize];
  const ssize_t count = checked(::pread(file.get(), start, sizeof start, 0), path);
  check_header({start, static_cast<std::size_t>(count)});
  slots_ = number_at<std::uint32_t>({start, kHeaderSize}, 8);
  capacity_ = number_at<std::uint32_t>({start, kHeaderSize}, 12);
  if (!is_possible(slots_, capacity_)) {
    throw FormatError("wrong geometry",
                      "the ring claims " + std::to_string(slots_) + " slots of " + bytes(capacity_));
  }
  size_ = kHeaderSize + slots_ * slot_size(capacity_);
  struct stat status {};
  checked(::fstat(file.get(), &status), path);
  if (static_cast<std::size_t>(status.st_size) < size_) {
    throw FormatError("too short", "the ring's file is shorter than its header says", bytes(size_),
                      bytes(static_cast<std::uint64_t>(status.st_size)));
  }
  void* map = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (map == MAP_FAILED) throw std::system_error(errno, std::generic_category(), path);
  map_ = static_cast<char*>(map);
}

Ring::~Ring() {
  ::munmap(map_, size_);
}

// --- the writer ---

std::uint64_t Ring::recover() {
  const std::uint64_t sequence = write_index() + 1;
  if (state(sequence) == kWriting) {
    set_state(sequence, kNeverUsed);
    return 1;
  }
  try {
    look_once(sequence);
  } catch (const FormatError&) {
    return 0;  // the slot holds an older frame, or none
  }
  store_index(kWriteIndexAt, sequence);
  return 0;
}

std::uint64_t Ring::write(std::string_view payload) {
  const std::uint64_t sequence = write_index() + 1;
  fill(sequence, payload, payload.size());
  set_state(sequence, kCommitted);
  store_index(kWriteIndexAt, sequence);
  return sequence;
}

void Ring::write_half(std::string_view payload) {
  fill(write_index() + 1, payload, payload.size() / 2);
}

void Ring::fill(std::uint64_t sequence, std::string_view payload, std::size_t stored) {
  if (payload.size() > capacity_) {
    throw std::length_error("a frame of " + bytes(payload.size()) + " does not fit into slots of " +
                            std::to_string(capacity_));
  }
  if (!has_room()) {
    throw RingFull("all " + std::to_string(slots_) + " slots hold frames that the reader has not read");
  }
  set_state(sequence, kWriting);
  std::string header;
  append(header, sequence);
  append(header, static_cast<std::uint32_t>(payload.size()));
  append(header, crc32(payload, crc32(header)));
  char* const at = map_ + slot(sequence);
  std::copy_n(header.data(), header.size(), at);
  std::copy_n(payload.data(), stored, at + kFrameHeaderSize);
}

void Ring::damage(std::uint64_t sequence) {
  const std::size_t at = slot(sequence);
  const bool is_empty = number_at<std::uint32_t>({map_, size_}, at + 8) == 0;
  map_[at + (is_empty ? kChecked : kFrameHeaderSize)] ^= 1;
}

// --- the reader ---

std::optional<Frame> Ring::read() {
  if (waiting() == 0) return std::nullopt;
  Frame frame{read_index() + 1, {}};
  try {
    frame.payload = look(frame.sequence);
  } catch (const FormatError&) {
    store_index(kReadIndexAt, frame.sequence);
    throw;
  }
  store_index(kReadIndexAt, frame.sequence);
  return frame;
}

// --- anyone ---

std::uint64_t Ring::waiting() const {
  return patiently([this] {
    const std::uint64_t read = read_index();
    const std::uint64_t written = write_index();
    if (read > written || written - read > slots_) {
      throw FormatError("wrong index", "write index " + std::to_string(written) + " and read index " +
                                           std::to_string(read) + " cannot both be right in a ring of " +
                                           std::to_string(slots_) + " slots");
    }
    return written - read;
  });
}

std::string Ring::look(std::uint64_t sequence) const {
  return patiently([this, sequence] {
    if (sequence > write_index()) {
      throw FormatError("not written", "frame " + std::to_string(sequence) + " has not been written yet");
    }
    return look_once(sequence);
  });
}

bool Ring::has_half_frame() const {
  return state(write_index() + 1) == kWriting;
}

std::string Ring::look_once(std::uint64_t sequence) const {
  const std::size_t at = slot(sequence);
  const std::uint32_t found_state = state(sequence);
  // A copy before the checks: the writer may overwrite the slot of an observer's frame.
  const std::string header(map_ + at, kFrameHeaderSize);
  const auto found = number_at<std::uint64_t>(header, 0);
  const auto length = number_at<std::uint32_t>(header, 8);
  std::string payload(map_ + at + kFrameHeaderSize, std::min(length, capacity_));
  const std::string name = "frame " + std::to_string(sequence);
  if (found > sequence && (found - sequence) % slots_ == 0) {
    throw FormatError("overwritten", name + " was overwritten by frame " + std::to_string(found));
  }
  if (found_state != kCommitted) throw FormatError("not committed", name + " was begun and never committed");
  if (found != sequence) {
    throw FormatError("wrong sequence", "the slot of " + name + " holds another frame",
                      std::to_string(sequence), std::to_string(found));
  }
  if (length > capacity_) {
    throw FormatError("too long", name + " claims more than a slot holds", "at most " + bytes(capacity_),
                      bytes(length));
  }
  const auto stated = number_at<std::uint32_t>(header, kChecked);
  const std::uint32_t computed = crc32(payload, crc32(header.substr(0, kChecked)));
  if (computed != stated) {
    throw FormatError("wrong checksum", name + " at byte " + std::to_string(at) + " has the wrong checksum",
                      hex(stated), hex(computed));
  }
  return payload;
}

std::size_t Ring::slot(std::uint64_t sequence) const {
  return kHeaderSize + (sequence - 1) % slots_ * slot_size(capacity_);
}

// The marks and the indexes order everything else: who sees a new one also sees what was stored
// before it.

std::uint32_t Ring::state(std::uint64_t sequence) const {
  auto& word = *reinterpret_cast<std::uint32_t*>(map_ + slot(sequence) + kStateInSlot);
  return reorder(std::atomic_ref(word).load(std::memory_order_acquire));
}

void Ring::set_state(std::uint64_t sequence, std::uint32_t state) {
  auto& word = *reinterpret_cast<std::uint32_t*>(map_ + slot(sequence) + kStateInSlot);
  std::atomic_ref(word).store(reorder(state), std::memory_order_release);
}

std::uint64_t Ring::write_index() const {
  auto& word = *reinterpret_cast<std::uint64_t*>(map_ + kWriteIndexAt);
  return reorder(std::atomic_ref(word).load(std::memory_order_acquire));
}

std::uint64_t Ring::read_index() const {
  auto& word = *reinterpret_cast<std::uint64_t*>(map_ + kReadIndexAt);
  return reorder(std::atomic_ref(word).load(std::memory_order_acquire));
}

void Ring::store_index(std::size_t at, std::uint64_t value) {
  auto& word = *reinterpret_cast<std::uint64_t*>(map_ + at);
  std::atomic_ref(word).store(reorder(value), std::memory_order_release);
}

}  // namespace formats
