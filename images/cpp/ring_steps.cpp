// The steps of features/ring: what a writer, a reader and an observer of a ring can be told.
// It must not know how a ring is laid out.
#include <filesystem>
#include <memory>

#include "cexec_kit.h"
#include "exchange.h"
#include "format_error.h"
#include "payloads.h"
#include "ring.h"
#include "steps.h"
#include "waiting.h"

using cexec_kit::expect;
using cexec_kit::expect_equal;
using cexec_kit::Server;
using cexec_kit::StepFailure;
using cexec_kit::World;
using formats::FormatError;
using formats::Frame;
using formats::Ring;

namespace {

constexpr int kCrashed = 3;  // exit code of a writer that dies in the middle of a frame

std::string path_of(const std::string& name) {
  return formats::exchange_path(name, ".ring");
}

std::string frame_name(std::uint64_t sequence) {
  return "frame " + std::to_string(sequence);
}

/// The ring this process has open, and what it does with it in the background.
struct RingUse {
  std::unique_ptr<Ring> open_ring;
  std::uint64_t discarded = 0;
  std::vector<Frame> received;
  Background background;  // last: ends before what it works on

  Ring& ring() const {
    expect(open_ring != nullptr, "this process has no ring open");
    return *open_ring;
  }

  Ring& open(const std::string& name) {
    open_ring.reset();
    open_ring = std::make_unique<Ring>(path_of(name));
    return *open_ring;
  }
};

RingUse& use(World& world) {
  return world.state<RingUse>();
}

// --- the writer ---

void create(World& world, const std::string& name, std::uint32_t slots, std::uint32_t capacity) {
  Ring::create(path_of(name), slots, capacity);
  use(world).open(name);
}

void open_for_writing(World& world, const std::string& name) {
  Ring& ring = use(world).open(name);
  use(world).discarded = ring.recover();
  world.log("next is " + frame_name(ring.write_index() + 1) + ", " + std::to_string(use(world).discarded) +
            " half frames discarded");
}

void write_several(World& world, int count, std::size_t size) {
  Ring& ring = use(world).ring();
  for (int i = 0; i < count; ++i) ring.write(test_pattern(size, ring.write_index() + 1));
}

void start_to_write(World& world, int count, std::size_t size) {
  RingUse& mine = use(world);
  Ring& ring = mine.ring();
  mine.background.start([&mine, &ring, count, size] {
    for (int i = 0; i < count; ++i) {
      while (!ring.has_room()) mine.background.pause();
      ring.write(test_pattern(size, ring.write_index() + 1));
    }
  });
}

void die_while_writing(World& world, std::size_t size) {
  Ring& ring = use(world).ring();
  ring.write_half(test_pattern(size, ring.write_index() + 1));
  world.exit_after_reply(kCrashed);
}

void should_have_written(World& world, std::uint64_t count) {
  use(world).background.finish(world, "the writer still waits for room in the ring");
  expect_equal(use(world).ring().write_index(), count, "the number of frames written is wrong");
}

void should_have_no_room(World& world) {
  Ring& ring = use(world).ring();
  try {
    ring.write("one too many");
  } catch (const formats::RingFull& full) {
    world.log(full.what());
    return;
  }
  throw StepFailure(frame_name(ring.write_index()) + " still found room")
      .compared("a full ring",
                std::to_string(ring.waiting()) + " of " + std::to_string(ring.slots()) + " slots in use");
}

void add_writer_steps(Server& server) {
  server.step("creates ring {string} with {int} slot(s) of {int} byte(s)", create);
  server.step("opens ring {string} for writing", open_for_writing);
  server.step("writes frame with size '{int}'",
              [](World& world, std::size_t size) { write_several(world, 1, size); });
  server.step("writes {int} frame(s) with size '{int}'", write_several);
  server.step("writes text {string}",
              [](World& world, const std::string& text) { use(world).ring().write(text); });
  server.step("writes the text:", [](World& world) { use(world).ring().write(world.text()); });
  server.step("starts to write {int} frame(s) with size '{int}'", start_to_write);
  server.step("dies while writing frame with size '{int}'", die_while_writing);
  server.step("damages frame {int}",
              [](World& world, std::uint64_t sequence) { use(world).ring().damage(sequence); });
  server.step("should have written {int} frame(s)", should_have_written);
  server.step("should have no room for another frame", should_have_no_room);
  server.step("should have discarded {int} half frame(s)", [](World& world, int count) {
    expect_equal(use(world).discarded, count, "the number of half frames discarded is wrong");
  });
}

// --- the reader ---

void wait_for_frames(World& world, std::size_t count, const std::string& name) {
  RingUse& mine = use(world);
  mine.background.start([&mine, count, path = path_of(name), name] {
    while (!std::filesystem::exists(path)) mine.background.pause();
    Ring& ring = mine.open(name);
    while (mine.received.size() < count) {
      if (auto frame = ring.read()) {
        mine.received.push_back(std::move(*frame));
      } else {
        mine.background.pause();
      }
    }
  });
}

void should_have_received(World& world, std::size_t count, std::size_t size) {
  RingUse& mine = use(world);
  mine.background.finish(world, "the reader still waits for " + frame_name(count));
  expect_equal(mine.received.size(), count, "the number of frames received is wrong");
  for (const Frame& frame : mine.received)
    check_pattern(frame.payload, size, frame.sequence, frame_name(frame.sequence));
}

Frame next_frame(World& world) {
  Ring& ring = use(world).ring();
  auto frame = ring.read();
  if (!frame)
    throw StepFailure("the ring is empty: " + frame_name(ring.read_index() + 1) + " has not been written");
  return std::move(*frame);
}

void read_several(World& world, int count, std::size_t size) {
  for (int i = 0; i < count; ++i) {
    const Frame frame = next_frame(world);
    check_pattern(frame.payload, size, frame.sequence, frame_name(frame.sequence));
  }
}

void read_as_they_come(World& world, int count, std::size_t size) {
  Ring& ring = use(world).ring();
  for (int i = 0; i < count; ++i) {
    const bool came = wait_until(world, [&ring] { return ring.waiting() > 0; });
    expect(came, frame_name(ring.read_index() + 1) + " did not come");
    read_several(world, 1, size);
  }
}

void read_text(World& world, const std::string& text) {
  const Frame frame = next_frame(world);
  check_text(frame.payload, text, frame_name(frame.sequence));
}

void should_find_damage(World& world, std::uint64_t sequence, const std::string& kind) {
  Ring& ring = use(world).ring();
  expect_equal(ring.read_index() + 1, sequence, "another frame is the next to be read");
  try {
    ring.read();
  } catch (const FormatError& error) {
    world.log(error.what());
    expect_equal(error.kind(), kind, frame_name(sequence) + " is damaged in another way: " + error.what());
    return;
  }
  throw StepFailure(frame_name(sequence) + " shows no damage").compared(kind, "an intact frame");
}

void should_see_half_frame(World& world, std::uint64_t sequence) {
  Ring& ring = use(world).ring();
  expect_equal(ring.write_index(), sequence, "another frame is the last complete one");
  expect(ring.has_half_frame(), "no frame was begun behind " + frame_name(sequence));
}

void add_reader_steps(Server& server) {
  server.step("opens ring {string} for reading",
              [](World& world, const std::string& name) { use(world).open(name); });
  server.step("waits for {int} frame(s) from ring {string}", wait_for_frames);
  server.step("should have received {int} frame(s) with size '{int}'", should_have_received);
  server.step("(should )read(s) frame with size '{int}'",
              [](World& world, std::size_t size) { read_several(world, 1, size); });
  server.step("(should )read(s) {int} frame(s) with size '{int}'", read_several);
  server.step("(should )read(s) {int} frame(s) with size '{int}' as they come", read_as_they_come);
  server.step("(should )read(s) text {string}", read_text);
  server.step("(should )read(s) the text:", [](World& world) { read_text(world, world.text()); });
  server.step("should find the ring empty", [](World& world) {
    expect_equal(use(world).ring().waiting(), 0, "the ring is not empty: frames wait in it");
  });
  server.step("should find frame {int} damaged: {string}", should_find_damage);
  server.step("should see half a frame behind frame {int}", should_see_half_frame);
}

// --- an observer ---

void should_see_overwritten(World& world, std::uint64_t sequence) {
  try {
    use(world).ring().look(sequence);
  } catch (const FormatError& error) {
    expect_equal(error.kind(), "overwritten", frame_name(sequence) + " is damaged: " + error.what());
    return;
  }
  throw StepFailure(frame_name(sequence) + " is still in the ring");
}

void add_observer_steps(Server& server) {
  server.step("observes ring {string}", [](World& world, const std::string& name) { use(world).open(name); });
  server.step("should see {int} frame(s) waiting", [](World& world, int count) {
    expect_equal(use(world).ring().waiting(), count, "the number of frames waiting is wrong");
  });
  server.step("should see frame {int} with text {string}",
              [](World& world, std::uint64_t sequence, const std::string& text) {
                check_text(use(world).ring().look(sequence), text, frame_name(sequence));
              });
  server.step("should see that frame {int} was overwritten", should_see_overwritten);
}

}  // namespace

void add_ring_steps(Server& server) {
  add_writer_steps(server);
  add_reader_steps(server);
  add_observer_steps(server);
}
