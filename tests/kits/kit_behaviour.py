#!/usr/bin/env python3
"""Holds a kit to what all kits promise, by its sample server: `kit_behaviour.py -- COMMAND…`.

It must not know in which language the kit is written.
"""

from __future__ import annotations

import signal
import sys
import time
from typing import Any

from conformance import run
from server_under_test import Server, expect, step_params

TYPES_OF_RANGE_ERROR = ("IndexError", "RangeError", "std::out_of_range")


class Listening(Server):
    """A server whose log notifications are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[tuple[str, str]] = []

    def check_log(self, params: Any, body: bytes) -> None:
        super().check_log(params, body)
        self.notes.append((params["level"], params["message"]))

    def data(self, step: str, **more: Any) -> Any:
        result = self.step(step, **more)
        expect(result["success"], f"'{step}' failed: {result}")
        return result.get("data")

    def problem(self, step: str, status: str = "failed") -> dict[str, Any]:
        result = self.step(step)
        expect(
            result["success"] is False and result.get("status", "failed") == status,
            f"'{step}' gave {result}",
        )
        return result["error"]


def same(actual: Any, expected: Any) -> None:
    expect(actual == expected, f"expected {expected!r}, got {actual!r}")


def health(server: Listening) -> None:
    """health tells platform, version and capabilities; reset is one of them"""
    result = server.result("health", {})
    same((result["platform"], result["version"]), ("sample", "2.5"))
    same(sorted(result["capabilities"]), ["reset", "sampling"])


def stray_prints(server: Listening) -> None:
    """what the server or a child of it prints goes to stderr"""
    for _ in range(3):
        server.data("prints 'a stray line'")
    server.settle()
    server.result("shutdown", {})
    same(server.wait(5), 0)
    expect(
        server.last_words().count("a stray line") >= 6, f"stderr holds only: {server.last_words()}"
    )


def stdin_is_private(server: Listening) -> None:
    """a child process cannot read the requests"""
    same(server.data("lets a child read stdin"), {"read": ""})


def comparison(server: Listening) -> None:
    """a comparison that fails tells expected and actual"""
    server.data("expects 5 to be 5")
    error = server.problem("expects 4 to be 5")
    same((error["message"], error["expected"], error["actual"]), ("the number is wrong", 5, 4))
    expect("StepFailure" in error["type"], f"the type is {error['type']}")


def exception(server: Listening) -> None:
    """an exception fails the step, with one line as message, its type and a stack"""
    error = server.problem("throws")
    same(error["message"], "out of range")
    expect(error["type"] in TYPES_OF_RANGE_ERROR, f"the type is {error['type']}")
    expect("second line" in error["stack"], "the stack lacks the rest of the message")
    expect(
        "sample_server" in error["stack"],
        f"the stack does not name the step's file: {error['stack']}",
    )


def invalid_text(server: Listening) -> None:
    """a message that is no valid text is repaired"""
    expect(
        server.problem("throws what is no text")["message"].startswith("garbage: "),
        "the message is lost",
    )


def ambiguous(server: Listening) -> None:
    """a step that two patterns match fails and names both"""
    server.data("is the same for c")
    message = server.problem("is the same for a")["message"]
    same(
        message,
        "2 steps match 'is the same for a': 'is the same for {word}' and 'is the same for a/b'",
    )


def undefined(server: Listening) -> None:
    """a step that no pattern matches is undefined and quoted"""
    same(
        server.problem("writes 3 frmaes", "undefined")["message"],
        "no step matches: writes 3 frmaes",
    )


def skipped_and_pending(server: Listening) -> None:
    """a step can skip the case or say that it is not written yet"""
    same(server.problem("skips", "skipped")["message"], "not here")
    same(server.problem("is pending", "pending")["message"], "not yet")


def logs(server: Listening) -> None:
    """log lines come with the step's reply, and only with its own"""
    same(server.step("logs 'hello'")["logs"], ["[INFO] hello", "[WARN] hello"])
    same(server.step("counts").get("logs", []), [])


def notifications(server: Listening) -> None:
    """a notification can be sent from anywhere, at once"""
    server.data("notifies 'from a thread'")
    same(server.notes, [("debug", "from a thread")])


