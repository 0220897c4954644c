"""The byte order of every whole number in the three formats: little-endian (images/FORMATS.md).

It must not know which format asks; CEXEC_FAULT=byte-order makes this server wrong on purpose.
"""

import os

FAULTY = os.environ.get("CEXEC_FAULT") == "byte-order"
BYTE_ORDER = "big" if FAULTY else "little"
STRUCT_PREFIX = ">" if FAULTY else "<"


def magic(text: str) -> int:
    """The number whose four bytes, lowest first, spell `text`."""
    return int.from_bytes(text.encode("ascii"), "little")
