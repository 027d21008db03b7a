"""What readers make of the same questions over real transcripts, side by side.

    python -m benchmarks.reading TRANSCRIPTS QUESTIONS [--reader similarity --reader signs ...]
                                 [--model FOLDER_OR_CHECKPOINT] [--scratch FOLDER] [--within]
                                 [--details FILE]

TRANSCRIPTS is a folder, copied into a library in the scratch folder; QUESTIONS a labelled file, see
benchmarks/judging.py for it and for when an answer counts as right. Readers: benchmarks/readers.py.
`--within` asks each question of its own document. Shares have 95% intervals (Wilson). The curve
moves the threshold of a reader so that no more than so many of the answerable questions are
refused; with a threshold found on these very questions, it tells how well scores tell apart, and
not what would be refused on others.

The scores of the curve are those of the best reading of each question. Where a question was first
asked within what it names and then of everything, only what was read counts.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from pathlib import Path

from index import Filters
from rag import Assistant
from rag.evaluate import answer_is_right, citation_is_right
from training.evaluate_reader import load
from training.scoring import Share, auc, refused_at

from .judging import ENGLISH, Row, is_right_leniently, read_rows
from .measuring import percentiles
from .readers import READERS, Watched, named

WRONGLY_REFUSED = (0.0, 0.05, 0.1, 0.2)
MEASURES = (
    "answer right, strictly",
    "answer right, leniently",
    "a citation right",
    "the first citation right",
    "answer and a citation right",
)
# Of what is answerable and was refused.
NEAR = "refused, the evidence is shown as near"
GROUPS: dict[str, Callable[[Outcome], bool]] = {
    "English": lambda outcome: outcome.language == ENGLISH,
    "other languages": lambda outcome: outcome.language != ENGLISH,
    "all": lambda outcome: True,
}
Line = tuple[str, list[str]]  # what is measured, and a cell for each reader


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reader made of one question. `score` is the best reading's, see Watched."""

    question: str
    language: str
    answerable: bool
    answered: bool
    short: str | None
    text: str
    quotes: tuple[str, ...]
    score: float
    values: dict[str, bool]
    read_seconds: float
    seconds: float


def ask(assistant: Assistant, watched: Watched, row: Row, within: bool) -> Outcome:
    """Ask a question and judge the answer by what its row has a label for."""
    labelled = row.labelled
    filters = Filters(documents=(labelled.document,)) if within and labelled.document else None
    watched.forget()
    answer = assistant.ask(labelled.question, filters=filters)
    values: dict[str, bool] = {}
    if labelled.answerable and labelled.answers:
        values["answer right, strictly"] = answer_is_right(answer, labelled)
        values["answer right, leniently"] = is_right_leniently(answer, labelled)
    if labelled.answerable and (labelled.evidence or labelled.unspoken):
        first = replace(answer, citations=answer.citations[:1])
        values["a citation right"] = citation_is_right(answer, labelled)
        values["the first citation right"] = citation_is_right(first, labelled)
        if not answer.answered:
            near = replace(answer, citations=answer.nearest)
            values[NEAR] = citation_is_right(near, labelled)
    if {"answer right, leniently", "a citation right"} <= values.keys():
        values["answer and a citation right"] = (
            values["answer right, leniently"] and values["a citation right"]
        )
    return Outcome(
        labelled.question,
        row.language,
        labelled.answerable,
        answer.answered,
        answer.short,
        answer.text,
        tuple(citation.quote for citation in answer.citations),
        watched.score(answer),
        values,
        watched.seconds,
        answer.timings_ms["total"] / 1000,
    )


def table(readers: dict[str, list[Outcome]]) -> list[Line]:
    """For English questions, those in other languages, and all; then how well refusals tell."""
    columns = list(readers.values())
    lines: list[Line] = []
    for name, belongs in GROUPS.items():
        group = [[outcome for outcome in each if belongs(outcome)] for each in columns]
        if group[0] and (name == "all" or len(group[0]) < len(columns[0])):
            lines += [(name, []), *_group(group)]
    scores = [_scores(outcomes) for outcomes in columns]
    lines.append(("unanswerable refused, where so many answerable are", []))
    for share in WRONGLY_REFUSED:
        lines.append((f"  {share:.0%}", [str(refused_at(*each, share)) for each in scores]))
    lines.append(("  AUC of the scores", [f"{auc(*each):.3f}" for each in scores]))
    lines.append(("milliseconds, p50 / p95", []))
    lines.append(("  reading", [percentiles([o.read_seconds for o in each]) for each in columns]))
    lines.append(("  in all", [percentiles([o.seconds for o in each]) for each in columns]))
    return lines


