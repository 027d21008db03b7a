"""Turncite beside what people would use instead, on this machine and in one run.

    python -m benchmarks.peers TRANSCRIPTS QUESTIONS MEETINGS [--scratch FOLDER] [--quick]
                               [--only turncite langchain ...]

TRANSCRIPTS is a folder of files, QUESTIONS labelled questions about them (benchmarks/judging.py),
MEETINGS those of QMSum (benchmarks/qmsum.py), which all are given as text, "Speaker: words". Each
tool is set up as its own documentation starts (one module each beside this), has the same model
(all-MiniLM-L6-v2 from a package, no hub), an environment of its own, and is run in new processes.
No language model for anybody: what the others show is passages.

What differs from run to run is measured in rounds, tools taking turns: indexing the first few
meetings, the start of a new process, passages and answers for the labelled questions. Environments
and the indexes over all transcripts and all meetings are made once and kept in the scratch folder:
some half an hour at the first run; later ones take a third of that. `--quick` is one round over
twelve meetings. Prints the table, and how the times of the others are to Turncite's.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..judging import read_rows
from ..qmsum import read_meetings
from .environments import REQUIREMENTS, ROOT, python_of, size_of
from .judging import Meeting, measured
from .table import Asked, Measured, ratios, table

TOOLS = {
    "turncite": "Turncite",
    "langchain": "LangChain, FAISS",
    "llamaindex": "LlamaIndex",
    "llamaindex256": "LlamaIndex, 256 tokens",
    "txtai": "txtai",
    "verbatim": "verbatim-rag",
}
ANSWERING = ("turncite",)
ROUNDS, TIMED_MEETINGS = 3, 4
QUICK_MEETINGS = 12
K = 5


@dataclass(frozen=True, slots=True)
class Tool:
    """A peer's module, the interpreter of its environment, and its folder for indexes."""

    module: str
    python: Path
    folder: Path

    def step(self, step: str, **given: Any) -> dict[str, Any]:
        """What a step in a process of its own came to, and its start up to the first answer."""
        begun = time.time()
        done = subprocess.run(
            [self.python, "-m", "benchmarks.peers.step", self.module, step],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        if done.returncode:
            sys.exit(f"{self.module}, {step}: {done.stderr[-3000:]}")
        came: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return {**came, "started": came.get("answered", begun) - begun}

    def ask(
        self, index: str, asked: Sequence[tuple[str, str | None]], *, answers: bool = False
    ) -> dict[str, Any]:
        return self.step("ask", index=str(self.folder / index), asked=asked, k=K, answers=answers)

    def index(self, index: str, files: Path) -> dict[str, Any]:
        """Anew."""
        folder = self.folder / index
        shutil.rmtree(folder, ignore_errors=True)
        return self.step("index", files=str(files), index=str(folder))

    def kept(self, index: str, files: Path) -> dict[str, Any]:
        """The same, but what is there of these files, made by this code, is left as it is."""
        note = self.folder / f"{index}.json"
        digest = self._digest(files)
        if note.exists():
            came: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
            if came["digest"] == digest:
                return came
        came = {**self.index(index, files), "digest": digest}
        note.write_text(json.dumps(came), encoding="utf-8")
        return came

    def _digest(self, files: Path) -> str:
        sources = [Path(__file__).with_name(f"{self.module}.py"), *sorted(files.iterdir())]
        if self.module == "turncite":
            sources += sorted(ROOT.glob("index/**/*.py"))
        else:
            sources += sorted(REQUIREMENTS.glob(f"{environment_of(self.module)}.txt"))
        return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()


def environment_of(module: str) -> str:
    return module.rstrip("0123456789")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("transcripts", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("meetings", type=Path)
    parser.add_argument("--scratch", type=Path, default=ROOT / "artifacts" / "peers")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=TOOLS, default=list(TOOLS))
    given = parser.parse_args()
    scratch: Path = given.scratch.resolve()
    (scratch / "files").mkdir(parents=True, exist_ok=True)
    begun, load = time.time(), os.getloadavg()[0]
    tools, results = [], []
    for module in given.only:
        home = scratch / environment_of(module)
        python = python_of(home, environment_of(module))
        folder = scratch / f"{module}-indexes"
        folder.mkdir(exist_ok=True)
        tools.append(Tool(module, python, folder))
        results.append(Measured(TOOLS[module], size_of(home)))

    rows = read_meetings(given.meetings)[: QUICK_MEETINGS if given.quick else None]
    meetings = [Meeting.of(row["meeting"], row["turns"]) for row in rows]
    few = write(meetings[:TIMED_MEETINGS], scratch / "files" / "few")
    every = write(meetings, scratch / "files" / f"meetings-{len(meetings)}")
    asked = labelled(given.questions)

    for tool, result in zip(tools, results, strict=True):
        of_transcripts(tool, result, given.transcripts, asked)
        of_meetings(tool, result, every, meetings, rows)
    for number in range(1 if given.quick else ROUNDS):
        for place in range(len(tools)):
            at = (place + number) % len(tools)
            timed(tools[at], results[at], few, asked)

    words = sum(meeting.ends[-1] for meeting in meetings[:TIMED_MEETINGS])
    files = sum(path.is_file() for path in given.transcripts.iterdir())
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, load {load:.1f} at the start; "
          f"{len(meetings)} meetings with {len(results[0].within)} questions, {len(asked)} "
          f"labelled questions, {len(results[0].indexed)} rounds; "
          f"{(time.time() - begun) / 60:.0f} minutes.\n")  # fmt: skip
    print(table(results, asked, files, words))
    print("\n" + ratios(results))
    lost = {tool.name: sum(row["lost"] for row in tool.within + tool.across) for tool in results}
    print(f"Passages that were not found in their meeting: {lost}")


