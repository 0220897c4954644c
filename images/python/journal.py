"""The journal of images/FORMATS.md: checksummed records, appended to a file one after the other.

It must not know who calls it, nor what a payload means.
"""

from __future__ import annotations

import os
import struct
import zlib

from byte_order import STRUCT_PREFIX, magic
from exchange import must_exist, publish
from format_error import FormatError, wrong_magic

MAGIC = magic("JRNL")
VERSION = 1
PAYLOAD_LIMIT = 16 * 1024 * 1024
BYTES, TEXT, JSON = 1, 2, 3

_HEADER = struct.Struct(STRUCT_PREFIX + "IHHI")
_CHECKED = struct.Struct(STRUCT_PREFIX + "IHHQ")  # checksummed, with the payload
_CRC = struct.Struct(STRUCT_PREFIX + "I")
HEADER_SIZE = _HEADER.size + _CRC.size  # 16
RECORD_HEADER_SIZE = _CHECKED.size + _CRC.size  # 20


class Record:
    """One record as a reader gets it; `offset` is where it begins in the file."""

    def __init__(self, offset: int, sequence: int, kind: int, payload: bytes) -> None:
        self.offset = offset
        self.sequence = sequence
        self.kind = kind
        self.payload = payload

    def end(self) -> int:
        return self.offset + RECORD_HEADER_SIZE + len(self.payload)


class Contents:
    """The good records of a journal, where they end, and what is wrong there, if anything is."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.end = HEADER_SIZE
        self.damage: FormatError | None = None


def pack_header() -> bytes:
    header = _HEADER.pack(MAGIC, VERSION, HEADER_SIZE, 0)
    return header + _CRC.pack(zlib.crc32(header))


def pack_record(sequence: int, kind: int, payload: bytes) -> bytes:
    checked = _CHECKED.pack(len(payload), kind, 0, sequence)
    return checked + _CRC.pack(zlib.crc32(payload, zlib.crc32(checked))) + payload


def create(path: str) -> None:
    """Make an empty journal; one of the same name is replaced."""
    publish(path, pack_header(), HEADER_SIZE)


def read(path: str) -> Contents:
    """All good records. Damage ends them and is told, not raised; a bad file header is raised."""
    must_exist(path, "journal")
    with open(path, "rb") as file:
        data = file.read()
    _check_header(data)
    contents = Contents()
    while contents.end < len(data):
        try:
            record = _unpack_record(data, contents.end, len(contents.records) + 1)
        except FormatError as error:
            contents.damage = error
            break
        contents.records.append(record)
        contents.end = record.end()
    return contents


class Writer:
    """The one process that appends. Opening cuts off everything from the first bad record on."""

    def __init__(self, path: str) -> None:
        contents = read(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND)
        self.cut_off = os.fstat(self._file).st_size - contents.end
        if self.cut_off:
            os.ftruncate(self._file, contents.end)
        self.next_sequence = len(contents.records) + 1

    def append(self, kind: int, payload: bytes) -> int:
        """Append a record and return its sequence number."""
        if len(payload) > PAYLOAD_LIMIT:
            raise ValueError(
                f"a record of {len(payload)} bytes is over the limit of {PAYLOAD_LIMIT}"
            )
        sequence = self.next_sequence
        rest = memoryview(pack_record(sequence, kind, payload))
        while rest:
            rest = rest[os.write(self._file, rest) :]
        self.next_sequence += 1
        return sequence

    def append_half(self, kind: int, payload: bytes) -> None:
        """Do what a writer has done when it dies in the middle of append()."""
        record = pack_record(self.next_sequence, kind, payload)
        os.write(self._file, record[: RECORD_HEADER_SIZE + len(payload) // 2])

    def close(self) -> None:
        os.close(self._file)


def damage(path: str, sequence: int) -> None:
    """Flip one bit of a record's payload, or of its checksum if the payload is empty."""
    records = read(path).records
    if not 1 <= sequence <= len(records):
        raise ValueError(f"there is no record {sequence} to damage, only {len(records)}")
    record = records[sequence - 1]
    at = record.offset + (RECORD_HEADER_SIZE if record.payload else _CHECKED.size)
    with open(path, "r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 1]))


def _check_header(data: bytes) -> None:
    if len(data) < HEADER_SIZE:
        raise FormatError(
            "too short",
            "the journal's file is too short for a header",
            expected=f"{HEADER_SIZE} bytes",
            actual=f"{len(data)} bytes",
        )
    found_magic, version, header_size, _ = _HEADER.unpack_from(data)
    if found_magic != MAGIC:
        raise wrong_magic("journal", data, MAGIC)
    (checksum,) = _CRC.unpack_from(data, _HEADER.size)
    computed = zlib.crc32(data[: _HEADER.size])
    if computed != checksum:
        raise FormatError(
            "wrong checksum",
            "the journal's header has the wrong checksum",
            expected=f"{checksum:08x}",
            actual=f"{computed:08x}",
        )
    if version != VERSION or header_size != HEADER_SIZE:
        raise FormatError(
            "wrong version",
            "the journal is of another version",
            expected=f"version {VERSION}",
            actual=f"version {version}",
        )


def _unpack_record(data: bytes, at: int, sequence: int) -> Record:
    name = f"record {sequence} at byte {at}"
    left = len(data) - at - RECORD_HEADER_SIZE
    if left < 0:
        raise FormatError(
            "torn",
            f"{name} is torn: the file ends inside its header",
            expected=f"{RECORD_HEADER_SIZE} bytes",
            actual=f"{len(data) - at} bytes",
        )
    length, kind, _, found = _CHECKED.unpack_from(data, at)
    if length > PAYLOAD_LIMIT:
        raise FormatError(
            "too long",
            f"{name} claims more than a record may hold",
            expected=f"at most {PAYLOAD_LIMIT} bytes",
            actual=f"{length} bytes",
        )
    if length > left:
        raise FormatError(
            "torn",
            f"{name} is torn: the file ends inside its payload",
            expected=f"{length} bytes",
            actual=f"{left} bytes",
        )
    start = at + RECORD_HEADER_SIZE
    payload = data[start : start + length]
    (checksum,) = _CRC.unpack_from(data, at + _CHECKED.size)
    computed = zlib.crc32(payload, zlib.crc32(data[at : at + _CHECKED.size]))
    if computed != checksum:
        raise FormatError(
            "wrong checksum",
            f"{name} has the wrong checksum",
            expected=f"{checksum:08x}",
            actual=f"{computed:08x}",
        )
    if found != sequence:
        raise FormatError(
            "wrong sequence",
            f"{name} carries another number",
            expected=str(sequence),
            actual=str(found),
        )
    return Record(at, sequence, kind, payload)
