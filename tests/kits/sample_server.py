"""A server that uses every part of the Python kit once; sample_server.mjs and .cpp are the same.

It must not know what kit_behaviour.py asks of it.
"""

import subprocess
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "images" / "python"))

from cexec_kit import Pending, Server, Skip, World, expect_equal  # noqa: E402

server = Server("sample", "2.5", ["sampling"])


class Counter:
    def __init__(self) -> None:
        self.value = 0


@server.step("counts")
def count(world: World) -> None:
    world.state(Counter).value += 1
    world.data["count"] = world.state(Counter).value


@server.step("prints {string}")
def print_text(_world: World, text: str) -> None:
    print(text)
    subprocess.run(["echo", text], check=True)


@server.step("lets a child read stdin")
def child_reads(world: World) -> None:
    world.data["read"] = subprocess.run(["cat"], check=True, stdout=subprocess.PIPE).stdout.decode()


@server.step("expects {int} to be {int}")
def compare(_world: World, actual: int, expected: int) -> None:
    expect_equal(actual, expected, "the number is wrong")


@server.step("throws")
def throw(_world: World) -> None:
    raise IndexError("out of range\nsecond line")


@server.step("throws what is no text")
def throw_garbage(_world: World) -> None:
    raise IndexError("garbage: \udc80")


@server.step("is the same for {word}")
def same_word(_world: World, _word: str) -> None:
    pass


@server.step("is the same for a/b")
def same_choice(_world: World) -> None:
    pass


@server.step("skips")
def skip(_world: World) -> None:
    raise Skip("not here")


@server.step("is pending")
def pend(_world: World) -> None:
    raise Pending("not yet")


@server.step("logs {string}")
def log(world: World, text: str) -> None:
    world.log(text)
    world.log(text, "warn")


@server.step("notifies {string}")
def notify(world: World, text: str) -> None:
    thread = threading.Thread(target=world.notify, args=(text, "debug"))
    thread.start()
    thread.join()


@server.step("cleans up {string}")
def clean_up(world: World, text: str) -> None:
    world.cleanup(lambda: world.notify(f"cleaned up {text}"))


@server.step("fails to clean up")
def fail_to_clean_up(world: World) -> None:
    def fail() -> None:
        raise OSError("cannot let go")

    world.cleanup(fail)


@server.step("exits with code {int}")
def exit_with(world: World, code: int) -> None:
    world.cleanup(lambda: world.notify("cleaned up after a crash"))
    world.exit_after_reply(code)


@server.step("echoes")
def echo(world: World) -> None:
    world.data["table"] = "|".join(",".join(row) for row in world.table or [])
    world.data["rows"] = "|".join(row["a"] for row in world.rows())
    world.data["text"] = world.text()
    world.data["mediaType"] = world.doc_string.media_type
    world.data["who"] = f"{world.process} {world.step_type} {world.context['scenario']}"


@server.step("takes {float} s")
def take_time(world: World, seconds: float) -> None:
    time.sleep(seconds)
    world.data["left"] = int(world.time_left() * 1000)


@server.step("answers with {int} bytes")
def answer_at_length(world: World, size: int) -> None:
    world.data["long"] = "x" * size


server.run()
