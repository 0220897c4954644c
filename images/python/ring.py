"""The ring of images/FORMATS.md: frames from one writer to one reader through a mapped file.

It must not know who calls it, nor what a payload means.
"""

from __future__ import annotations

import mmap
import struct
import sys
import time
import zlib

from byte_order import BYTE_ORDER, STRUCT_PREFIX, magic
from exchange import must_exist, publish
from format_error import FormatError, wrong_magic

MAGIC = magic("RING")
VERSION = 1
HEADER_SIZE = 192
WRITE_INDEX_AT, READ_INDEX_AT = 64, 128
FRAME_HEADER_SIZE = 24
STATE_IN_SLOT = 16  # offset of a frame's state
NEVER_USED, WRITING, COMMITTED = 0, 1, 2
SLOTS_LIMIT = 65_536
CAPACITY_LIMIT = 16 * 1024 * 1024
LOOKS = 3  # so often a reader looks, 1 ms apart, before it believes in damage

_CONSTANT = struct.Struct(STRUCT_PREFIX + "IHHII")
_CRC = struct.Struct(STRUCT_PREFIX + "I")
_CHECKED = struct.Struct(STRUCT_PREFIX + "QI")  # checksummed, with the payload
_FRAME = struct.Struct(STRUCT_PREFIX + "QIII")


class RingFull(Exception):
    """There is no room until the reader moves on."""


def pack_header(slots: int, capacity: int) -> bytes:
    """The constant part of a ring's header, bytes 0 to 19."""
    constant = _CONSTANT.pack(MAGIC, VERSION, HEADER_SIZE, slots, capacity)
    return constant + _CRC.pack(zlib.crc32(constant))


def slot_size(capacity: int) -> int:
    """Bytes from one slot to the next."""
    return FRAME_HEADER_SIZE + (capacity + 7) // 8 * 8


def create(path: str, slots: int, capacity: int) -> None:
    """Make an empty ring; one of the same name is replaced."""
    if not 1 <= slots <= SLOTS_LIMIT or not 1 <= capacity <= CAPACITY_LIMIT:
        raise ValueError(f"a ring has 1 to {SLOTS_LIMIT} slots of 1 to {CAPACITY_LIMIT} bytes")
    publish(path, pack_header(slots, capacity), HEADER_SIZE + slots * slot_size(capacity))


