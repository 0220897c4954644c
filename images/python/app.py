"""The one server object, so that each *_steps.py can register its steps where they are written.

It must not know any step.
"""

from cexec_kit import Server

server = Server(platform="python", version="1.0")
