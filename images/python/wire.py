"""The wire of images/FORMATS.md: acknowledged messages over TCP, from who connects to who listens.

It must not know who calls it, nor what a payload means.
"""

from __future__ import annotations

import socket
import struct
import zlib

from byte_order import STRUCT_PREFIX, magic
from format_error import FormatError, wrong_magic

MAGIC = magic("WIRE")
VERSION = 1
PORT = 4741
PAYLOAD_LIMIT = 16 * 1024 * 1024
DATA, ACK, ERROR, BYE = 1, 2, 3, 4
TYPE_NAMES = {DATA: "DATA", ACK: "ACK", ERROR: "ERROR", BYE: "BYE"}
ERROR_CODES = {"wrong checksum": 1, "too long": 2, "unexpected": 3}
DRAIN_SECONDS = 1.0

_HELLO = struct.Struct(STRUCT_PREFIX + "IHHI")
_CHECKED = struct.Struct(STRUCT_PREFIX + "IBxxxI")  # checksummed, with the payload
_CRC = struct.Struct(STRUCT_PREFIX + "I")
_CODE = struct.Struct(STRUCT_PREFIX + "H")
FRAME_HEADER_SIZE = _CHECKED.size + _CRC.size  # 16


class ConnectionBroken(Exception):
    """The connection ended without BYE."""


class PeerError(Exception):
    """The other side sent an ERROR frame and gave up the connection."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"the other side gave up: {kind}: {message}")
        self.kind = kind


def pack_hello(limit: int) -> bytes:
    return _HELLO.pack(MAGIC, VERSION, 0, limit)


def pack_frame(kind: int, sequence: int, payload: bytes = b"") -> bytes:
    checked = _CHECKED.pack(len(payload), kind, sequence)
    return checked + _CRC.pack(zlib.crc32(payload, zlib.crc32(checked))) + payload


def pack_announcement(sequence: int, size: int) -> bytes:
    """The header of a DATA frame whose payload of `size` bytes never comes."""
    checked = _CHECKED.pack(size, DATA, sequence)
    return checked + _CRC.pack(zlib.crc32(checked))


def hang_up(stream: socket.socket) -> None:
    """End a connection without BYE; a thread that waits in it wakes up with ConnectionBroken."""
    try:
        stream.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it was not connected any more


class Connection:
    """One end of a connection, past its handshake."""

    def __init__(self, stream: socket.socket, limit: int) -> None:
        self.stream = stream
        self._limit = limit
        self._last = 0  # sequence number of the last DATA frame, sent or received
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream.sendall(pack_hello(limit))
        self.peer_limit = self._check_hello(self._receive(_HELLO.size))

    # --- the side that connects ---

    @staticmethod
    def connect(host: str, patience: float) -> Connection:
        """Connect and shake hands; every later wait for the other side ends after `patience` s."""
        stream = socket.create_connection((host, PORT), patience)
        try:
            return Connection(stream, PAYLOAD_LIMIT)
        except BaseException:
            stream.close()
            raise

    def next_sequence(self) -> int:
        return self._last + 1

    def send(self, payload: bytes) -> None:
        """Send one message and wait until it is acknowledged."""
        if len(payload) > self.peer_limit:
            raise ValueError(
                f"the other side takes messages of {self.peer_limit} bytes at most, "
                f"this one has {len(payload)}"
            )
        self._last += 1
        self.send_raw(pack_frame(DATA, self._last, payload))

    def send_raw(self, frame: bytes) -> None:
        """Send these bytes as they are, and wait for the answer to a DATA frame."""
        self.stream.sendall(frame)
        self._expect(ACK)

    def close(self) -> None:
        """Say BYE, wait for the other side's, and close."""
        self.stream.sendall(pack_frame(BYE, self._last))
        self._expect(BYE)
        self.stream.close()

    def _expect(self, kind: int) -> None:
        found, sequence, payload = self._receive_frame()
        if found == ERROR:
            raise _peer_error(payload)
        if (found, sequence) != (kind, self._last):
            raise FormatError(
                "unexpected",
                "the other side answered with another frame",
                expected=f"{TYPE_NAMES[kind]} {self._last}",
                actual=f"{TYPE_NAMES.get(found, found)} {sequence}",
            )

    # --- the side that listens ---

    def receive(self, accept) -> bool:
        """Hand the next message to `accept`, then acknowledge it; False if BYE came instead."""
        try:
            kind, sequence, payload = self._receive_frame()
            last = kind == BYE
            if kind not in (DATA, BYE) or sequence != self._last + (not last):
                raise FormatError(
                    "unexpected",
                    "the other side sent another frame",
                    expected=f"DATA {self._last + 1} or BYE {self._last}",
                    actual=f"{TYPE_NAMES.get(kind, kind)} {sequence}",
                )
        except FormatError as error:
            self._refuse(error)
            raise
        self._last = sequence
        if not last:
            accept(sequence, payload)
        self.stream.sendall(pack_frame(BYE if last else ACK, sequence))
        return not last

    def _refuse(self, error: FormatError) -> None:
        """Tell the other side why, and stay until it has gone, so that the news arrives."""
        reason = _CODE.pack(ERROR_CODES[error.kind]) + str(error).encode("utf-8")
        try:
            self.stream.sendall(pack_frame(ERROR, self._last, reason))
            self.stream.shutdown(socket.SHUT_WR)
            self.stream.settimeout(DRAIN_SECONDS)
            while self.stream.recv(65_536):
                pass
        except OSError:
            pass  # the other side is gone already

    # --- both ---

    def _receive(self, size: int) -> bytes:
        data = bytearray(size)
        view = memoryview(data)
        while view:
            try:
                count = self.stream.recv_into(view)
            except TimeoutError:
                raise ConnectionBroken(
                    f"no answer: {size - len(view)} of {size} bytes came"
                ) from None
            except OSError as error:
                raise ConnectionBroken(f"the connection broke: {error.strerror}") from None
            if count == 0:
                raise ConnectionBroken("the other side closed the connection without BYE")
            view = view[count:]
        return bytes(data)

    def _check_hello(self, hello: bytes) -> int:
        found_magic, version, _, limit = _HELLO.unpack(hello)
        if found_magic != MAGIC:
            raise wrong_magic("wire", hello, MAGIC)
        if version != VERSION:
            raise FormatError(
                "wrong version",
                "the other side speaks another version",
                expected=f"version {VERSION}",
                actual=f"version {version}",
            )
        return limit

    def _receive_frame(self) -> tuple[int, int, bytes]:
        header = self._receive(FRAME_HEADER_SIZE)
        length, kind, sequence = _CHECKED.unpack_from(header)
        name = f"{TYPE_NAMES.get(kind, 'unknown')} frame {sequence}"
        if length > self._limit:
            raise FormatError(
                "too long",
                f"{name} is too long",
                expected=f"at most {self._limit} bytes",
                actual=f"{length} bytes",
            )
        payload = self._receive(length)
        (checksum,) = _CRC.unpack_from(header, _CHECKED.size)
        computed = zlib.crc32(payload, zlib.crc32(header[: _CHECKED.size]))
        if computed != checksum:
            raise FormatError(
                "wrong checksum",
                f"{name} has the wrong checksum",
                expected=f"{checksum:08x}",
                actual=f"{computed:08x}",
            )
        return kind, sequence, payload


def _peer_error(payload: bytes) -> PeerError:
    (code,) = _CODE.unpack_from(payload)
    kinds = {number: kind for kind, number in ERROR_CODES.items()}
    return PeerError(
        kinds.get(code, f"code {code}"), payload[_CODE.size :].decode("utf-8", "replace")
    )
