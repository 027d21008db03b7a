"""What was measured of each tool, as a Markdown table. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any

import numpy as np

from ..measuring import megabytes
from .judging import Shown, holds

FEW = 3  # of what is shown, so many are looked at beside the first
NONE = "–"
_SECONDS: dict[str, Callable[[Mapping[str, Any]], float]] = {
    "indexing": lambda row: row["seconds"],
    "start": lambda row: row["started"],
    "question": lambda row: median(row["ms"]),
}


@dataclass(slots=True)
class Measured:
    """Of one tool. `indexed`, `asked` and `answered` have a row for each round, as step.py prints
    them, with `started`: seconds to the first answer in a new process. `within` and `across` have
    one for each of QMSum's questions, see judging.measured. `shown` and `quoted` have what was
    shown for each labelled question; a tool that answers nothing by itself has no `quoted`."""

    name: str
    size: int
    read: int = 0
    indexed: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    answered: list[dict[str, Any]] = field(default_factory=list)
    within: list[dict[str, float]] = field(default_factory=list)
    across: list[dict[str, float]] = field(default_factory=list)
    shown: list[list[Shown]] = field(default_factory=list)
    quoted: list[list[Shown]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """A labelled question: a sentence of `evidence` is right; without any it has no answer."""

    question: str
    evidence: tuple[str, ...]


def table(tools: Sequence[Measured], asked: Sequence[Asked], files: int, words: int) -> str:
    """`files` is how many transcripts there are; `words` how many the meetings have that were
    indexed in each round."""
    answerable = sum(bool(row.evidence) for row in asked)
    rows: dict[str, Callable[[Measured], str]] = {
        f"transcripts read, of {files}": lambda tool: str(tool.read),
        "installed": lambda tool: megabytes(tool.size),
        f"indexing {words:,} words": lambda tool: (
            f"{_middle(tool.indexed, 'seconds'):.1f} s "
            f"({tool.indexed[0]['passages'] / _middle(tool.indexed, 'seconds'):.0f} passages/s)"
        ),
        "peak memory, indexing / asking": lambda tool: (
            f"{megabytes(_middle(tool.indexed, 'peak'))} / "
            f"{megabytes(_middle(tool.answered or tool.asked, 'peak'))}"
        ),
        "new process to first passages": lambda tool: f"{_middle(tool.asked, 'started'):.1f} s",
        "new process to first answer": lambda tool: (
            f"{_middle(tool.answered, 'started'):.1f} s" if tool.answered else NONE
        ),
        "passages for a question, p50 / p95": lambda tool: _times(tool.asked),
        "answer to a question, p50 / p95": lambda tool: (
            _times(tool.answered) if tool.answered else NONE
        ),
        "QMSum, within the meeting: hit@5, hw@200": lambda tool: _found(tool.within),
        "QMSum, all meetings: hit@5, hw@200": lambda tool: _found(tool.across),
        f"evidence in the first passage, of {answerable}": lambda tool: _held(tool.shown, asked, 1),
        f"in the first {FEW} passages": lambda tool: _held(tool.shown, asked, FEW),
        "in the first quote": lambda tool: _held(tool.quoted, asked, 1),
        f"in the first {FEW} quotes": lambda tool: _held(tool.quoted, asked, FEW),
        f"refused, of {len(asked) - answerable} without an answer / of {answerable} with one": (
            lambda tool: _refused(tool.quoted, asked)
        ),
    }
    lines = [f"| | {' | '.join(tool.name for tool in tools)} |", f"|---|{'---|' * len(tools)}"]
    for name, cell in rows.items():
        lines.append(f"| {name} | {' | '.join(cell(tool) for tool in tools)} |")
    return "\n".join(lines)


def ratios(tools: Sequence[Measured]) -> str:
    """How the times of each are to the first one's, round by round: the median, and all of them."""
    first, *others = tools
    lines = []
    for tool in others:
        parts = []
        for name, mine, its in (
            ("indexing", tool.indexed, first.indexed),
            ("start", tool.asked, first.asked),
            ("question", tool.asked, first.asked),
        ):
            seconds = _SECONDS[name]
            each = [seconds(a) / seconds(b) for a, b in zip(mine, its, strict=True)]
            parts.append(f"{name} {median(each):.2f} ({min(each):.2f}-{max(each):.2f})")
        lines.append(f"{tool.name} : {first.name}: " + ", ".join(parts))
    return "\n".join(lines)


def _middle(rounds: Sequence[Mapping[str, Any]], name: str) -> float:
    return median(row[name] for row in rounds)


def _times(rounds: Sequence[Mapping[str, Any]]) -> str:
    """Medians over rounds, each of which has its own percentiles."""
    half, most = np.median([np.percentile(row["ms"], [50, 95]) for row in rounds], axis=0)
    return f"{half:.0f} / {most:.0f} ms"


def _found(rows: Sequence[Mapping[str, float]]) -> str:
    hit, hw = (fmean(row[name] for row in rows) for name in ("hit", "hw@200"))
    return f"{hit:.1%}, {hw:.1%}"


def _held(shown: Sequence[Sequence[Shown]], asked: Sequence[Asked], most: int) -> str:
    """How often the evidence is among the first so many, and how many words these have."""
    if not shown:
        return NONE
    right, lengths = 0, []
    for row, each in zip(asked, shown, strict=True):
        if row.evidence and each:
            texts = [part["text"] for part in each[:most]]
            right += any(holds(text, sentence) for text in texts for sentence in row.evidence)
            lengths.append(sum(len(text.split()) for text in texts))
    return f"{right}, in {fmean(lengths):.0f} words" if lengths else "0"


def _refused(quoted: Sequence[Sequence[Shown]], asked: Sequence[Asked]) -> str:
    if not quoted:
        return NONE
    refused = [(bool(row.evidence), not each) for row, each in zip(asked, quoted, strict=True)]
    return " / ".join(
        str(sum(was for has, was in refused if has == answerable)) for answerable in (False, True)
    )