def state_and_reset(server: Listening) -> None:
    """state lasts for the case and is gone after reset; clean-ups run, the last one first"""
    server.data("cleans up 'first'")
    server.data("cleans up 'second'")
    same([server.data("counts"), server.data("counts")], [{"count": 1}, {"count": 2}])
    same(server.result("reset", {}), {})
    same([text for _, text in server.notes], ["cleaned up second", "cleaned up first"])
    same(server.data("counts"), {"count": 1})
    server.result("reset", {})
    same(len(server.notes), 2)


def clean_up_at_the_end(server: Listening) -> None:
    """clean-ups run after the reply to shutdown, at the end of stdin and on SIGTERM"""
    for end in ("shutdown", "end of stdin", "SIGTERM"):
        other = Listening()
        try:
            other.data("cleans up 'all'")
            if end == "shutdown":
                other.result("shutdown", {})
                same(other.notes, [])
            elif end == "end of stdin":
                other.close_stdin()
            else:
                other.process.send_signal(signal.SIGTERM)
            code = other.wait(5)
            expect(b"cleaned up all" in other.seen, f"{end}: no clean-up")
            same((end, code), (end, 143 if end == "SIGTERM" else 0))
        finally:
            other.end()
    server.result("health", {})


def failing_clean_up(server: Listening) -> None:
    """a clean-up that fails makes reset an error, the others run, and the server goes on"""
    server.data("cleans up 'first'")
    server.data("fails to clean up")
    error = server.call("reset", {}).get("error", {})
    expect("cannot let go" in error.get("message", ""), f"reset was answered with {error}")
    same(server.notes, [("info", "cleaned up first")])
    same(server.data("counts"), {"count": 1})
    server.data("fails to clean up")
    server.result("shutdown", {})
    expect(server.wait(5) != 0, "the exit code hides that the clean-up failed")


def crash(server: Listening) -> None:
    """a server can exit right after a reply, with any code and without clean-up"""
    server.data("exits with code 3")
    same(server.wait(5), 3)
    expect(b"cleaned up" not in server.seen, "a crash must not clean up")


def sigterm_in_a_step(server: Listening) -> None:
    """SIGTERM ends the server while a step runs"""
    _, data = server.request("executeStep", step_params("takes 20.0 s"))
    server.send_bytes(data)
    time.sleep(0.3)  # until it runs; if it does not run yet, the check is easier, not wrong
    server.process.send_signal(signal.SIGTERM)
    same(server.wait(2), 143)


def what_a_step_gets(server: Listening) -> None:
    """table, doc string, media type, process, type and context reach the step"""
    data = server.data(
        "echoes",
        stepType="then",
        table=[["a", "b"], ["1", "ü"], ["", "|"]],
        docString={"content": "x\n\n ä", "mediaType": "text/plain"},
    )
    same(
        data,
        {
            "table": "a,b|1,ü|,|",
            "rows": "1|",
            "text": "x\n\n ä",
            "mediaType": "text/plain",
            "who": "main then Conformance",
        },
    )
    expect("data table" in server.problem("echoes")["message"], "a missing table is not named")


def time_left(server: Listening) -> None:
    """a step knows how much time it has left"""
    left = server.data("takes 0.1 s", context={"timeoutMs": 2000})["left"]
    expect(1000 < left <= 1900, f"{left} ms are left of 2000 after 100")


def too_long(server: Listening) -> None:
    """a reply over 16 MiB becomes a failed step that says so"""
    server.data("answers with 10000000 bytes")
    expect(
        "16 MiB" in server.problem("answers with 16777216 bytes")["message"],
        "the limit is not named",
    )
    server.data("counts")


CHECKS = [
    health,
    stray_prints,
    stdin_is_private,
    comparison,
    exception,
    invalid_text,
    ambiguous,
    undefined,
    skipped_and_pending,
    logs,
    notifications,
    state_and_reset,
    clean_up_at_the_end,
    failing_clean_up,
    crash,
    sigterm_in_a_step,
    what_a_step_gets,
    time_left,
    too_long,
]


def main() -> int:
    arguments = sys.argv[1:]
    Server.headers = arguments[:1] == ["--content-length"]
    Server.command = arguments[arguments.index("--") + 1 :]
    failed = 0
    for check in CHECKS:
        _, problem = run(check, Listening)
        failed += bool(problem)
        if problem:
            print(f"FAIL  {check.__doc__}\n      {problem}")
    print(f"{len(CHECKS)} checks: {len(CHECKS) - failed} ok, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
