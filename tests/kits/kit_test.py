"""Holds the Python kit and formats to the tables that all languages share.

It must not know what the other languages answer: expressions.json and vectors.json say it for all.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
IMAGES = HERE.parent.parent / "images"
sys.dont_write_bytecode = True
sys.path.insert(0, str(IMAGES / "python"))

import journal  # noqa: E402
import ring  # noqa: E402
import wire  # noqa: E402
from cexec_kit import Expression, StepFailure  # noqa: E402

failures: list[str] = []
checks = 0


def check(what: str, actual: object, expected: object) -> None:
    global checks
    checks += 1
    if actual != expected:
        failures.append(f"{what}\n    expected {expected!r}\n    actual   {actual!r}")


def found_in(pattern: str, text: str) -> tuple[str, object]:
    try:
        return "arguments", Expression(pattern).match(text)
    except StepFailure as error:
        return "error", str(error)


def check_expressions(table: dict) -> None:
    for case in table["matches"]:
        what = f"pattern <{case['pattern']}> on <{case['text']}>"
        kind, found = found_in(case["pattern"], case["text"])
        if "error" in case:
            check(what, (kind, case["error"] in str(found)), ("error", True))
        else:
            check(what, (kind, found), ("arguments", case["arguments"]))
    for case in table["invalid"]:
        try:
            Expression(case["pattern"])
        except ValueError as error:
            check(f"pattern <{case['pattern']}>", case["invalid"] in str(error), True)
        else:
            check(f"pattern <{case['pattern']}>", "accepted", case["invalid"])


def check_ring(vector: dict, folder: Path) -> None:
    path = str(folder / "vector.ring")
    ring.create(path, vector["slots"], vector["capacity"])
    opened = ring.Ring(path)
    for operation, text in vector["operations"]:
        if operation == "write":
            opened.write(text.encode())
        else:
            check("ring read", opened.read()[1], text.encode())
    check("ring file", Path(path).read_bytes().hex(), "".join(vector["hex"]))
    check(
        "ring, then read",
        [opened.read()[1].decode() for _ in vector["then_read"]],
        vector["then_read"],
    )
    check("ring, at last", opened.read(), None)
    opened.close()


def check_wire(vector: dict) -> None:
    check("wire hello", wire.pack_hello(vector["hello"]["limit"]).hex(), vector["hello"]["hex"])
    for frame in vector["frames"]:
        packed = wire.pack_frame(frame["type"], frame["sequence"], bytes.fromhex(frame["payload"]))
        check(f"wire {frame['name']}", packed.hex(), frame["hex"])


def check_journal(vector: dict, folder: Path) -> None:
    path = str(folder / "vector.journal")
    journal.create(path)
    writer = journal.Writer(path)
    for record in vector["records"]:
        writer.append(record["kind"], record["payload"].encode())
    writer.close()
    check("journal file", Path(path).read_bytes().hex(), "".join(vector["hex"]))
    contents = journal.read(path)
    read = [
        {"kind": record.kind, "payload": record.payload.decode()} for record in contents.records
    ]
    check("journal, read", (read, contents.damage), (vector["records"], None))


def check_page(vectors: dict) -> None:
    """The examples of FORMATS.md are the vectors."""
    page = (IMAGES / "FORMATS.md").read_text("utf-8")
    blocks = {}
    for name, block in re.findall(r"```hex (\S+)\n(.*?)```", page, re.DOTALL):
        bytes_of = (re.match(r"(?:[0-9a-f]{2} ?)+(?=\s|$)", line)[0] for line in block.splitlines())
        blocks[name] = "".join(bytes_of).replace(" ", "")
    expected = {
        "ring": "".join(vectors["ring"]["hex"]),
        "journal": "".join(vectors["journal"]["hex"]),
        "wire-hello": vectors["wire"]["hello"]["hex"],
    }
    expected |= {f"wire-{frame['name']}": frame["hex"] for frame in vectors["wire"]["frames"]}
    check("examples in FORMATS.md", blocks, expected)


def main() -> int:
    vectors = json.loads((HERE / "vectors.json").read_text("utf-8"))
    check_expressions(json.loads((HERE / "expressions.json").read_text("utf-8")))
    with tempfile.TemporaryDirectory() as folder:
        check_ring(vectors["ring"], Path(folder))
        check_journal(vectors["journal"], Path(folder))
    check_wire(vectors["wire"])
    check_page(vectors)
    for failure in failures:
        print(f"FAIL  {failure}")
    print(f"python: {checks} checks, {len(failures)} failed")
    return bool(failures)


sys.exit(main())
