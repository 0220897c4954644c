"""One run of a platform server, talked to as cexec does, with every byte it says checked.

It must not know what is being tested, only what docs/protocol.md says of messages.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
import time
from typing import Any

LIMIT = 16 * 1024 * 1024
SETTLE = 0.1  # seconds in which a server that has been answered may not say anything more
LEVELS = ("trace", "debug", "info", "warn", "error")


class Broken(Exception):
    """A rule of the protocol is not kept."""


def expect(condition: object, problem: str) -> None:
    if not condition:
        raise Broken(problem)


def short(value: Any) -> str:
    """The beginning of a value, for a message."""
    if isinstance(value, bytes):
        text = value.decode("utf-8", "backslashreplace")
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}… ({len(text)} in all)"


def has(value: Any, **members: type) -> bool:
    """Whether `value` is an object with these members, each of its type."""
    return isinstance(value, dict) and all(type(value.get(n)) is t for n, t in members.items())


def may_have(value: Any, **members: type) -> bool:
    """Whether `value` is an object, and those of these members that it has are of their type."""
    return isinstance(value, dict) and has(
        value, **{n: t for n, t in members.items() if n in value}
    )


def step_params(text: str, **more: Any) -> dict[str, Any]:
    """Params of executeStep as cexec sends them."""
    context = {
        "runId": "0b0f2c0e-6a54-4d3c-9d0c-0a8c1a8b5f11",
        "scenarioId": "conformance.feature:1 main=server",
        "scenario": "Conformance",
        "platform": "server",
        "timeoutMs": 30000,
        "correlationId": "b0c3a7de-5a2e-4f0b-8a55-1d7b0a2a4c77",
    }
    return {"process": "main", "stepType": "when", "step": text, "context": context} | more


class Server:
    """One run of the server under test; every byte of its stdout must be protocol."""

    command: list[str] = []
    headers = False  # framing content-length
    timeout = 10.0

    def __init__(self) -> None:
        self.stderr = tempfile.TemporaryFile()
        self.started = time.monotonic()
        environment = os.environ | {"CEXEC_FRAMING": "content-length" if self.headers else "ndjson"}
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            env=environment,
        )
        self.stdin = self.process.stdin.fileno()
        self.stdout = self.process.stdout.fileno()
        os.set_blocking(self.stdin, False)
        self.buffer = b""
        self.seen = b""  # all that ever came on stdout
        self.at_end = False
        self.last_id = 0

    # --- raw bytes ---

    def send_bytes(self, data: bytes) -> None:
        """Send while also taking what comes, as cexec does; Broken if the server does not read."""
        rest = memoryview(data)
        end = time.monotonic() + self.timeout
        while rest:
            watched = [] if self.at_end else [self.stdout]
            left = max(0.0, end - time.monotonic())
            readable, writable, _ = select.select(watched, [self.stdin], [], left)
            expect(readable or writable, f"it has not read its stdin for {self.timeout:g} s")
            if readable:
                self.take()
            if writable:
                try:
                    rest = rest[os.write(self.stdin, rest[:65536]) :]
                except BrokenPipeError:
                    raise Broken("it has closed its stdin") from None
                end = time.monotonic() + self.timeout

    def take(self) -> None:
        data = os.read(self.stdout, 65536)
        self.at_end = not data
        self.buffer += data
        self.seen += data

    def wait_for_bytes(self, end: float) -> bool:
        """Take what comes before `end`; False if nothing did or stdout has ended."""
        if self.at_end:
            return False
        readable, _, _ = select.select([self.stdout], [], [], max(0.0, end - time.monotonic()))
        if readable:
            self.take()
        return bool(readable) and not self.at_end

    # --- messages ---

    def frame(self, body: bytes) -> bytes:
        return b"Content-Length: %d\r\n\r\n%s" % (len(body), body) if self.headers else body + b"\n"

    @staticmethod
    def body(method: str, params: Any, request_id: int, escaped: bool = False) -> bytes:
        message = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
        return json.dumps(message, ensure_ascii=escaped).encode("utf-8")

    def request(
        self, method: str, params: Any, request_id: int | None = None, escaped: bool = False
    ) -> tuple[int, bytes]:
        """The id and the bytes of a request that has not been sent yet."""
        self.last_id = request_id or self.last_id + 1
        return self.last_id, self.frame(self.body(method, params, self.last_id, escaped))

    def next_body(self) -> bytes | None:
        """The next message's bytes if all of it has come."""
        if not self.headers:
            line, newline, rest = self.buffer.partition(b"\n")
            if not newline:
                return None
            self.buffer = rest
            return line
        head, gap, rest = self.buffer.partition(b"\r\n\r\n")
        if not gap:
            expect(len(head) < 4096, f"no Content-Length header on stdout: {short(head)}")
            return None
        headers = (line.lower().partition(b":") for line in head.split(b"\r\n"))
        lengths = [value.strip() for name, _, value in headers if name == b"content-length"]
        usable = len(lengths) == 1 and lengths[0].isdigit()
        expect(usable, f"no usable Content-Length header on stdout: {short(head)}")
        length = int(lengths[0])
        if len(rest) < length:
            return None
        self.buffer = rest[length:]
        return rest[:length]

    def receive(self) -> dict[str, Any]:
        """The next reply. Notifications are checked and passed over."""
        end = time.monotonic() + self.timeout
        while True:
            body = self.next_body()
            if body is None:
                if self.wait_for_bytes(end):
                    continue
                if self.at_end:
                    raise Broken(f"stdout ended without a reply{self.half()}{self.how_it_ended()}")
                raise Broken(f"no reply within {self.timeout:g} s{self.half()}")
            message = self.parse(body)
            if "method" not in message:
                return message
            expect("id" not in message, f"a request, which cexec answers none: {short(body)}")
            if message["method"] == "log":
                self.check_log(message.get("params"), body)

    def check_log(self, params: Any, body: bytes) -> None:
        fine = has(params, level=str, message=str) and params["level"] in LEVELS
        expect(fine, f"a log notification without a known level or a message: {short(body)}")

    @staticmethod
    def parse(body: bytes) -> dict[str, Any]:
        expect(len(body) <= LIMIT, f"a message of {len(body)} bytes is over the limit of 16 MiB")

        def refuse(name: str) -> None:
            raise ValueError(f"{name} is no JSON")

        try:
            message = json.loads(body.decode("utf-8"), parse_constant=refuse)
        except (ValueError, RecursionError) as error:
            raise Broken(f"stdout holds what is no JSON message ({error}): {short(body)}") from None
        fine = isinstance(message, dict) and message.get("jsonrpc") == "2.0"
        expect(fine, f"stdout holds what is no JSON-RPC 2.0 message: {short(body)}")
        return message

    def half(self) -> str:
        came = len(self.buffer)
        return f"; {came} bytes of a message came: {short(self.buffer)}" if came else ""

    def how_it_ended(self) -> str:
        try:
            return f"; it exited with code {self.process.wait(2)}"
        except subprocess.TimeoutExpired:
            return "; it still runs"

    # --- calls ---

    def call(self, method: str, params: Any, request_id: int | None = None) -> dict[str, Any]:
        """Send a request and return its reply, which must have a result or an error, not both."""
        request_id, data = self.request(method, params, request_id)
        self.send_bytes(data)
        return self.reply_to(request_id)

    def reply_to(self, request_id: int) -> dict[str, Any]:
        reply = self.receive()
        found = reply.get("id")
        fine = type(found) is int and found == request_id
        expect(fine, f"the reply has the id {short(json.dumps(found))} instead of {request_id}")
        one = ("result" in reply) != ("error" in reply)
        expect(one, f"a reply needs either result or error: {short(reply)}")
        if "error" in reply:
            fine = has(reply["error"], code=int, message=str)
            expect(fine, f"error needs a number as code and a text as message: {short(reply)}")
        return reply

    def result(self, method: str, params: Any) -> Any:
        reply = self.call(method, params)
        expect("result" in reply, f"{method} was answered with {short(reply)}")
        return reply["result"]

    def step(self, text: str, **more: Any) -> dict[str, Any]:
        """Run a step; the result must have the form that the protocol gives it."""
        result = self.result("executeStep", step_params(text) | more)
        check_step_result(result)
        return result

    def settle(self) -> None:
        """Nothing but log notifications may come now."""
        end = time.monotonic() + SETTLE
        while self.wait_for_bytes(end):
            pass
        while (body := self.next_body()) is not None:
            message = self.parse(body)
            notification = "method" in message and "id" not in message
            expect(notification, f"a reply that nobody asked for: {short(body)}")
        expect(not self.buffer, f"stdout holds what is no message: {short(self.buffer)}")

    def close_stdin(self) -> None:
        self.process.stdin.close()

    def wait(self, seconds: float) -> int:
        """The exit code. What is still to come on stdout must be protocol."""
        end = time.monotonic() + seconds
        while self.wait_for_bytes(end):
            pass
        expect(self.at_end, f"stdout is still open {seconds:g} s later")
        try:
            code = self.process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise Broken(f"it has not exited {seconds:g} s later") from None
        self.settle()
        return code

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except BrokenPipeError:
                pass

    def last_words(self) -> str:
        self.stderr.seek(0)
        return self.stderr.read().decode("utf-8", "replace").strip()[-500:]


def check_step_result(result: Any) -> None:
    """The form of executeStep's result."""
    shown = short(result)
    expect(has(result, success=bool), f"the result needs success, true or false: {shown}")
    success, status = result["success"], result.get("status")
    allowed = {None, "skipped", "pending"} | ({"passed"} if success else {"failed", "undefined"})
    pair = f"success {json.dumps(success)} and status {json.dumps(status)}"
    expect(status in allowed, f"{pair} do not go together")
    logs = result.get("logs", [])
    texts = isinstance(logs, list) and all(isinstance(line, str) for line in logs)
    expect(texts, f"logs must be an array of texts: {shown}")
    if "error" in result:
        error = result["error"]
        expect(has(error, message=str) and error["message"], f"error needs a message: {shown}")
        expect("\n" not in error["message"], f"error.message must be one line: {shown}")
        expect(may_have(error, type=str, stack=str), f"type and stack must be texts: {shown}")
    else:
        fine = success or status in ("skipped", "pending")
        expect(fine, f"a step that failed needs an error: {shown}")
