"""Labelled questions: a JSON-lines file, checked, and where in a library their answers stand.

A line is an object with `question`, and where known

    answerable   whether the transcripts hold the answer; true if not said
    answers      any of them in the answer is right
    evidence     a sentence or several; a citation that holds one is right
    document     the transcript that is asked about (`transcript` means the same)
    turns        places in it, [[first, last], ...], counted from 0, both included
    speaker      who says it, null where nobody does
    type         "who-said" makes the speaker an answer

Other keys are left alone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from index import Library
from index.errors import InputError

from ..question import understand
from .measures import Gold, Stretch, find_sentences

_EXAMPLE = '{"question": "...", "answerable": true, "answers": ["..."], "evidence": "..."}'


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with what is right. `where` is its file and line, for errors."""

    where: str
    question: str
    answerable: bool = True
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    document: str | None = None
    turns: tuple[tuple[int, int], ...] = ()
    unspoken: bool = False  # its answer is in a heading, which nobody can be quoted for


def read_questions(path: Path) -> list[Labelled]:
    """The labelled questions of a file. Raises InputError with the line at fault."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as questions ({error})") from error
    rows = [
        _labelled(line, f"{path}, line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    if not rows:
        raise InputError(f"{path}: holds no questions; a line is such as {_EXAMPLE}")
    return rows


def find_gold(
    rows: Sequence[Labelled], library: Library
) -> tuple[list[Gold | None], list[tuple[str, str]]]:
    """The gold of each row, None where it has none; and the evidence that no turn holds, each
    with its question.

    Of an answerable row it is the turns, else every place where the evidence stands: in its
    document, where it names one. Raises InputError for a document or turn that isn't there.
    """
    known = [document.id for document in library.documents()]
    wanted: dict[str | None, set[str]] = defaultdict(set)
    for row in rows:
        if row.document is not None and row.document not in known:
            raise InputError(
                f"{row.where}: {row.document} is not in this library; see: turncite list"
            )
        if row.answerable and not row.turns:
            wanted[row.document].update(row.evidence)
    found: dict[tuple[str | None, str], list[Stretch]] = defaultdict(list)
    for name in known:
        if sentences := wanted[None] | wanted[name]:
            for text, places in find_sentences(sentences, library.transcript(name)).items():
                found[name, text] += places
                found[None, text] += places
    golds: list[Gold | None] = []
    missing = []
    for row in rows:
        if row.turns:
            gold = _gold_of_turns(row, library)
        else:
            wherever = [found[row.document, text] for text in row.evidence]
            gold = Gold(tuple(chain.from_iterable(wherever)))
            if row.answerable:
                pairs = zip(row.evidence, wherever, strict=True)
                missing += [(row.question, text) for text, places in pairs if not places]
        golds.append(gold if gold.stretches and row.answerable else None)
    return golds, missing


def _gold_of_turns(row: Labelled, library: Library) -> Gold:
    assert row.document is not None, "a row with turns was read with a document"
    transcript = library.transcript(row.document)
    for first, last in row.turns:
        if last >= len(transcript.turns):
            raise InputError(
                f"{row.where}: turns [{first}, {last}] is beyond {row.document}, whose last turn "
                f"is {len(transcript.turns) - 1}, counted from 0"
            )
    return Gold.of_turns(transcript, row.turns)


def _labelled(line: str, where: str) -> Labelled:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: is no JSON ({error}); a line is such as {_EXAMPLE}") from error
    if not isinstance(row, dict):
        raise InputError(f"{where}: is no JSON object; a line is such as {_EXAMPLE}")

    def read(key: str, fits: Callable[[Any], bool], what: str, default: Any) -> Any:
        value = row.get(key)
        if value is None:
            return default
        if not fits(value):
            raise InputError(f"{where}: `{key}` is to be {what}, and is {json.dumps(value)[:80]}")
        return value

    question = read("question", _is_text, "a string", "")
    try:
        understand(question)
    except InputError as error:  # now, and not after a hundred others were asked
        raise InputError(f"{where}: {error}") from error
    answers = read("answers", _are_texts, "a list of strings", [])
    evidence = read("evidence", lambda v: _is_text(v) or _are_texts(v), "a string or several", [])
    speaker = read("speaker", _is_text, "a string or null", "")
    document = read("document", _is_text, "the id of a transcript", None)
    same = read("transcript", _is_text, "the id of a transcript", document)
    if document not in (None, same):
        raise InputError(f"{where}: `document` and `transcript` mean the same, and differ")
    turns = read("turns", _are_runs, "[[first, last], ...], counted from 0", [])
    if turns and same is None:
        raise InputError(f"{where}: has `turns` but no `document`, whose turns they are")
    if row.get("type") == "who-said" and speaker:
        answers = [*answers, speaker]
    return Labelled(
        where,
        question,
        answerable=read("answerable", lambda v: isinstance(v, bool), "true or false", True),
        answers=tuple(filter(str.strip, answers)),
        evidence=tuple(filter(str.strip, [evidence] if _is_text(evidence) else evidence)),
        document=same,
        turns=tuple((first, last) for first, last in turns),
        unspoken="speaker" in row and row["speaker"] is None,
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _are_runs(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(run, list)
        and [type(position) for position in run] == [int, int]
        and 0 <= run[0] <= run[1]
        for run in value
    )
