"""A platform server that breaks every rule of the protocol, one step at a time.

It is written without a kit, so that nothing keeps it from misbehaving; each step says in words what it does.
"""

import json
import os
import re
import resource
import signal
import socket
import sys
import time

MIB = 1 << 20
behaviour = {"shutdown": "orderly", "code": 0}


def write(text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(1, data) :]


def reply(request: int, result: object) -> None:
    write(json.dumps({"jsonrpc": "2.0", "id": request, "result": result}) + "\n")


def passed(request: int) -> None:
    reply(request, {"success": True})


def failed(request: int, message: str, **more: object) -> None:
    reply(request, {"success": False, "error": {"message": message, **more}})


def sleep_for_ever() -> None:
    while True:
        time.sleep(3600)


# What a server may do wrong when it answers ---------------------------------------------------------------


def says_nothing(request: int) -> None:
    sleep_for_ever()


def prints_half_a_line(request: int) -> None:
    write('{"jsonrpc":"2.0","id":%d,"result":{"succ' % request)
    sleep_for_ever()


def prints_no_json(request: int) -> None:
    write("Hello from a library that likes stdout\n")
    passed(request)


def answers_deep(request: int, depth: str) -> None:
    nested = "[" * int(depth) + "]" * int(depth)
    write('{"jsonrpc":"2.0","id":%d,"result":{"success":true,"data":%s}}\n' % (request, nested))


def answers_with_id(request: int, other: str) -> None:
    passed(int(other))
    sleep_for_ever()


def answers_twice(request: int) -> None:
    passed(request)
    passed(request)


def answers_with_mib(request: int, size: str) -> None:
    reply(request, {"success": True, "data": "x" * (int(size) * MIB)})


def closes_stdout(request: int) -> None:
    os.close(1)
    os.close(2)
    sleep_for_ever()


def exits(request: int, code: str) -> None:
    print("leaving with", code, file=sys.stderr, flush=True)
    os._exit(int(code))


def answers_and_exits(request: int, code: str) -> None:
    passed(request)
    os._exit(int(code))


def dies_of(request: int, number: str) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(int(number), signal.SIG_DFL)
    # A first process of a container is spared the default action of signals; a child of it is not, and what it
    # dies of is passed on as a shell would.
    child = os.fork()
    if child == 0:
        os.kill(os.getpid(), int(number))
        sleep_for_ever()
    os.waitpid(child, 0)
    os._exit(128 + int(number))


# What a server may use too much of ------------------------------------------------------------------------


