"""`python -m benchmarks.peers MEETINGS --scratch FOLDER`: beside LangChain with FAISS, and txtai.

All three hold the same passages (of meetings from QMSum, as Turncite cuts them), embedded with
the same weights, and answer the same questions with their best ten by vectors and words together,
as each one's documentation says to: LangChain's FAISS by inner product of normalised vectors, with
its BM25Retriever in an EnsembleRetriever; txtai with content and hybrid. Each runs in processes of
its own: one that indexes, and new ones that open, ask and delete.

A peer has a virtual environment under --scratch, made at first use. A .pth file lets it see this
one's packages after its own, so that torch and the model are the same and not installed again.
"""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index.scan import INDEX_FOLDER

from ..corpus import rows
from ..measuring import alone, megabytes, memory
from ..rate import write_meetings
from .passages import cut

PINS = {
    "turncite": (),
    "langchain": (
        "langchain-classic==1.0.8",
        "langchain-community==0.4.2",
        "langchain-core==1.8.3",
        "rank_bm25==0.2.2",
    ),
    "txtai": ("txtai==9.14.0",),
}
MEETINGS = 12
ASKED = 100
K = 10
_OPENED = 3  # times, each in a new process


class Peer(Protocol):
    """What is measured, as langchain.py, turncite.py and txtai.py have it: made with the number
    of passages to answer with. `folder` is where it keeps its index."""

    def load(self) -> Callable[[str], Any]:
        """Load the model; what embeds one question."""
        ...

    def build(self, folder: Path, passages: list[dict[str, str]]) -> None: ...

    def open(self, folder: Path) -> None: ...

    def ask(self, question: str) -> list[str]:
        """The texts of the best passages."""
        ...

    def delete(self, folder: Path, document: str) -> None:
        """Until no search finds it, in this process or after a restart."""
        ...


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("meetings", type=Path)
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--run", nargs=2, metavar=("PEER", "STEP"), help="one step, in here")
    chosen = parser.parse_args()
    scratch: Path = chosen.scratch.resolve()
    if chosen.run:
        name, step = chosen.run
        peer: Peer = importlib.import_module(f".{name}", __package__).Peer(K)
        print(json.dumps(STEPS[step](peer, scratch / f"{name}-index", scratch)))
        return
    scratch.mkdir(parents=True, exist_ok=True)
    for name in PINS:
        shutil.rmtree(scratch / f"{name}-index", ignore_errors=True)
    write_meetings(chosen.meetings, scratch / "turncite-index", MEETINGS, copies=1)
    questions = [query["question"] for row in rows(chosen.meetings) for query in row["queries"]]
    (scratch / "questions.json").write_text(json.dumps(questions[: ASKED + 1]), encoding="utf-8")
    alone(cut, scratch / "turncite-index", scratch / "passages.json")
    columns: dict[str, dict[str, str]] = {}
    for name in PINS:
        command = [environment(scratch, name), "-m", "benchmarks.peers", str(chosen.meetings),
                   "--scratch", str(scratch), "--run", name]  # fmt: skip
        indexed = run([*command, "index"])
        asked = [run([*command, "ask"]) for _ in range(_OPENED)]
        deleted = run([*command, "delete"])
        columns[name] = {
            "passages": f"{indexed['passages']:.0f}",
            "index": f"{indexed['seconds']:.1f} s",
            "memory after indexing": megabytes(indexed["memory"]),
            "disk": megabytes(indexed["disk"]),
            "open and first answer": f"{middle(asked, 'opened'):.2f} s",
            "the same, a new process with its imports": f"{middle(asked, 'started'):.1f} s",
            "question, p50 / p95": f"{middle(asked, 'p50'):.1f} / {middle(asked, 'p95'):.1f} ms",
            "of which embedding once, p50": f"{middle(asked, 'model'):.1f} ms",
            "memory after 100 questions": megabytes(middle(asked, "memory")),
            "delete a document": f"{deleted['seconds']:.3f} s",
        }
    print(f"| | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for row in columns["turncite"]:
        print(f"| {row} | {' | '.join(column[row] for column in columns.values())} |")


def indexing(peer: Peer, folder: Path, scratch: Path) -> dict[str, float]:
    """Embed and index, with the model warm."""
    passages = json.loads((scratch / "passages.json").read_text("utf-8"))
    peer.load()
    begun = time.perf_counter()
    peer.build(folder, passages)
    seconds = time.perf_counter() - begun
    kept = folder / INDEX_FOLDER
    files = (kept if kept.exists() else folder).rglob("*")
    size = sum(path.stat().st_size for path in files if path.is_file())
    count = len(passages)
    return {"passages": count, "seconds": seconds, "memory": memory()["VmRSS"], "disk": size}


def asking(peer: Peer, folder: Path, scratch: Path) -> dict[str, float]:
    """To the first answer, with the model warm; then each question once."""
    first, *questions = json.loads((scratch / "questions.json").read_text("utf-8"))
    embed = peer.load()
    begun = time.perf_counter()
    peer.open(folder)
    assert len(peer.ask(first)) == K
    opened, answered = time.perf_counter() - begun, time.time()
    taken, model = [], []
    for question in questions:
        begun = time.perf_counter()
        assert len(peer.ask(question)) == K
        taken.append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        embed(question)
        model.append((time.perf_counter() - begun) * 1000)
    half, most = np.percentile(taken, [50, 95])
    return {"opened": opened, "answered": answered, "p50": half, "p95": most,
            "model": statistics.median(model), "memory": memory()["VmRSS"]}  # fmt: skip


def deleting(peer: Peer, folder: Path, scratch: Path) -> dict[str, float]:
    """Delete the first document, and see that it is not found, also not after a restart."""
    passages = json.loads((scratch / "passages.json").read_text("utf-8"))
    document = passages[0]["document"]
    gone = {p["text"] for p in passages if p["document"] == document}
    peer.load()
    peer.open(folder)
    asked = passages[len(gone) // 2]["text"][:400]
    assert gone & set(peer.ask(asked))
    begun = time.perf_counter()
    peer.delete(folder, document)
    seconds = time.perf_counter() - begun
    assert not gone & set(peer.ask(asked))
    peer.open(folder)
    assert not gone & set(peer.ask(asked))
    return {"seconds": seconds}


STEPS = {"index": indexing, "ask": asking, "delete": deleting}


def middle(measured: list[dict[str, float]], name: str) -> float:
    return statistics.median(values[name] for values in measured)


def run(command: list[str]) -> dict[str, float]:
    """What a step in a process of its own measured, and its start up to the first answer."""
    begun = time.time()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    measured = json.loads(done.stdout.splitlines()[-1])
    return {**measured, "started": measured.get("answered", begun) - begun}


def environment(scratch: Path, name: str) -> str:
    """The interpreter of a peer's environment, made where there is none."""
    if not PINS[name]:
        return sys.executable
    home = scratch / f"{name}-env"
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        (own,) = home.glob("lib/python*/site-packages")
        (own / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        subprocess.run([python, "-m", "pip", "install", "-q", *PINS[name]], check=True)
    return str(python)


if __name__ == "__main__":
    main()
