#!/usr/bin/env python3
"""Checks the checker: each defect of bad_server.py must be found, and nothing in a good server.

It must not know how conformance.py finds a defect, only which check names it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOUND_BY = {  # defect: words of the check, or of its problem, that must be among the failures
    "none": "",
    "never ready": "health: status ok",
    "other protocol": "protocol must be the number 1",
    "capabilities as text": "capabilities must be an array of texts",
    "one health only": "health: several",
    "id as text": 'the reply has the id "1"',
    "no version": "no JSON-RPC 2.0 message",
    "result and error": "either result or error",
    "two lines": "no JSON message",
    "answers twice": "a reply that nobody asked for",
    "bad log": "without a known level",
    "strict params": "members of context that are not known",
    "passes everything": "unknown step: success false",
    "success missing": "needs success, true or false",
    "odd pair": 'success true and status "undefined" do not go together',
    "no message": "error needs a message",
    "not a number": "NaN is no JSON",
    "greets": "server ready",
    "ignores SIGTERM": "SIGTERM: the server exits",
    "short lines": "a doc string of 1 MiB",
    "no blank lines": "framing: an empty line",
    "no reset": "reset, if offered",
    "waits for the end": "also while stdin stays open",
    "says goodbye": "goodbye",
    "exit code 1": "the exit code is 1",
    "silent on unknown": "unknown method",
    "wrong code": "the error's code is -32600",
    "stays": "end of stdin: exit code 0",
}


def failures_with(defect: str) -> tuple[int, str]:
    command = [
        sys.executable,
        "-B",
        HERE / "conformance.py",
        "--timeout",
        "2",
        "--",
        sys.executable,
        HERE / "bad_server.py",
        defect,
    ]
    ended = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    return ended.returncode, "\n".join(
        re.findall(r"^FAIL.*\n(?:      .*\n)*", ended.stdout, re.MULTILINE)
    )


def main() -> int:
    with ThreadPoolExecutor(max_workers=4) as pool:
        outcomes = dict(zip(FOUND_BY, pool.map(failures_with, FOUND_BY)))
    wrong = 0
    for defect, (code, failures) in outcomes.items():
        fine = code == (defect != "none") and (
            FOUND_BY[defect] in failures if failures else defect == "none"
        )
        wrong += not fine
        if not fine:
            print(f"FAIL  defect '{defect}': exit code {code}, failures:\n{failures or '(none)'}")
    print(f"conformance: {len(FOUND_BY) - 1} defects, {wrong} not found as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