def floods_stdout(request: int, size: str) -> None:
    for _ in range(int(size)):
        write("y\n" * (MIB // 2))
    passed(request)


def floods_without_newline(request: int, size: str) -> None:
    for _ in range(int(size)):
        write("x" * MIB)
    passed(request)


def floods_stderr(request: int, size: str) -> None:
    lines = ("e" * 99 + "\n").encode() * (MIB // 100)
    for _ in range(int(size)):
        data = lines
        while data:
            data = data[os.write(2, data) :]
    print("the last line", file=sys.stderr, flush=True)
    passed(request)


def floods_the_log(request: int, size: str) -> None:
    message = json.dumps({"jsonrpc": "2.0", "method": "log", "params": {"level": "info", "message": "l" * 900}}) + "\n"
    for _ in range(int(size)):
        write(message * (MIB // len(message)))
    passed(request)


def forks_while_it_can(request: int) -> None:
    children = 0
    try:
        while True:
            if os.fork() == 0:
                sleep_for_ever()
            children += 1
    except OSError as error:
        failed(request, f"fork failed: {error.strerror}", actual=children)


def explodes(request: int) -> None:
    while True:
        try:
            os.fork()
        except OSError:
            pass


def eats_memory(request: int) -> None:
    eaten = []
    while True:
        eaten.append(b"x" * MIB)


def fills(request: int, path: str) -> None:
    written = 0
    try:
        with open(path, "wb", buffering=0) as file:
            while True:
                written += file.write(b"x" * MIB)
    except OSError as error:
        failed(request, f"{path}: {error.strerror}", actual=written // MIB)


# How a server may refuse to end ---------------------------------------------------------------------------


def ignores_all(request: int) -> None:
    behaviour["shutdown"] = "never"
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    passed(request)


def ends_on_sigterm_only(request: int) -> None:
    behaviour["shutdown"] = "never"
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    passed(request)


def will_exit(request: int, code: str) -> None:
    behaviour["code"] = int(code)
    passed(request)


def leaves_children(request: int) -> None:
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sleep_for_ever()
    passed(request)


# What a server can see of its limits ----------------------------------------------------------------------


def first_that_exists(*paths: str) -> str:
    for path in paths:
        if os.path.exists(path):
            with open(path) as file:
                return file.read().strip()
    return "missing: " + paths[0]


def status_line(name: str) -> str:
    with open("/proc/self/status") as file:
        return next(line.split(":")[1].strip() for line in file if line.startswith(name + ":"))


def cpu_quota() -> str:
    v2 = first_that_exists("/sys/fs/cgroup/cpu.max")
    if not v2.startswith("missing"):
        quota, period = v2.split()
        return f"{int(quota) / int(period):g}"
    quota = first_that_exists("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")
    period = first_that_exists("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
    return f"{int(quota) / int(period):g}"


def swap_beyond_memory() -> str:
    v2 = first_that_exists("/sys/fs/cgroup/memory.swap.max")
    if not v2.startswith("missing"):
        return v2
    both = first_that_exists("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes")
    memory = first_that_exists("/sys/fs/cgroup/memory/memory.limit_in_bytes")
    return str(int(both) - int(memory))


def try_to_write(path: str) -> str:
    try:
        with open(path, "w") as file:
            file.write("x")
        return "writable"
    except OSError as error:
        return error.strerror or "?"


def interfaces() -> str:
    return " ".join(sorted(name for _, name in socket.if_nameindex()))


def facts() -> dict[str, str]:
    return {
        "memory": first_that_exists("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        "swap": swap_beyond_memory(),
        "cpus": cpu_quota(),
        "pids": first_that_exists("/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max"),
        "user": f"{os.getuid()}:{os.getgid()}",
        "effective capabilities": status_line("CapEff"),
        "bounding capabilities": status_line("CapBnd"),
        "no new privileges": status_line("NoNewPrivs"),
        "seccomp": status_line("Seccomp"),
        "root": try_to_write("/file"),
        "application": try_to_write("/app/file"),
        "tmp": try_to_write("/tmp/file"),
        "interfaces": interfaces(),
        "core files": str(resource.getrlimit(resource.RLIMIT_CORE)[1]),
        "engine socket": str(os.path.exists("/var/run/docker.sock")),
        "processes": str(sum(name.isdigit() for name in os.listdir("/proc"))),
    }


def sees(request: int, table: list[list[str]]) -> None:
    found = facts()
    wrong = [f"{name} is {found[name]}, not {wanted}" for name, wanted in table if found[name] != wanted]
    if wrong:
        failed(request, "; ".join(wrong))
    else:
        passed(request)


STEPS = [
    (r"answers", passed),
    (r"says nothing", says_nothing),
    (r"prints half a line", prints_half_a_line),
    (r"prints a line that is no JSON", prints_no_json),
    (r"answers with arrays (\d+) deep", answers_deep),
    (r"answers with the id (\d+)", answers_with_id),
    (r"answers twice", answers_twice),
    (r"answers with (\d+) MiB", answers_with_mib),
    (r"closes its stdout", closes_stdout),
    (r"exits with code (\d+)", exits),
    (r"answers and exits with code (\d+)", answers_and_exits),
    (r"dies of signal (\d+)", dies_of),
    (r"floods stdout with (\d+) MiB of lines", floods_stdout),
    (r"floods stdout with (\d+) MiB without a newline", floods_without_newline),
    (r"floods stderr with (\d+) MiB", floods_stderr),
    (r"floods the log with (\d+) MiB", floods_the_log),
    (r"forks while it can", forks_while_it_can),
    (r"explodes", explodes),
    (r"eats memory", eats_memory),
    (r"fills (\S+)", fills),
    (r"ignores shutdown, the end of stdin and SIGTERM", ignores_all),
    (r"will end on SIGTERM only", ends_on_sigterm_only),
    (r"will exit with code (\d+) at shutdown", will_exit),
    (r"leaves children behind", leaves_children),
]


def execute(request: int, params: dict) -> None:
    if params["step"] == "sees":
        sees(request, params["table"])
        return
    for pattern, step in STEPS:
        if match := re.fullmatch(pattern, params["step"]):
            step(request, *match.groups())
            return
    reply(request, {"success": False, "status": "undefined", "error": {"message": "no such step"}})


def begin() -> None:
    """What goes wrong before the first request, by the environment variable START."""
    how = os.environ.get("START", "")
    if how == "exit":
        print("the configuration is missing", file=sys.stderr, flush=True)
        os._exit(5)
    if how == "garbage":
        write("Starting up, please wait...\n")
    if how == "silent":
        sleep_for_ever()


def main() -> None:
    begin()
    for line in sys.stdin:
        message = json.loads(line)
        method, request = message["method"], message["id"]
        if method == "health":
            reply(request, {"status": "ok", "protocol": int(os.environ.get("PROTOCOL", "1"))})
        elif method == "executeStep":
            execute(request, message["params"])
        elif method == "shutdown" and behaviour["shutdown"] == "orderly":
            reply(request, {})
            os._exit(behaviour["code"])
    if behaviour["shutdown"] == "never":
        sleep_for_ever()


main()
