"""The kit for platform servers in Python: copy this file, register your steps, call run().

It does what docs/protocol.md asks of a server and must not know what any step is about.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
import time

TYPE_CHECKING = False  # typing.TYPE_CHECKING without the price of importing typing
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, BinaryIO, NoReturn, TypeVar

    T = TypeVar("T")
    Step = TypeVar("Step", bound=Callable[..., object])

MESSAGE_LIMIT = 16 * 1024 * 1024
_ABSENT: Any = object()


# --- what a step may say ------------------------------------------------------------------------


class StepFailure(Exception):
    """The step failed: one line for a person and, if it helps, what was expected and what came.

    Any other exception fails the step too; `expected` and `actual`, if it has them, are shown.
    """

    def __init__(self, message: str, *, expected: Any = _ABSENT, actual: Any = _ABSENT) -> None:
        super().__init__(message)
        self.expected = expected
        self.actual = actual


class Skip(Exception):
    """The step and the rest of the case make no sense here; the message says why."""

    status = "skipped"


class Pending(Exception):
    """The step is known but not written yet."""

    status = "pending"


def expect(condition: object, message: str) -> None:
    """Fail the step with `message` unless `condition` holds."""
    if not condition:
        raise StepFailure(message)


def expect_equal(actual: Any, expected: Any, message: str) -> None:
    """Fail the step with `message`, and both values beside it, unless they are equal."""
    if actual != expected:
        raise StepFailure(message, expected=expected, actual=actual)


class DocString:
    """A step's doc string: its text, and the media type behind the opening quotes, if any."""

    def __init__(self, content: str, media_type: str | None) -> None:
        self.content = content
        self.media_type = media_type


class World:
    """What the steps of one case share. A new one is made after `reset`."""

    def __init__(self, notify: Callable[[str, str], None]) -> None:
        self.process = ""
        self.step = ""
        self.step_type = ""
        self.table: list[list[str]] | None = None
        self.doc_string: DocString | None = None
        self.context: dict[str, Any] = {}
        self.data: dict[str, Any] = {}
        self._logs: list[str] = []
        self._notify = notify
        self._deadline = 0.0
        self._states: dict[type, Any] = {}
        self._cleanups: list[Callable[[], object]] = []
        self._exit_code: int | None = None

    def state(self, kind: type[T]) -> T:
        """The one `kind` of this case, made at first use; its close(), if any, is a clean-up."""
        if kind not in self._states:
            made = self._states[kind] = kind()
            close = getattr(made, "close", None)
            if close:
                self.cleanup(close)
        return self._states[kind]

    def cleanup(self, function: Callable[[], object]) -> None:
        """Call `function` when the case is over; the last one registered is called first."""
        self._cleanups.append(function)

    def log(self, message: str, level: str = "info") -> None:
        """Put a line into this step's reply. Only while the step runs; threads use notify()."""
        self._logs.append(f"[{level.upper()}] {message}")

    def notify(self, message: str, level: str = "info") -> None:
        """Send a line to the log at once, from any thread."""
        self._notify(level, message)

    def rows(self) -> list[dict[str, str]]:
        """The data table as one dict for each row, named by the header row."""
        if not self.table:
            raise StepFailure("the step needs a data table with a header row")
        header, *rows = self.table
        return [dict(zip(header, row)) for row in rows]

    def text(self) -> str:
        """The content of the doc string."""
        if self.doc_string is None:
            raise StepFailure("the step needs a doc string")
        return self.doc_string.content

    def time_left(self) -> float:
        """Seconds until cexec gives up on this step."""
        return max(0.0, self._deadline - time.monotonic())

    def exit_after_reply(self, code: int) -> None:
        """End the server without any clean-up, as a crash would, once this step is answered."""
        self._exit_code = code

    def _begin(self, params: dict[str, Any]) -> None:
        self.process = params.get("process", "")
        self.step = params["step"]
        self.step_type = params.get("stepType", "")
        self.table = params.get("table")
        doc = params.get("docString")
        self.doc_string = doc and DocString(doc["content"], doc.get("mediaType"))
        self.context = params.get("context", {})
        self.data = {}
        self._logs = []
        self._deadline = time.monotonic() + self.context.get("timeoutMs", 30_000) / 1000

    def _clean_up(self) -> None:
        problems = []
        while self._cleanups:
            try:
                self._cleanups.pop()()
            except Exception as error:  # the other clean-ups still have to run
                problems.append(_describe(error))
        self._states.clear()
        if problems:
            raise RuntimeError("clean-up failed: " + "; ".join(problems))


