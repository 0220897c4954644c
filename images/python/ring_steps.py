"""The steps of features/ring: what a writer, a reader and an observer of a ring can be told.

It must not know how a ring is laid out.
"""

from __future__ import annotations

import os

import ring
from app import server
from cexec_kit import StepFailure, World, expect, expect_equal
from exchange import path
from format_error import FormatError
from payloads import check_pattern, check_text, test_pattern
from ring import Ring, RingFull
from waiting import Background, wait_until

CRASHED = 3  # exit code of a writer that dies in the middle of a frame


class RingUse:
    """The ring this process has open, and what it does with it in the background."""

    def __init__(self) -> None:
        self.open_ring: Ring | None = None
        self.recovered = 0
        self.received: list[tuple[int, bytes]] = []
        self.background = Background()

    @property
    def ring(self) -> Ring:
        if self.open_ring is None:
            raise StepFailure("this process has no ring open")
        return self.open_ring

    def open(self, name: str) -> Ring:
        if self.open_ring:
            self.open_ring.close()
            self.open_ring = None
        self.open_ring = Ring(path(name, ".ring"))
        return self.open_ring

    def close(self) -> None:
        self.background.close()
        if self.open_ring:
            self.open_ring.close()


def _use(world: World) -> RingUse:
    return world.state(RingUse)


# --- the writer ---


@server.step("creates ring {string} with {int} slot(s) of {int} byte(s)")
def create(world: World, name: str, slots: int, capacity: int) -> None:
    ring.create(path(name, ".ring"), slots, capacity)
    _use(world).open(name)


@server.step("opens ring {string} for writing")
def open_for_writing(world: World, name: str) -> None:
    use = _use(world)
    use.recovered = use.open(name).recover()
    world.log(f"next frame is {use.ring.write_index + 1}, {use.recovered} half frames discarded")


@server.step("writes frame with size '{int}'")
def write_one(world: World, size: int) -> None:
    write_several(world, 1, size)


@server.step("writes {int} frame(s) with size '{int}'")
def write_several(world: World, count: int, size: int) -> None:
    the_ring = _use(world).ring
    for _ in range(count):
        the_ring.write(test_pattern(size, the_ring.write_index + 1))


@server.step("writes text {string}")
def write_text(world: World, text: str) -> None:
    _use(world).ring.write(text.encode("utf-8"))


@server.step("writes the text:")
def write_doc_string(world: World) -> None:
    write_text(world, world.text())


@server.step("starts to write {int} frame(s) with size '{int}'")
def start_to_write(world: World, count: int, size: int) -> None:
    use = _use(world)
    the_ring = use.ring

    def work() -> None:
        for _ in range(count):
            while not the_ring.has_room():
                use.background.pause()
            the_ring.write(test_pattern(size, the_ring.write_index + 1))

    use.background.start(work)


@server.step("dies while writing frame with size '{int}'")
def die_while_writing(world: World, size: int) -> None:
    the_ring = _use(world).ring
    the_ring.write_half(test_pattern(size, the_ring.write_index + 1))
    world.exit_after_reply(CRASHED)


@server.step("damages frame {int}")
def damage(world: World, sequence: int) -> None:
    _use(world).ring.damage(sequence)


@server.step("should have written {int} frame(s)")
def should_have_written(world: World, count: int) -> None:
    use = _use(world)
    use.background.finish(world, "the writer still waits for room in the ring")
    expect_equal(use.ring.write_index, count, "the number of frames written is wrong")


@server.step("should have no room for another frame")
def should_have_no_room(world: World) -> None:
    the_ring = _use(world).ring
    try:
        the_ring.write(b"one too many")
    except RingFull as full:
        world.log(str(full))
    else:
        raise StepFailure(
            f"frame {the_ring.write_index} still found room",
            expected="a full ring",
            actual=f"{the_ring.waiting()} of {the_ring.slots} slots in use",
        )


@server.step("should have discarded {int} half frame(s)")
def should_have_discarded(world: World, count: int) -> None:
    expect_equal(_use(world).recovered, count, "the number of half frames discarded is wrong")


# --- the reader ---


@server.step("opens ring {string} for reading")
def open_for_reading(world: World, name: str) -> None:
    _use(world).open(name)


