// The ring of images/FORMATS.md: frames from one writer to one reader through a mapped file.
// It must not know who calls it, nor what a payload means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace formats {

/// There is no room until the reader moves on.
struct RingFull : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Frame {
  std::uint64_t sequence;
  std::string payload;
};

/// An open ring. Writer, reader and observers use the methods meant for them; all of them throw
/// FormatError where the ring's bytes are wrong.
class Ring {
 public:
  /// Makes an empty ring; one of the same name is replaced.
  static void create(const std::string& path, std::uint32_t slots, std::uint32_t capacity);

  explicit Ring(const std::string& path);
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  std::uint32_t slots() const { return slots_; }

  /// What a restarted writer does first: settles the frame its predecessor died in. A half frame is
  /// discarded, a complete one published. Returns how many were discarded.
  std::uint64_t recover();

  /// Appends a frame and returns its sequence number; RingFull if there is no room.
  std::uint64_t write(std::string_view payload);

  /// Does what a writer has done when it dies in the middle of write().
  void write_half(std::string_view payload);

  bool has_room() const { return waiting() < slots_; }

  /// Flips one bit of the frame's payload, or of its checksum if the payload is empty.
  void damage(std::uint64_t sequence);

  /// The next frame, or nothing if the ring is empty. A damaged frame is passed over: it is reported
  /// once, as a FormatError, and never returned.
  std::optional<Frame> read();

  std::uint64_t write_index() const;  ///< sequence number of the last frame written; 0: none
  std::uint64_t read_index() const;   ///< sequence number of the last frame read; 0: none

  /// How many frames are written and not yet read.
  std::uint64_t waiting() const;

  /// A frame's payload, without moving the read index.
  std::string look(std::uint64_t sequence) const;

  /// Whether a frame behind the last one was begun and not committed.
  bool has_half_frame() const;

 private:
  void fill(std::uint64_t sequence, std::string_view payload, std::size_t stored);
  std::string look_once(std::uint64_t sequence) const;
  std::size_t slot(std::uint64_t sequence) const;
  std::uint32_t state(std::uint64_t sequence) const;
  void set_state(std::uint64_t sequence, std::uint32_t state);
  void store_index(std::size_t at, std::uint64_t value);

  std::uint32_t slots_ = 0;
  std::uint32_t capacity_ = 0;
  char* map_ = nullptr;
  std::size_t size_ = 0;
};

/// The constant part of a ring's header.
std::string pack_ring_header(std::uint32_t slots, std::uint32_t capacity);

}  // namespace formats