# --- Cucumber expressions -----------------------------------------------------------------------

_PARAMETERS = {
    "int": r"(-?[0-9]+)",
    "float": r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)",
    "word": r"([^\s]+)",
    "string": r"""("[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')""",
    "": r"(.*)",
}
_LARGEST_INT = 2**53 - 1  # the largest that all three kits keep exactly


class Expression:
    """A step pattern: {int} {float} {word} {string} {}, optional text (s), alternatives a/b."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.kinds: list[str] = []
        self._regex = None
        self._regex_source = "".join(self._chunk(chunk) for chunk in self._chunks())
        self._prefix = re.split(r"[\\{(/]", source, maxsplit=1)[0]  # what any match begins with
        if source[len(self._prefix) :].startswith("/"):
            self._prefix = self._prefix[: self._prefix.rfind(" ") + 1]

    def match(self, text: str) -> list[Any] | None:
        """The arguments found in `text`, or None where the pattern does not match all of it."""
        if not text.startswith(self._prefix):
            return None
        if self._regex is None:
            self._regex = re.compile(self._regex_source, re.ASCII | re.DOTALL)
        found = self._regex.fullmatch(text)
        return found and [self._convert(k, g) for k, g in zip(self.kinds, found.groups())]

    def _error(self, problem: str) -> ValueError:
        return ValueError(f"step pattern '{self.source}': {problem}")

    def _chunks(self) -> list[list[tuple[str, str]]]:
        """The pattern cut at its blanks, each piece a list of (kind, content)."""
        chunks: list[list[tuple[str, str]]] = [[]]
        position = 0
        while position < len(self.source):
            char = self.source[position]
            if char == "\\":
                if position + 1 == len(self.source):
                    raise self._error("ends with a backslash")
                token = ("text", self.source[position + 1])
                position += 2
            elif char in "{(":
                end = self.source.find("}" if char == "{" else ")", position)
                if end < 0:
                    raise self._error(f"'{char}' is never closed")
                token = (char, self.source[position + 1 : end])
                position = end + 1
            else:
                token = ("/", "") if char == "/" else ("text", char)
                position += 1
            if token == ("text", " "):
                chunks += [[token], []]
            else:
                chunks[-1].append(token)
        return chunks

    def _chunk(self, tokens: list[tuple[str, str]]) -> str:
        """The regular expression of one piece between blanks."""
        if ("/", "") not in tokens:
            return "".join(self._token(*token) for token in tokens)
        if any(kind in "{(" for kind, _ in tokens):
            raise self._error("alternatives may hold plain text only")
        alternatives = [""]
        for kind, content in tokens:
            if kind == "/":
                alternatives.append("")
            else:
                alternatives[-1] += re.escape(content)
        if not all(alternatives):
            raise self._error("an alternative is empty")
        return "(?:" + "|".join(alternatives) + ")"

    def _token(self, kind: str, content: str) -> str:
        if kind == "text":
            return re.escape(content)
        if kind == "(":
            if not content or any(char in content for char in "{(/\\"):
                raise self._error("optional text may be plain text only")
            return f"(?:{re.escape(content)})?"
        if content not in _PARAMETERS:
            raise self._error(
                f"{{{content}}} is none of {{int}} {{float}} {{word}} {{string}} {{}}"
            )
        self.kinds.append(content)
        return _PARAMETERS[content]

    @staticmethod
    def _convert(kind: str, text: str) -> Any:
        if kind == "int":
            if abs(int(text)) > _LARGEST_INT:
                raise StepFailure(f"{text} does not fit into {{int}}: ±{_LARGEST_INT} at most")
            return int(text)
        if kind == "float":
            return float(text)
        if kind == "string":
            return text[1:-1].replace('\\"', '"').replace("\\'", "'")
        return text


# --- the server ---------------------------------------------------------------------------------


class Server:
    """A platform server: register steps with @server.step(pattern), then run()."""

    def __init__(
        self, platform: str, version: str = "1.0", capabilities: Iterable[str] = ()
    ) -> None:
        self._platform = platform
        self._version = version
        self._capabilities = ["reset", *capabilities]
        self._steps: list[tuple[Expression, Callable[..., object]]] = []

    def step(self, pattern: str) -> Callable[[Step], Step]:
        """Register the decorated function for steps that match `pattern`: f(world, *arguments)."""
        if any(expression.source == pattern for expression, _ in self._steps):
            raise ValueError(f"step pattern '{pattern}' is registered twice")

        def register(function: Step) -> Step:
            self._steps.append((Expression(pattern), function))
            return function

        return register

    def run(self) -> NoReturn:
        """Serve until `shutdown`, the end of stdin or SIGTERM; then clean up and exit."""
        channel = _Channel()
        signal.signal(signal.SIGTERM, _on_sigterm)
        self._channel = channel
        self._world = World(self._notify)
        try:
            self._serve()
        finally:
            self._world._clean_up()
        sys.exit(0)

    def _serve(self) -> None:
        while (body := self._channel.read()) is not None:
            try:
                request = json.loads(body)
            except (ValueError, RecursionError) as error:
                self._error(None, -32700, f"not JSON: {error}")
                continue
            if not isinstance(request, dict) or not isinstance(request.get("method"), str):
                self._error(None, -32600, "not a JSON-RPC request")
                continue
            method, request_id = request["method"], request.get("id")
            if request_id is None:
                continue  # a notification: none is defined, and none may be answered
            self._answer(request_id, method, request.get("params") or {})
            if method == "shutdown":
                return

    def _answer(self, request_id: Any, method: str, params: dict[str, Any]) -> None:
        if method == "executeStep":
            if not isinstance(params.get("step"), str):
                self._error(request_id, -32602, "executeStep needs params.step, a string")
                return
            self._reply(request_id, self._execute(params))
            if self._world._exit_code is not None:
                os._exit(self._world._exit_code)
        elif method == "health":
            self._reply(
                request_id,
                {
                    "status": "ok",
                    "protocol": 1,
                    "platform": self._platform,
                    "version": self._version,
                    "capabilities": self._capabilities,
                },
            )
        elif method == "reset":
            self._reset(request_id)
        elif method == "shutdown":
            self._reply(request_id, {})
        else:
            self._error(request_id, -32601, f"method not found: {method}")

    def _reset(self, request_id: Any) -> None:
        world, self._world = self._world, World(self._notify)
        try:
            world._clean_up()
        except RuntimeError as error:
            self._error(request_id, -32000, str(error))
        else:
            self._reply(request_id, {})

    def _execute(self, params: dict[str, Any]) -> dict[str, Any]:
        world = self._world
        try:
            world._begin(params)
            found = [(e, f, a) for e, f in self._steps if (a := e.match(world.step)) is not None]
            if not found:
                problem = {"message": f"no step matches: {world.step}"}
                return {"success": False, "status": "undefined", "error": problem}
            if len(found) > 1:
                patterns = " and ".join(f"'{expression.source}'" for expression, _, _ in found)
                raise StepFailure(f"{len(found)} steps match '{world.step}': {patterns}")
            _, function, arguments = found[0]
            function(world, *arguments)
        except Exception as error:
            status = error.status if isinstance(error, (Skip, Pending)) else "failed"
            result = {"success": False, "status": status, "error": _problem(error)}
        else:
            result = {"success": True, "data": _plain(world.data)}
        return result | {"logs": world._logs}

    def _reply(self, request_id: Any, result: Any) -> None:
        body = _encode({"jsonrpc": "2.0", "id": request_id, "result": result})
        if len(body) > MESSAGE_LIMIT:
            problem = {"message": f"the reply of {len(body)} bytes is over the limit of 16 MiB"}
            body = _encode(
                {"jsonrpc": "2.0", "id": request_id, "result": {"success": False, "error": problem}}
            )
        self._channel.write(body)

    def _error(self, request_id: Any, code: int, message: str) -> None:
        error = {"code": code, "message": message}
        self._channel.write(_encode({"jsonrpc": "2.0", "id": request_id, "error": error}))

    def _notify(self, level: str, message: str) -> None:
        params = {"level": level, "message": message}
        self._channel.write(_encode({"jsonrpc": "2.0", "method": "log", "params": params}))


def _on_sigterm(number: int, _frame: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _describe(error: BaseException) -> str:
    return " ".join(str(error).splitlines()[:1]) or type(error).__name__


def _problem(error: Exception) -> dict[str, Any]:
    """The `error` member of a failed step's result."""
    import traceback  # late: only a failing step pays for it

    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != __file__]
    problem = {
        "message": _describe(error),
        "type": type(error).__name__,
        "stack": "".join(traceback.format_list(own or frames)) + str(error),
    }
    for name in ("expected", "actual"):
        if (value := getattr(error, name, _ABSENT)) is not _ABSENT:
            problem[name] = _plain(value)
    return problem


