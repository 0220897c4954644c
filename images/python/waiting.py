"""How a step waits for what another process does: it looks again until the time is up.

It must not know what is waited for.
"""

from __future__ import annotations

import threading
import time

from cexec_kit import StepFailure, World, expect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_EVERY = 0.001  # seconds; no format has a signal, so who waits looks again


def patience(world: World) -> float:
    """Seconds a step may wait: 5, or less so that it fails by itself before cexec gives up."""
    return max(0.0, min(5.0, world.time_left() - 0.5))


def wait_until(world: World, condition: Callable[[], object]) -> bool:
    """Look at `condition` until it holds (True) or patience ends (False)."""
    end = time.monotonic() + patience(world)
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(LOOK_EVERY)
    return True


class Background:
    """One piece of work that goes on while the case does: a step starts it, a later one ends it."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._problem: Exception | None = None

    def start(self, work: Callable[[], None]) -> None:
        """Run `work`, which calls pause() wherever it waits for another process."""
        expect(not self._thread, "this process already does something in the background")
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def pause(self) -> None:
        if self._stop.wait(LOOK_EVERY):
            raise RuntimeError("the case is over")

    def finish(self, world: World, problem: str) -> None:
        """Wait for the work and pass on its error; fail with `problem` if it takes too long."""
        if self._thread is None:
            raise StepFailure("nothing was started in the background")
        self._thread.join(patience(world))
        if self._problem:
            raise self._problem
        expect(not self._thread.is_alive(), problem)
        self._thread = None

    def close(self) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            self._problem = error
