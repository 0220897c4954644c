"""Where the processes of a case meet: files in the shared volume and the addresses of peers.

It must not know what is in a file or sent to a peer.
"""

from __future__ import annotations

import json
import os

_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


def path(name: str, suffix: str) -> str:
    """The file that stands for `name` in the folder all processes of the case share."""
    folder = os.environ.get("CEXEC_EXCHANGE")
    if not folder:
        raise RuntimeError("CEXEC_EXCHANGE is not set: the case shares no volume (scenario.volume)")
    if not name or not _NAME_CHARACTERS.issuperset(name):
        raise ValueError(f"'{name}' is no name: only a-z, 0-9, - and _ may be in it")
    return os.path.join(folder, name + suffix)


def must_exist(file: str, what: str) -> None:
    """Fail in words that say what to look at, where `file` is missing."""
    if not os.path.exists(file):
        raise FileNotFoundError(f"there is no {what} {file}: nobody has created it in this case")


def publish(target: str, start: bytes, size: int) -> None:
    """Make a file of `size` bytes that begins with `start`, visible only once it is complete."""
    unfinished = target + ".new"
    with open(unfinished, "wb") as file:
        os.fchmod(file.fileno(), 0o666)  # another platform's server may run as another user
        file.write(start)
        file.truncate(size)
    os.rename(unfinished, target)


def peer_address(process: str) -> str:
    """The host name or address at which `process` is reached."""
    peers = os.environ.get("CEXEC_PEERS")
    if not peers:
        raise RuntimeError("CEXEC_PEERS is not set: the case shares no network (tag @network)")
    addresses = json.loads(peers)
    if process not in addresses:
        known = ", ".join(sorted(addresses))
        raise ValueError(f"no process '{process}' in CEXEC_PEERS, only: {known}")
    return addresses[process]