def _plain(value: Any) -> Any:
    """`value`, or its repr() where JSON has no way to say it."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return repr(value)
    return value


def _encode(message: Any) -> bytes:
    # A lone surrogate is no character: '?' instead of JSON that nobody else accepts.
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


class _Channel:
    """Messages over what were stdin and stdout, in the framing that CEXEC_FRAMING names.

    From here on descriptors 0 and 1 are /dev/null and stderr: neither a stray print nor a child
    process that inherits them can get between cexec and the server.
    """

    def __init__(self) -> None:
        framing = os.environ.get("CEXEC_FRAMING") or "ndjson"
        if framing not in ("ndjson", "content-length"):
            sys.exit(f"CEXEC_FRAMING is '{framing}', but must be ndjson or content-length")
        self._headers = framing == "content-length"
        self._source: BinaryIO = open(os.dup(0), "rb")
        self._sink = os.dup(1)
        self._lock = threading.Lock()
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)
        sys.stdout = sys.stderr

    def read(self) -> bytes | None:
        """The next message; None at the end of stdin."""
        return self._read_block() if self._headers else self._read_line()

    def write(self, body: bytes) -> None:
        if self._headers:
            rest = memoryview(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        else:
            rest = memoryview(body + b"\n")
        with self._lock:
            try:
                while rest:
                    rest = rest[os.write(self._sink, rest) :]
            except BrokenPipeError:
                sys.exit("nobody reads the replies any more")

    def _read_line(self) -> bytes | None:
        while line := self._source.readline(MESSAGE_LIMIT + 3):
            if len(line) > MESSAGE_LIMIT + 2:
                sys.exit("a request is over the limit of 16 MiB")
            if line.strip():
                return line
        return None

    def _read_block(self) -> bytes | None:
        length = None
        while (line := self._source.readline(8192)).strip():
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = int(value) if value.strip().isdigit() else -1
        if not line:
            return None
        if length is None or not 0 <= length <= MESSAGE_LIMIT:
            sys.exit("a request has no usable Content-Length header")
        body = self._source.read(length)
        return body if len(body) == length else None
