"""A small platform server that breaks one rule of docs/protocol.md: `bad_server.py DEFECT`.

It must not use a kit, which would keep the rule.
"""

from __future__ import annotations

import json
import signal
import sys
import time

DEFECT = sys.argv[1]


def send(message: dict) -> None:
    text = json.dumps(message)
    if DEFECT == "two lines":
        text = json.dumps(message, indent=1)
    print(text, flush=True)


def reply(request_id: int, result: object) -> None:
    message: dict = {"jsonrpc": "2.0", "id": request_id, "result": result}
    if DEFECT == "id as text":
        message["id"] = str(request_id)
    if DEFECT == "no version":
        del message["jsonrpc"]
    if DEFECT == "result and error":
        message["error"] = {"code": 1, "message": "both"}
    if DEFECT == "bad log":
        send({"jsonrpc": "2.0", "method": "log", "params": {"level": "loud", "message": "x"}})
    send(message)
    if DEFECT == "answers twice":
        send(message)


def health(request_id: int) -> None:
    status = "starting" if DEFECT == "never ready" else "ok"
    protocol = 2 if DEFECT == "other protocol" else 1
    capabilities = "reset" if DEFECT == "capabilities as text" else ["reset"]
    reply(request_id, {"status": status, "protocol": protocol, "capabilities": capabilities})


def execute(request_id: int, params: dict) -> None:
    if DEFECT == "strict params" and set(params) - {
        "process",
        "stepType",
        "step",
        "table",
        "docString",
        "context",
    }:
        send(
            {
                "jsonrpc": "2.0",
                "id": request_id,
                "error": {"code": -32602, "message": "what is that?"},
            }
        )
        return
    result: dict = {"success": False, "status": "undefined", "error": {"message": "no such step"}}
    if DEFECT == "passes everything":
        result = {"success": True}
    if DEFECT == "success missing":
        del result["success"]
    if DEFECT == "odd pair":
        result["success"] = True
    if DEFECT == "no message":
        result["error"] = {}
    if DEFECT == "not a number":
        result["data"] = float("nan")
    reply(request_id, result)


def serve() -> None:
    if DEFECT == "greets":
        print("server ready", flush=True)
    if DEFECT == "ignores SIGTERM":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    answered = 0
    while line := sys.stdin.buffer.readline(65_536 if DEFECT == "short lines" else -1):
        if not line.strip() and DEFECT != "no blank lines":
            continue
        request = json.loads(line)
        method, request_id = request["method"], request["id"]
        answered += 1
        if method == "health" and not (DEFECT == "one health only" and answered > 1):
            health(request_id)
        elif method == "executeStep":
            execute(request_id, request["params"])
        elif method == "reset" and DEFECT != "no reset":
            reply(request_id, {})
        elif method == "shutdown":
            reply(request_id, {})
            if DEFECT == "waits for the end":
                continue
            if DEFECT == "says goodbye":
                print("goodbye", flush=True)
            sys.exit(1 if DEFECT == "exit code 1" else 0)
        elif DEFECT == "silent on unknown":
            continue
        elif DEFECT != "one health only":
            code = -32600 if DEFECT == "wrong code" else -32601
            send(
                {
                    "jsonrpc": "2.0",
                    "id": request_id,
                    "error": {"code": code, "message": "method not found"},
                }
            )
    if DEFECT == "stays":
        time.sleep(60)


serve()
