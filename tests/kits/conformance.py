#!/usr/bin/env python3
"""Checks a platform server against docs/protocol.md, from outside: `conformance.py -- COMMAND…`.

It must not know in which language the server is written, nor any step but those given by --step.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from server_under_test import LIMIT, Broken, Server, expect, has, may_have, short, step_params

DESCRIPTION = "Checks a platform server against docs/protocol.md, from outside."
EXAMPLES = """examples:
  conformance.py -- python3 my_server.py
  conformance.py --framing content-length --step "says hello to 'you'" -- ./my_server
  conformance.py -- docker run --rm -i my-image

exit code: 0 every rule is kept, 1 some are not, 2 the server could not be started"""

UNKNOWN_STEP = "conformance asks for a step that no server knows"


def several_at_once(server: Server, count: int) -> None:
    requests = [server.request("health", {}) for _ in range(count)]
    server.send_bytes(b"".join(data for _, data in requests))
    for request_id, _ in requests:
        expect("result" in server.reply_to(request_id), "health was answered with an error")


def exits_with_0(server: Server, seconds: float = 5) -> None:
    code = server.wait(seconds)
    expect(code == 0, f"the exit code is {code}")


# --- the checks: each gets a fresh server; its first line is what is printed ----------------------


def health_has_its_form(server: Server) -> None:
    """health: status ok, protocol 1, and the optional members of the right types"""
    result = server.result("health", {})
    fine = has(result, status=str) and result["status"] == "ok"
    expect(fine, f"status is not ok: {short(result)}")
    fine = has(result, protocol=int) and result["protocol"] == 1
    expect(fine, f"protocol must be the number 1: {short(result)}")
    fine = may_have(result, platform=str, version=str)
    expect(fine, f"platform and version must be texts: {short(result)}")
    names = result.get("capabilities", [])
    fine = isinstance(names, list) and all(isinstance(name, str) for name in names)
    expect(fine, "capabilities must be an array of texts")
    server.settle()


def health_is_repeated(server: Server) -> None:
    """health: several that lie in stdin at the start are answered, each, in order"""
    several_at_once(server, 4)
    server.settle()


def health_in_between(server: Server) -> None:
    """health: answered between steps too"""
    server.step(UNKNOWN_STEP)
    expect(server.result("health", {}).get("status") == "ok", "status is not ok after a step")


def unknown_method(server: Server) -> None:
    """unknown method: JSON-RPC error -32601, and the server goes on"""
    reply = server.call("conformanceAsksForNoSuchMethod", {})
    expect("error" in reply, f"answered with a result: {short(reply.get('result'))}")
    expect(reply["error"]["code"] == -32601, f"the error's code is {reply['error']['code']}")
    server.result("health", {})


def unknown_step(server: Server) -> None:
    """unknown step: success false, status undefined, a message"""
    for step_type in ("given", "when", "then"):
        result = server.step(UNKNOWN_STEP, stepType=step_type)
        fine = result["success"] is False and result.get("status") == "undefined"
        expect(fine, f"a step that no server knows gave {short(result)}")


def empty_step(server: Server) -> None:
    """unknown step: an empty text is one as well"""
    expect(server.step("").get("status") in ("undefined", "failed"), "an empty step passed")


def ids_come_back(server: Server) -> None:
    """id: large numbers come back as the same number"""
    for request_id in (7, 65_536, 2**31, 2**53 - 1):
        reply = server.call("health", {}, request_id)
        expect("result" in reply, "health was answered with an error")


def unknown_params(server: Server) -> None:
    """params and members of context that are not known are passed over"""
    server.result("health", {"added": "later", "and": [1, {"more": None}]})
    deep: Any = 1
    for _ in range(100):
        deep = [deep]
    context = {"timeoutMs": 1000, "addedLater": [True, 1.5]}
    result = server.step(UNKNOWN_STEP, addedLater={"deep": deep}, context=context)
    expect(result.get("status") == "undefined", f"got {short(result)}")


def unicode_text(server: Server) -> None:
    """text in every script is taken, escaped or not"""
    text = 'Grüße 世界 🚀 \u2028 \u0001 \x7f \\ " é'
    step = f"{UNKNOWN_STEP} {text}"
    doc_string = {"content": text, "mediaType": "text/plain"}
    server.step(step, table=[["köpfe", "🚀"], ["", text]], docString=doc_string)
    request_id, data = server.request("executeStep", step_params(step), escaped=True)
    server.send_bytes(data)
    expect("result" in server.reply_to(request_id), "an escaped text was answered with an error")


def large_doc_string(server: Server) -> None:
    """a doc string of 1 MiB and a table of 10,000 rows are taken"""
    server.step(UNKNOWN_STEP, docString={"content": "ä line of text\n" * 65_536})
    server.step(UNKNOWN_STEP, table=[["a", "b"]] * 10_000)


def largest_request(server: Server) -> None:
    """a request of exactly 16 MiB is taken"""
    params = step_params(UNKNOWN_STEP, docString={"content": ""})
    empty = len(server.body("executeStep", params, 2))
    params["docString"]["content"] = "x" * (LIMIT - empty)
    request_id, data = server.request("executeStep", params, 2)
    server.send_bytes(data)
    expect("result" in server.reply_to(request_id), "answered with an error")


def split_messages(server: Server) -> None:
    """a request may come in pieces, and several in one piece"""
    request_id, data = server.request("health", {})
    for i in range(len(data)):
        server.send_bytes(data[i : i + 1])
    expect("result" in server.reply_to(request_id), "answered with an error")
    several_at_once(server, 50)


def tolerated_framing(server: Server) -> None:
    """framing: an empty line and \\r\\n (ndjson), other headers and their case (content-length)"""
    request_id, data = server.request("health", {})
    if server.headers:
        body = data.partition(b"\r\n\r\n")[2]
        head = b"content-type: application/json\r\nCONTENT-LENGTH:%d\r\n\r\n" % len(body)
        server.send_bytes(head + body)
    else:
        server.send_bytes(b"\n\r\n" + data[:-1] + b"\r\n\n")
    expect("result" in server.reply_to(request_id), "answered with an error")
    server.result("health", {})
    server.settle()


def shutdown_replies_and_exits(server: Server) -> None:
    """shutdown: a reply, then exit code 0, also while stdin stays open"""
    server.step(UNKNOWN_STEP)
    expect(server.result("shutdown", {}) == {}, "the result of shutdown must be {}")
    exits_with_0(server)


def shutdown_at_once(server: Server) -> None:
    """shutdown: as the very first request as well"""
    server.result("shutdown", {})
    exits_with_0(server)


def end_of_stdin(server: Server) -> None:
    """end of stdin: exit code 0 and not a word more on stdout"""
    server.result("health", {})
    server.close_stdin()
    exits_with_0(server)


def end_of_stdin_at_once(server: Server) -> None:
    """end of stdin: before any request as well"""
    server.close_stdin()
    exits_with_0(server, server.timeout)


def sigterm(server: Server) -> None:
    """SIGTERM: the server exits within 2 s"""
    server.result("health", {})
    server.process.send_signal(signal.SIGTERM)
    server.wait(2)


def reset(server: Server) -> None:
    """reset, if offered: result {}, and the server is as if just started"""
    if "reset" not in server.result("health", {}).get("capabilities", []):
        return
    server.step(UNKNOWN_STEP)
    for _ in range(2):
        expect(server.result("reset", {}) == {}, "the result of reset must be {}")
    server.step(UNKNOWN_STEP)
    server.result("shutdown", {})
    exits_with_0(server)


def many_requests(server: Server) -> None:
    """500 requests, one after the other, each with one reply"""
    for _ in range(250):
        server.result("health", {})
        server.step(UNKNOWN_STEP)
    server.settle()


CHECKS: list[Callable[[Server], None]] = [
    health_has_its_form,
    health_is_repeated,
    health_in_between,
    unknown_method,
    unknown_step,
    empty_step,
    ids_come_back,
    unknown_params,
    unicode_text,
    large_doc_string,
    largest_request,
    split_messages,
    tolerated_framing,
    many_requests,
    reset,
    shutdown_replies_and_exits,
    shutdown_at_once,
    end_of_stdin,
    end_of_stdin_at_once,
    sigterm,
]


# --- advice: not in the protocol, but good to know ------------------------------------------------


def garbage_is_survived(server: Server) -> str:
    """After a message that is no JSON, does the server still answer?"""
    server.send_bytes(server.frame(b'{"jsonrpc": "2.0", "id": 1, '))
    request_id, data = server.request("health", {}, 99)
    server.send_bytes(data)
    reply = server.receive()
    if reply.get("id") is None and "error" in reply:
        reply = server.receive()
    expect(reply.get("id") == request_id, "it answered something else")
    return "goes on after a request that is no JSON"


def speed(server: Server) -> str:
    """How long until the first reply, and how long one round trip takes?"""
    server.result("health", {})
    ready = time.monotonic() - server.started
    begin = time.monotonic()
    for _ in range(100):
        server.result("health", {})
    trip = (time.monotonic() - begin) / 100
    return f"ready {ready * 1000:.0f} ms after its start, {trip * 1000:.2f} ms a round trip"


ADVICE: list[Callable[[Server], str]] = [garbage_is_survived, speed]


def run(check: Callable[[Any], Any], kind: type[Server] = Server) -> tuple[Any, str]:
    """What the check of a fresh server returns, and its problem, if there is one."""
    server = kind()
    try:
        return check(server), ""
    except Broken as problem:
        words = server.last_words()
        return None, f"{problem}" + (f"\n        stderr: {words}" if words else "")
    finally:
        server.end()


def step_check(text: str) -> Callable[[Server], None]:
    def check(server: Server) -> None:
        result = server.step(text)
        expect(result["success"], f"the step did not pass: {short(result)}")

    check.__doc__ = f"step: {text}"
    return check


def parse_arguments() -> argparse.Namespace:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=DESCRIPTION, epilog=EXAMPLES, formatter_class=raw)
    add = parser.add_argument
    framings = ("ndjson", "content-length")
    add("--framing", choices=framings, default="ndjson", help="also put into CEXEC_FRAMING")
    add("--step", action="append", default=[], metavar="TEXT", help="a step that must pass")
    add("--timeout", type=float, default=10.0, metavar="S", help="seconds to wait for a reply")
    add("command", nargs="+", metavar="COMMAND", help="what starts the server, behind --")
    return parser.parse_args()


def main() -> int:
    options = parse_arguments()
    Server.command = options.command
    Server.headers = options.framing == "content-length"
    Server.timeout = options.timeout

    failed = 0
    checks = CHECKS + [step_check(text) for text in options.step]
    for check in checks:
        name = (check.__doc__ or "").splitlines()[0]
        try:
            _, problem = run(check)
        except OSError as error:
            print(f"cannot start the server: {error}")
            return 2
        failed += bool(problem)
        print(f"FAIL  {name}\n      {problem}" if problem else f"ok    {name}")
    for advice in ADVICE:
        found, problem = run(advice)
        print(f"note  {found or f'{advice.__doc__} No: {problem}'}")
    print(f"{len(checks)} checks: {len(checks) - failed} ok, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