@server.step("waits for {int} frame(s) from ring {string}")
def wait_for_frames(world: World, count: int, name: str) -> None:
    use = _use(world)

    def work() -> None:
        while not os.path.exists(path(name, ".ring")):
            use.background.pause()
        the_ring = use.open(name)
        while len(use.received) < count:
            if (frame := the_ring.read()) is not None:
                use.received.append(frame)
            else:
                use.background.pause()

    use.background.start(work)


@server.step("should have received {int} frame(s) with size '{int}'")
def should_have_received(world: World, count: int, size: int) -> None:
    use = _use(world)
    use.background.finish(world, f"the reader still waits, {len(use.received)} frames came so far")
    expect_equal(len(use.received), count, "the number of frames received is wrong")
    for sequence, payload in use.received:
        check_pattern(payload, size, sequence, f"frame {sequence}")


def _next_frame(world: World) -> tuple[int, bytes]:
    the_ring = _use(world).ring
    frame = the_ring.read()
    if frame is None:
        number = the_ring.read_index + 1
        raise StepFailure(f"the ring is empty: frame {number} has not been written")
    return frame


@server.step("(should )read(s) frame with size '{int}'")
def should_read_one(world: World, size: int) -> None:
    should_read_several(world, 1, size)


@server.step("(should )read(s) {int} frame(s) with size '{int}'")
def should_read_several(world: World, count: int, size: int) -> None:
    for _ in range(count):
        sequence, payload = _next_frame(world)
        check_pattern(payload, size, sequence, f"frame {sequence}")


@server.step("(should )read(s) {int} frame(s) with size '{int}' as they come")
def should_read_as_they_come(world: World, count: int, size: int) -> None:
    the_ring = _use(world).ring
    for _ in range(count):
        came = wait_until(world, the_ring.waiting)
        expect(came, f"frame {the_ring.read_index + 1} did not come")
        should_read_several(world, 1, size)


@server.step("(should )read(s) text {string}")
def should_read_text(world: World, text: str) -> None:
    sequence, payload = _next_frame(world)
    check_text(payload, text, f"frame {sequence}")


@server.step("(should )read(s) the text:")
def should_read_doc_string(world: World) -> None:
    should_read_text(world, world.text())


@server.step("should find the ring empty")
def should_be_empty(world: World) -> None:
    expect_equal(_use(world).ring.waiting(), 0, "the ring is not empty: frames wait in it")


@server.step("should find frame {int} damaged: {string}")
def should_find_damage(world: World, sequence: int, kind: str) -> None:
    the_ring = _use(world).ring
    expect_equal(the_ring.read_index + 1, sequence, "another frame is the next to be read")
    try:
        the_ring.read()
    except FormatError as error:
        world.log(str(error))
        expect_equal(error.kind, kind, f"frame {sequence} is damaged in another way: {error}")
    else:
        raise StepFailure(
            f"frame {sequence} shows no damage", expected=kind, actual="an intact frame"
        )


@server.step("should see half a frame behind frame {int}")
def should_see_half_frame(world: World, sequence: int) -> None:
    the_ring = _use(world).ring
    expect_equal(the_ring.write_index, sequence, "another frame is the last complete one")
    expect(the_ring.half_frame(), f"no frame was begun behind frame {sequence}")


# --- an observer ---


@server.step("observes ring {string}")
def observe(world: World, name: str) -> None:
    _use(world).open(name)


@server.step("should see {int} frame(s) waiting")
def should_see_waiting(world: World, count: int) -> None:
    expect_equal(_use(world).ring.waiting(), count, "the number of frames waiting is wrong")


@server.step("should see frame {int} with text {string}")
def should_see_text(world: World, sequence: int, text: str) -> None:
    check_text(_use(world).ring.look(sequence), text, f"frame {sequence}")


@server.step("should see that frame {int} was overwritten")
def should_see_overwritten(world: World, sequence: int) -> None:
    try:
        _use(world).ring.look(sequence)
    except FormatError as error:
        expect_equal(error.kind, "overwritten", f"frame {sequence} is damaged: {error}")
    else:
        raise StepFailure(f"frame {sequence} is still in the ring")