def _group(columns: Sequence[Sequence[Outcome]]) -> Iterator[Line]:
    for name in MEASURES:
        yield f"  {name}", [_share(o.values[name] for o in c if name in o.values) for c in columns]
    for name, answerable in (("answerable refused", True), ("unanswerable refused", False)):
        asked = [[o for o in each if o.answerable == answerable] for each in columns]
        yield f"  {name}", [_share(not o.answered for o in each) for each in asked]
    yield f"  {NEAR}", [_share(o.values[NEAR] for o in c if NEAR in o.values) for c in columns]
    yield "  quotes / words of an answer", [_shown(each) for each in columns]


def _share(values: Iterable[bool]) -> str:
    kept = list(values)
    return str(Share(sum(kept), len(kept)))


def _shown(outcomes: Sequence[Outcome]) -> str:
    """Means over what was answered."""
    answered = [outcome for outcome in outcomes if outcome.answered]
    quotes = sum(len(outcome.quotes) for outcome in answered)
    words = sum(len(quote.split()) for outcome in answered for quote in outcome.quotes)
    return f"{quotes / len(answered):.1f} / {words / len(answered):.0f}" if answered else "-"


def _scores(outcomes: Sequence[Outcome]) -> tuple[list[float], list[float]]:
    """Of the answerable, and of the others."""
    return (
        [outcome.score for outcome in outcomes if outcome.answerable],
        [outcome.score for outcome in outcomes if not outcome.answerable],
    )


def printed(names: Sequence[str], lines: Sequence[Line]) -> str:
    every = [("", names), *lines]
    return "\n".join(
        f"{name:52}" + "".join(f"{cell:>26}" for cell in cells) for name, cells in every
    )


def opened(transcripts: Path, scratch: Path) -> Assistant:
    """An assistant over a copy of the transcripts. What a scratch folder has indexed is kept."""
    folder = scratch / "library"
    shutil.copytree(
        transcripts, folder, ignore=shutil.ignore_patterns(".turncite"), dirs_exist_ok=True
    )
    return Assistant.open(folder)


def run(given: argparse.Namespace, scratch: Path) -> None:
    scratch.mkdir(parents=True, exist_ok=True)
    rows = read_rows(given.questions, scratch)
    library = opened(given.transcripts, scratch).library
    model = cache(partial(load, given.model))
    readers: dict[str, list[Outcome]] = {}
    for name in given.reader or ["similarity", "signs"]:
        watched = Watched(named(name, model)(library))
        assistant = Assistant(library, reader=watched)
        assistant.ask(rows[0].labelled.question)  # loads what is loaded at first use
        readers[name] = [ask(assistant, watched, row, given.within) for row in rows]
    answerable = sum(row.labelled.answerable for row in rows)
    print(f"{len(rows)} questions, {answerable} answerable, over {len(library.documents())} "
          "transcripts; counts and % (95%)\n")  # fmt: skip
    print(printed(list(readers), table(readers)))
    if given.details:
        with given.details.open("w", encoding="utf-8") as file:
            for name, outcomes in readers.items():
                for outcome in outcomes:
                    row = {"reader": name, **asdict(outcome)}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("transcripts", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--reader", action="append", choices=READERS)
    parser.add_argument("--model", type=Path, help="of the reader `trained`; else what ships")
    parser.add_argument("--scratch", type=Path, help="keeps the library; else a folder for once")
    parser.add_argument("--within", action="store_true", help="ask each of its document alone")
    parser.add_argument("--details", type=Path, help="write each answer, as JSON lines")
    given = parser.parse_args()
    if given.scratch:
        run(given, given.scratch)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            run(given, Path(scratch))


if __name__ == "__main__":
    main()
