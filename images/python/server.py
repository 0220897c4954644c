"""The Python platform server: loads every step and serves until it is told to stop.

It must not know what the steps do.
"""

from app import server

import journal_steps  # noqa: F401  imported for the steps it registers
import ring_steps  # noqa: F401
import wire_steps  # noqa: F401

server.run()
