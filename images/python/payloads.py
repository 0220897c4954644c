"""The payloads that scenarios send, and how a received one is compared with what was sent.

It must not know which format carried them.
"""

from __future__ import annotations

from cexec_kit import StepFailure

_PERIOD = bytes(range(251))


def test_pattern(size: int, sequence: int) -> bytes:
    """Byte i is (size + sequence + i) mod 251, so a shifted, stale or foreign payload shows."""
    start = (size + sequence) % 251
    return (_PERIOD * ((size + start) // 251 + 1))[start : start + size]


def check_pattern(payload: bytes, size: int, sequence: int, name: str) -> None:
    """Fail unless `payload` is the test pattern of that size and sequence number."""
    _check(payload, test_pattern(size, sequence), name)


def check_text(payload: bytes, text: str, name: str) -> None:
    """Fail unless `payload` is `text` in UTF-8, byte for byte."""
    if payload != text.encode("utf-8"):
        actual = payload.decode("utf-8", "backslashreplace")
        raise StepFailure(f"{name} has the wrong text", expected=text, actual=actual)


def _check(actual: bytes, expected: bytes, name: str) -> None:
    if len(actual) != len(expected):
        raise StepFailure(
            f"{name} has the wrong size",
            expected=f"{len(expected)} bytes",
            actual=f"{len(actual)} bytes",
        )
    if actual != expected:
        at = next(i for i, (a, e) in enumerate(zip(actual, expected)) if a != e)
        raise StepFailure(
            f"{name} differs from byte {at} on",
            expected=expected[at : at + 16].hex(" "),
            actual=actual[at : at + 16].hex(" "),
        )
