"""The one error of the three formats: what is wrong with bytes that another process wrote.

It must not know any format; `kind` is the short name that images/FORMATS.md gives the problem.
"""

from __future__ import annotations

from byte_order import BYTE_ORDER


class FormatError(Exception):
    """Bytes break their format. `expected` and `actual` exist only where something was compared."""

    def __init__(self, kind: str, message: str, **compared: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.__dict__.update(compared)


def wrong_magic(what: str, data: bytes, expected: int) -> FormatError:
    """The error for `data` that should begin with the number `expected`, as each `what` does."""
    mine = expected.to_bytes(4, BYTE_ORDER).decode("ascii")
    shown = data[:4].decode("ascii", "backslashreplace")
    problem = f"not '{mine}'"
    if shown == mine[::-1]:
        problem = f"which is '{mine}' reversed: written in the other byte order"
    message = f"no {what}: magic is '{shown}', {problem}"
    return FormatError("wrong magic", message, expected=mine, actual=shown)