class Ring:
    """An open ring. Writer, reader and observers use the methods meant for them."""

    def __init__(self, path: str) -> None:
        must_exist(path, "ring")
        with open(path, "r+b") as file:
            start = file.read(HEADER_SIZE)
            self.slots, self.capacity = _unpack_header(start)
            size = file.seek(0, 2)
            needed = HEADER_SIZE + self.slots * slot_size(self.capacity)
            if size < needed:
                raise FormatError(
                    "too short",
                    "the ring's file is shorter than its header says",
                    expected=f"{needed} bytes",
                    actual=f"{size} bytes",
                )
            self._map = mmap.mmap(file.fileno(), needed)
        # Words are stored through these in one piece; struct would store them byte by byte.
        self._view = memoryview(self._map)
        self._words = self._view.cast("I")
        self._longs = self._view.cast("Q")

    def close(self) -> None:
        for view in (self._longs, self._words, self._view):
            view.release()
        self._map.close()

    # --- the writer ---

    def recover(self) -> int:
        """What a restarted writer does first: settle the frame its predecessor died in.

        A half frame is discarded, a complete one is published. Returns how many were discarded.
        """
        sequence = self.write_index + 1
        if self._state(sequence) == WRITING:
            self._set_state(sequence, NEVER_USED)
            return 1
        try:
            self._look(sequence)
        except FormatError:
            return 0  # the slot holds an older frame, or none
        self._store_long(WRITE_INDEX_AT, sequence)
        return 0

    def write(self, payload: bytes) -> int:
        """Append a frame and return its sequence number; RingFull if there is no room."""
        sequence = self.write_index + 1
        self._fill(sequence, payload, len(payload))
        self._set_state(sequence, COMMITTED)
        self._store_long(WRITE_INDEX_AT, sequence)
        return sequence

    def write_half(self, payload: bytes) -> None:
        """Do what a writer has done when it dies in the middle of write()."""
        self._fill(self.write_index + 1, payload, len(payload) // 2)

    def has_room(self) -> bool:
        return self.waiting() < self.slots

    def _fill(self, sequence: int, payload: bytes, stored: int) -> None:
        if len(payload) > self.capacity:
            raise ValueError(
                f"a frame of {len(payload)} bytes does not fit into slots of {self.capacity}"
            )
        if not self.has_room():
            raise RingFull(f"all {self.slots} slots hold frames that the reader has not read")
        at = self._slot(sequence)
        self._set_state(sequence, WRITING)
        checksum = zlib.crc32(payload, zlib.crc32(_CHECKED.pack(sequence, len(payload))))
        self._view[at : at + 12] = _CHECKED.pack(sequence, len(payload))
        self._view[at + 12 : at + 16] = _CRC.pack(checksum)
        at += FRAME_HEADER_SIZE
        self._view[at : at + stored] = payload[:stored]

    def damage(self, sequence: int) -> None:
        """Flip one bit of the frame's payload, or of its checksum if the payload is empty."""
        at = self._slot(sequence)
        _, length, _, _ = _FRAME.unpack_from(self._view, at)
        self._view[at + (FRAME_HEADER_SIZE if length else 12)] ^= 1

    # --- the reader ---

    def read(self) -> tuple[int, bytes] | None:
        """The next frame with its sequence number, or None if the ring is empty.

        A damaged frame is passed over: it is reported once, as a FormatError, and never returned.
        """
        if self.waiting() == 0:
            return None
        sequence = self.read_index + 1
        try:
            return sequence, self.look(sequence)
        finally:
            self._store_long(READ_INDEX_AT, sequence)

    # --- anyone ---

    @property
    def write_index(self) -> int:
        """Sequence number of the last frame written; 0 if there is none."""
        return self._load_long(WRITE_INDEX_AT)

    @property
    def read_index(self) -> int:
        """Sequence number of the last frame read; 0 if there is none."""
        return self._load_long(READ_INDEX_AT)

    def waiting(self) -> int:
        """How many frames are written and not yet read."""
        return _patiently(self._waiting)

    def look(self, sequence: int) -> bytes:
        """A frame's payload, without moving the read index; FormatError if it cannot be had."""

        def attempt() -> bytes:
            if sequence > self.write_index:
                raise FormatError("not written", f"frame {sequence} has not been written yet")
            return self._look(sequence)

        return _patiently(attempt)

    def half_frame(self) -> bool:
        """Whether a frame behind the last one was begun and not committed."""
        return self._state(self.write_index + 1) == WRITING

    def _waiting(self) -> int:
        read, written = self.read_index, self.write_index
        if not read <= written <= read + self.slots:
            raise FormatError(
                "wrong index",
                f"write index {written} and read index {read} "
                f"cannot both be right in a ring of {self.slots} slots",
            )
        return written - read

    def _look(self, sequence: int) -> bytes:
        at = self._slot(sequence)
        # A copy before the checks: the writer may overwrite the slot of an observer's frame.
        found, length, checksum, state = _FRAME.unpack_from(self._view, at)
        payload = bytes(
            self._view[at + FRAME_HEADER_SIZE : at + FRAME_HEADER_SIZE + min(length, self.capacity)]
        )
        if found > sequence and (found - sequence) % self.slots == 0:
            raise FormatError("overwritten", f"frame {sequence} was overwritten by frame {found}")
        if state != COMMITTED:
            raise FormatError("not committed", f"frame {sequence} was begun and never committed")
        if found != sequence:
            raise FormatError(
                "wrong sequence",
                f"the slot of frame {sequence} holds another frame",
                expected=str(sequence),
                actual=str(found),
            )
        if length > self.capacity:
            raise FormatError(
                "too long",
                f"frame {sequence} claims more than a slot holds",
                expected=f"at most {self.capacity} bytes",
                actual=f"{length} bytes",
            )
        computed = zlib.crc32(payload, zlib.crc32(_CHECKED.pack(found, length)))
        if computed != checksum:
            raise FormatError(
                "wrong checksum",
                f"frame {sequence} at byte {at} has the wrong checksum",
                expected=f"{checksum:08x}",
                actual=f"{computed:08x}",
            )
        return payload

    def _slot(self, sequence: int) -> int:
        return HEADER_SIZE + (sequence - 1) % self.slots * slot_size(self.capacity)

    def _state(self, sequence: int) -> int:
        return _reorder(self._words[(self._slot(sequence) + STATE_IN_SLOT) // 4], 4)

    def _set_state(self, sequence: int, state: int) -> None:
        self._words[(self._slot(sequence) + STATE_IN_SLOT) // 4] = _reorder(state, 4)

    def _load_long(self, at: int) -> int:
        return _reorder(self._longs[at // 8], 8)

    def _store_long(self, at: int, value: int) -> None:
        self._longs[at // 8] = _reorder(value, 8)


def _reorder(value: int, size: int) -> int:
    """Between this machine's byte order and the format's; the same step both ways."""
    return (
        value
        if BYTE_ORDER == sys.byteorder
        else int.from_bytes(value.to_bytes(size, "big"), "little")
    )


def _patiently(look):
    """What `look` returns; damage is believed only if several looks agree.

    Another process may be storing what is read at this moment, so that a single look can see an
    index or a frame half way between two values.
    """
    for _ in range(LOOKS - 1):
        try:
            return look()
        except FormatError:
            time.sleep(0.001)
    return look()


def _unpack_header(start: bytes) -> tuple[int, int]:
    """Slots and capacity of a ring whose file begins with `start`."""
    if len(start) < HEADER_SIZE:
        raise FormatError(
            "too short",
            "the ring's file is too short for a header",
            expected=f"{HEADER_SIZE} bytes",
            actual=f"{len(start)} bytes",
        )
    found_magic, version, header_size, slots, capacity = _CONSTANT.unpack_from(start)
    if found_magic != MAGIC:
        raise wrong_magic("ring", start, MAGIC)
    (checksum,) = _CRC.unpack_from(start, _CONSTANT.size)
    computed = zlib.crc32(start[: _CONSTANT.size])
    if computed != checksum:
        raise FormatError(
            "wrong checksum",
            "the ring's header has the wrong checksum",
            expected=f"{checksum:08x}",
            actual=f"{computed:08x}",
        )
    if version != VERSION or header_size != HEADER_SIZE:
        raise FormatError(
            "wrong version",
            "the ring is of another version",
            expected=f"version {VERSION}",
            actual=f"version {version}",
        )
    if not 1 <= slots <= SLOTS_LIMIT or not 1 <= capacity <= CAPACITY_LIMIT:
        raise FormatError("wrong geometry", f"the ring claims {slots} slots of {capacity} bytes")
    return slots, capacity
