"""Two processes that write to one library, one of them killed, and a reader all the while."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from index.errors import LibraryError

from .acts import make, opened

_HERE = Path(__file__).parent
# Changes files of its own and syncs, over and over.
WRITER = """
import sys
from pathlib import Path
from conftest import write
from torture.acts import opened

folder, name = Path(sys.argv[1]), sys.argv[2]
for turn in range(int(sys.argv[3])):
    write(folder / f"{name}-{turn % 3}.txt", f"Ed: The tram {name} {turn} is late.\\nFay: Oh.\\n")
    library = opened(folder)
    library.sync(wait_seconds=60)
    library.close()
    print(turn, flush=True)
"""


def crowd(place: Path, chance: random.Random) -> str | None:
    """What went wrong, or nothing."""
    make(place)
    folder = place / "library"
    faults: list[str] = []
    done = threading.Event()
    reader = threading.Thread(target=_read, args=(folder, done, faults))
    reader.start()
    command = [sys.executable, "-W", "ignore", "-c", WRITER, str(folder)]
    env = {"PYTHONPATH": f"{_HERE.parent}:{_HERE.parents[1]}", "PATH": "/usr/bin:/bin"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": env}
    with (
        subprocess.Popen([*command, "killed", "1000"], **pipes) as killed,
        subprocess.Popen([*command, "whole", "6"], **pipes) as whole,
    ):
        killed.stdout.readline()
        time.sleep(chance.uniform(0, 0.5))
        killed.send_signal(signal.SIGKILL)
        _, said = whole.communicate()
        if whole.returncode:
            faults.append(f"a writer ended with {said[-300:]}")
    done.set()
    reader.join()
    library = opened(folder)
    library.sync()
    names = {document.id for document in library.documents()}
    files = {path.name for path in folder.glob("*.*") if not path.name.startswith(".")}
    if names != files:
        faults.append(f"indexed {sorted(names)} of {sorted(files)}")
    if library.health()["database"] != "ok":
        faults.append(library.health()["database"])
    library.close()
    return "; ".join(faults) or None


def _read(folder: Path, done: threading.Event, faults: list[str]) -> None:
    """What was there from the first is found at each moment."""
    library = opened(folder)
    while not done.is_set():
        try:
            for words in ("tram budget", "ferry harbour"):
                found = {hit.passage.transcript for hit in library.lexical(words, 99)}
                vector = library.embedder.vector(words)
                near = {hit.passage.transcript for hit in library.dense(vector, 99)}
                if not {"harbour.txt", "council.txt"} <= near or not found:
                    faults.append(f"{words} found in {sorted(found)}, near {sorted(near)}")
        except LibraryError as error:
            faults.append(f"the reader had: {error}")
        time.sleep(0.01)
    library.close()