def timed(tool: Tool, result: Measured, few: Path, asked: Sequence[Asked]) -> None:
    """What a round measures."""
    questions = [(row.question, None) for row in asked]
    result.indexed.append(tool.index("few", few))
    result.asked.append(tool.ask("transcripts", questions))
    if tool.module in ANSWERING:
        result.answered.append(tool.ask("transcripts", questions, answers=True))


def of_transcripts(tool: Tool, result: Measured, transcripts: Path, asked: Sequence[Asked]) -> None:
    result.read = len(tool.kept("transcripts", transcripts)["read"])
    questions = [(row.question, None) for row in asked]
    result.shown = tool.ask("transcripts", questions)["found"]
    if tool.module in ANSWERING:
        result.quoted = tool.ask("transcripts", questions, answers=True)["found"]


def of_meetings(
    tool: Tool, result: Measured, folder: Path, meetings: Sequence[Meeting], rows: Sequence[Any]
) -> None:
    """Each question within its meeting, and over all."""
    tool.kept(folder.name, folder)
    asked = [
        (meeting, query["question"], gold)
        for meeting, row in zip(meetings, rows, strict=True)
        for query in row["queries"]
        if (gold := meeting.gold(query["relevant_turns"])).stretches
    ]
    pairs = [(question, meeting.document) for meeting, question, _ in asked]
    pairs += [(question, None) for _, question, _ in asked]
    found = tool.ask(folder.name, pairs)["found"]
    judged = [
        measured(meeting, gold, passages)
        for (meeting, _, gold), passages in zip(asked * 2, found, strict=True)
    ]
    result.within, result.across = judged[: len(asked)], judged[len(asked) :]


def write(meetings: Sequence[Meeting], folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for meeting in meetings:
        (folder / meeting.document).write_text(meeting.text, encoding="utf-8")
    return folder


def labelled(questions: Path) -> list[Asked]:
    """Those with sentences of evidence, and those that are not answered in the transcripts."""
    with tempfile.TemporaryDirectory() as scratch:
        rows = [row.labelled for row in read_rows(questions, Path(scratch))]
    return [
        Asked(row.question, row.evidence if row.answerable else ())
        for row in rows
        if row.evidence or not row.answerable
    ]


if __name__ == "__main__":
    main()
