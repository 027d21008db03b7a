"""A `turncite` that starts quickly, for the commands of the guides, which are many.

`python quick_turncite.py SOCKET` imports what asking the library `data` takes, and waits; `python
quick_turncite.py SOCKET WORDS...` has it fork a process for the command, with the caller's folder,
variables and streams. The words begin with "turncite", or are "python" and a script. A command that
goes on until Ctrl-C gets that as soon as it says that it is up.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module

Command = Callable[[list[str]], None]
UP = ("Turncite is at ", "Watching ")


def main(where: str, words: list[str]) -> int:
    if words:
        return hand_over(where, words)
    import app  # noqa: F401
    from rag.cli import main as turncite

    for name in modules_of_an_answer(turncite):
        with suppress(Exception):
            import_module(name)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(where)
        listening.listen()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
        while True:
            asking, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                os._exit(carry_out(asking, turncite))
            asking.close()


def modules_of_an_answer(turncite: Command) -> list[str]:
    """What is imported for an answer. It is given in a fork: threads that it starts here would be
    missing in all others, which would wait for them."""
    read, write = os.pipe()
    if os.fork() == 0:
        with suppress(SystemExit):
            turncite(["ask", "What trade target was mentioned?"])
        with os.fdopen(write, "w") as names:
            names.write("\n".join(sys.modules))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as names:
        return names.read().split("\n")


def carry_out(asking: socket.socket, turncite: Command) -> int:
    """In the forked process: the command, whose exit status is told to who asked for it."""
    asked, streams, _, _ = socket.recv_fds(asking, 1 << 20, 3)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    told = json.loads(asked)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["variables"])
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asking.sendall(f"{os.getpid()}\n".encode())
    program, *words = told["words"]
    status = 0
    try:
        if program == "python":
            exec(compile(words[0], "the guide", "exec"), {"__name__": "__main__"})
        else:
            turncite(words)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 70
    sys.stdout.flush()
    sys.stderr.flush()
    asking.sendall(f"{status}\n".encode())
    return status


def hand_over(where: str, words: list[str]) -> int:
    """Has the command carried out; its exit status, which is 0 where it was ended as said above."""
    lasting = words[1:2] == ["serve"] or "--watch" in words
    if words[1:2] == ["serve"] and "--port" not in words:
        words = [*words, "--port", "0"]
    told = {"words": words, "folder": os.getcwd(), "variables": dict(os.environ)}
    read, write = os.pipe()
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(where)
        streams = [0, write, write] if lasting else [0, 1, 2]
        socket.send_fds(asking, [json.dumps(told).encode()], streams)
        os.close(write)
        answers = asking.makefile()
        process = int(answers.readline())
        signal.signal(signal.SIGTERM, lambda *_: os.kill(process, signal.SIGKILL))
        was_up = False
        with os.fdopen(read) as said:
            for line in said:  # which ends at once where the command has the caller's streams
                print(line, end="", flush=True)
                if line.startswith(UP):
                    was_up = True
                    os.kill(process, signal.SIGINT)
        status = int(answers.readline() or 134)
    return 0 if was_up else status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
