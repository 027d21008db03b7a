"""A process that imports everything once, and forks a child for each trial, in which a fault
strikes at the step that it is told.

A step is a place where Python is about to write: to make, open, rename or remove a file, or to
begin or commit a transaction. With the shim (shim.c) it is each call of the operating system that
writes, whichever library makes it.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LONGEST_SECONDS = 120.0
_CHANGING = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate"}
_TRANSACTIONS = ("BEGIN IMMEDIATE", "COMMIT", "VACUUM")
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Outcome:
    """How a child ended: `steps` that it came to, the error it ended with, in words; `foreign`
    where it was none of ours, so that a user would have seen a trace."""

    killed: bool
    steps: int = 0
    error: str = ""
    foreign: bool = False


class Forks:
    """The process, while it runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, act: str, place: Path, fault: str = "", at: int = 0) -> Outcome:
        """Do an act in a place; the fault strikes at step `at`, or none where that is 0."""
        order = {"act": act, "place": str(place), "fault": fault, "at": at}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Outcome(**json.loads(self._process.stdout.readline()))


@contextmanager
def forks(shim: Path | None = None) -> Iterator[Forks]:
    env = {**os.environ, "PYTHONPATH": f"{_HERE.parent}:{_HERE.parents[1]}"}
    if shim is not None:
        env |= {"LD_PRELOAD": str(shim), "TORTURE_SHIM": str(shim)}
    command = [sys.executable, "-W", "ignore", "-m", "torture.forking"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=env, **pipes) as process:
        yield Forks(process)
        process.stdin.close()


# In the process


def _serve() -> None:
    from .acts import ACTS

    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            told = _do(ACTS[order["act"]].do, order)
            os.write(writing, json.dumps(told).encode())
            os._exit(0)
        os.close(writing)
        told = _told(reading)
        if told is None:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        print(json.dumps(told or {"killed": True}), flush=True)


def _told(reading: int) -> dict[str, Any] | None:
    until, said = time.monotonic() + _LONGEST_SECONDS, b""
    while time.monotonic() < until:
        if select.select([reading], [], [], 1.0)[0]:
            part = os.read(reading, 1 << 16)
            if not part:
                return json.loads(said) if said else None
            said += part
    return {"killed": True, "error": "it hung", "foreign": True}


def _do(do: Any, order: dict[str, Any]) -> dict[str, Any]:
    from index.errors import TurnciteError

    place = Path(order["place"])
    steps = _libc_steps(place, order) if "TORTURE_SHIM" in os.environ else _steps(place, order)
    told: dict[str, Any] = {"killed": False}
    try:
        do(place)
    except TurnciteError as error:
        told["error"] = str(error)
    except BaseException as error:
        told |= {"error": f"{type(error).__name__}: {error}", "foreign": True}
    return told | {"steps": steps()}


def _steps(place: Path, order: dict[str, Any]) -> Any:
    """Count the steps of Python's own, and let the fault strike: kill, or full (a full disk)."""
    count, root = 0, str(place)
    if order["fault"] == "limit":  # no file grows beyond so many bytes
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["at"], order["at"]))
        return lambda: 0

    def step(can_fail: bool) -> None:
        nonlocal count
        count += 1
        if order["fault"] == "kill" and count == order["at"]:
            os.kill(os.getpid(), signal.SIGKILL)
        if order["fault"] == "full" and can_fail and count >= order["at"] > 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def statement(sql: str) -> None:
        if sql.startswith(_TRANSACTIONS):
            step(can_fail=False)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(args[0], str) and args[0].startswith(root):
            if isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR):
                step(can_fail=bool(args[2] & os.O_CREAT))
        elif event in _CHANGING and str(args[0]).startswith(root):
            step(can_fail=event not in ("os.remove", "os.rmdir"))

    real = sqlite3.connect

    def connect(*given: Any, **named: Any) -> sqlite3.Connection:
        db = real(*given, **named)
        db.set_trace_callback(statement)
        return db

    sqlite3.connect = connect  # type: ignore[assignment]
    sys.addaudithook(hook)
    return lambda: count


def _libc_steps(place: Path, order: dict[str, Any]) -> Any:
    shim = ctypes.CDLL(os.environ["TORTURE_SHIM"])
    shim.torture_steps.restype = ctypes.c_long
    shim.torture_arm(os.fsencode(place), ctypes.c_long(order["at"]), order["fault"].encode())
    return shim.torture_steps


if __name__ == "__main__":
    _serve()
