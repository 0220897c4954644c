"""The steps of features/wire: what a sender and a receiver on the network can be told.

It must not know how a message looks on the wire.
"""

from __future__ import annotations

import socket
import threading

import wire
from app import server
from cexec_kit import StepFailure, World, expect, expect_equal
from exchange import peer_address
from payloads import check_pattern, check_text, test_pattern
from waiting import Background, patience, wait_until
from wire import Connection, ConnectionBroken, PeerError, hang_up


class Listener:
    """Accepts connections and collects their messages, each connection in a thread of its own."""

    def __init__(self, host: str, limit: int) -> None:
        self.limit = limit
        self.messages: list[tuple[int, bytes]] = []  # (sequence number, payload), as they came
        self.ends: list[Exception | None] = []  # how each ended connection ended; None: with BYE
        self._streams: list[socket.socket] = []
        family, kind, _, _, address = socket.getaddrinfo(host, wire.PORT, type=socket.SOCK_STREAM)[
            0
        ]
        self._socket = socket.socket(family, kind)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(address)
        self._socket.listen()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        # shutdown() wakes the threads that wait in accept() and recv(); they end then.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        for stream in self._streams:
            hang_up(stream)
        for thread in self._threads:
            thread.join()
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                stream, _ = self._socket.accept()
            except OSError:
                return  # the case is over
            self._streams.append(stream)
            self._threads.append(threading.Thread(target=self._serve, args=(stream,), daemon=True))
            self._threads[-1].start()

    def _serve(self, stream: socket.socket) -> None:
        with stream:
            try:
                connection = Connection(stream, self.limit)
                while connection.receive(lambda *message: self.messages.append(message)):
                    pass
                self.ends.append(None)
            except Exception as error:
                self.ends.append(error)


class WireUse:
    """The listener or the connection of this process."""

    def __init__(self) -> None:
        self.open_listener: Listener | None = None
        self.open_connection: Connection | None = None
        self.refusal: PeerError | None = None
        self.background = Background()

    @property
    def listener(self) -> Listener:
        if self.open_listener is None:
            raise StepFailure("this process does not listen")
        return self.open_listener

    @property
    def connection(self) -> Connection:
        if self.open_connection is None:
            raise StepFailure("this process is not connected")
        return self.open_connection

    def close(self) -> None:
        if self.open_connection:
            hang_up(self.open_connection.stream)
        self.background.close()
        if self.open_connection:
            self.open_connection.stream.close()
        if self.open_listener:
            self.open_listener.close()


def _use(world: World) -> WireUse:
    return world.state(WireUse)


# --- the receiver ---


@server.step("listens")
def listen(world: World) -> None:
    listen_with_limit(world, wire.PAYLOAD_LIMIT)


@server.step("listens for messages of at most {int} byte(s)")
def listen_with_limit(world: World, limit: int) -> None:
    _use(world).open_listener = Listener(peer_address(world.process), limit)


def _messages(world: World, count: int) -> list[tuple[int, bytes]]:
    """The `count` messages received; fails if there are more or fewer, naming what broke."""
    listener = _use(world).listener
    broken = [end for end in listener.ends if end]
    if len(listener.messages) != count and broken:
        raise broken[0]
    expect_equal(len(listener.messages), count, "the number of messages received is wrong")
    return listener.messages


@server.step("should have received {int} message(s) with size '{int}'")
def should_have_received(world: World, count: int, size: int) -> None:
    for sequence, payload in _messages(world, count):
        check_pattern(payload, size, sequence, f"message {sequence}")


@server.step("should have received the messages:")
def should_have_received_table(world: World) -> None:
    rows = world.rows()
    for row, (sequence, payload) in zip(rows, _messages(world, len(rows))):
        check_text(payload, row["payload"], f"message {sequence}")


def _end(world: World) -> Exception | None:
    """How the first connection ended."""
    listener = _use(world).listener
    ended = wait_until(world, lambda: listener.ends)
    expect(ended, "the connection is still open")
    return listener.ends[0]


@server.step("should have seen the connection close")
def should_have_seen_close(world: World) -> None:
    if end := _end(world):
        raise end


@server.step("should have seen the connection break")
def should_have_seen_break(world: World) -> None:
    end = _end(world)
    if end is None:
        raise StepFailure("the connection did not break: it was closed with BYE")
    if not isinstance(end, ConnectionBroken):
        raise end


# --- the sender ---


@server.step("connects to {string}")
def connect(world: World, process: str) -> None:
    _use(world).open_connection = Connection.connect(peer_address(process), patience(world))


@server.step("sends {int} message(s) with size '{int}'")
def send_several(world: World, count: int, size: int) -> None:
    connection = _use(world).connection
    for _ in range(count):
        connection.send(test_pattern(size, connection.next_sequence()))


@server.step("sends the messages:")
def send_table(world: World) -> None:
    for row in world.rows():
        _use(world).connection.send(row["payload"].encode("utf-8"))


@server.step("starts to send {int} message(s) with size '{int}'")
def start_to_send(world: World, count: int, size: int) -> None:
    _use(world).background.start(lambda: send_several(world, count, size))


@server.step("should have sent {int} message(s)")
def should_have_sent(world: World, count: int) -> None:
    use = _use(world)
    use.background.finish(world, "not all messages are acknowledged yet")
    expect_equal(use.connection.next_sequence() - 1, count, "the number of messages sent is wrong")


def _send_bad(world: World, frame: bytes) -> None:
    """Send what the other side must refuse, and remember its refusal."""
    use = _use(world)
    try:
        use.connection.send_raw(frame)
    except PeerError as refusal:
        use.refusal = refusal


@server.step("sends a message with a wrong checksum")
def send_wrong_checksum(world: World) -> None:
    frame = bytearray(
        wire.pack_frame(wire.DATA, _use(world).connection.next_sequence(), b"damaged")
    )
    frame[-1] ^= 1
    _send_bad(world, bytes(frame))


@server.step("announces a message with size '{int}'")
def announce(world: World, size: int) -> None:
    _send_bad(world, wire.pack_announcement(_use(world).connection.next_sequence(), size))


@server.step("should have been told {string}")
def should_have_been_told(world: World, kind: str) -> None:
    refusal = _use(world).refusal
    if refusal is None:
        raise StepFailure("the other side did not refuse the message")
    expect_equal(refusal.kind, kind, "the other side refused for another reason")


@server.step("should refuse to send a message with size '{int}'")
def should_refuse(world: World, size: int) -> None:
    try:
        _use(world).connection.send(bytes(size))
    except ValueError as refusal:
        world.log(str(refusal))
    else:
        raise StepFailure(f"a message of {size} bytes was sent and acknowledged")


@server.step("closes the connection")
def close(world: World) -> None:
    _use(world).connection.close()
    _use(world).open_connection = None
