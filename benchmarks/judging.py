"""Labelled questions with their language, and whether an answer is right: strictly, and as a
reader would be lenient with an accepted answer that is put in other words. Pure but for reading.

Strict is what `turncite evaluate` counts: an accepted answer stands in the answer, word for word.
Accepted answers such as "Target $100 billion; reached $108 billion" stand in no transcript. So
lenient is any of these, of one accepted answer, its brackets left out:

- strict;
- its figures ("six" is 6, "$3 trillion" not 3) and names (capitals within a sentence) all stand in
  what is said, and half of its longer words that the question hasn't said already; where it has
  neither figure nor name, all of those;
- what is said in short, or one quote, has an F1 of half with it (SQuAD's, of words).

Lenient does not understand: a quote that holds the figures is right whatever it says of them, and a
true paraphrase in quite other words is wrong. The longer what is quoted, the likelier it is right,
so the table tells how many quotes and words are shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from rag import Answer
from rag.evaluate import answer_is_right
from rag.measuring.labels import Labelled, read_questions
from rag.wording.values import DIGITS
from training.scoring import f1

ENGLISH = "en"
ENOUGH_F1 = 0.5
_HALF = 0.5
_LONGER = 4  # letters

_BRACKETS = re.compile(r"\s*\([^()]*\)")
_MARKER = re.compile(r"\s*\[\d+\]")
_FIGURE = re.compile(
    r"(?<![\w.])(?P<digits>\d(?:[\d.,:]*\d)?)(?:st|nd|rd|th)?"
    rf"|\b(?P<word>{'|'.join(word for word in DIGITS if word != 'one')})\b",
    re.IGNORECASE,
)
_SCALES = frozenset("thousand million billion trillion percent".split())
_SCALE = re.compile(r"[\s-]*(thousand|million|billion|trillion|percent|per cent|%)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_](?:[\w'’.-]*\w)?")
# What opens a sentence, or a part of an answer, has a capital for that alone.
_OPENING = re.compile(r"(?:^|[.;:!?–—]\s*)[\"'“«(]*$")
_TITLES = frozenset("mr mrs ms dr prof sir herr frau señor señora".split())


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled question and the language it is asked in."""

    labelled: Labelled
    language: str


def read_rows(path: Path, scratch: Path) -> list[Row]:
    """The questions of a file of JSON lines (docs/evaluate.md), or of one JSON array with `file`
    and `answer` instead of `document` and `answers`. Raises InputError as `read_questions`."""
    text = path.read_text(encoding="utf-8-sig")
    if not text.lstrip().startswith("["):
        raw = [json.loads(line) for line in text.split("\n") if line.strip()]
        labelled = read_questions(path)
    else:
        raw = [converted(row) for row in json.loads(text)]
        lines = scratch / f"{path.stem}.jsonl"
        lines.write_text("\n".join(map(json.dumps, raw)) + "\n", encoding="utf-8")
        labelled = read_questions(lines)
    return [
        Row(each, row.get("language", ENGLISH)) for each, row in zip(labelled, raw, strict=True)
    ]


def converted(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a JSON array as one of docs/evaluate.md. A file stands for the document of its
    name, whatever its folder."""
    kept = {key: row[key] for key in ("question", "answerable", "type") if key in row}
    return {
        **kept,
        "answers": [row["answer"]] if row.get("answer") else [],
        "evidence": row.get("evidence") or [],
        "document": PurePosixPath(row["file"]).name,
        "speaker": row.get("speaker"),
        "language": row.get("question_lang", ENGLISH),
    }


def is_right_leniently(answer: Answer, row: Labelled) -> bool:
    """See the module."""
    if not answer.answered:
        return False
    if answer_is_right(answer, row):
        return True
    short = answer.short or ""
    said = f"{short}\n{_MARKER.sub('', answer.text)}"
    parts = [short, *(citation.quote for citation in answer.citations)]
    for accepted in row.answers:
        bare = _BRACKETS.sub("", accepted)
        if holds(said, bare, row.question) or any(f1(part, [bare]) >= ENOUGH_F1 for part in parts):
            return True
    return False


def holds(said: str, accepted: str, question: str) -> bool:
    """Whether all figures and names of an accepted answer stand in what is said, and enough of its
    longer words that are not in the question."""
    there, wanted = figures(said), figures(accepted)
    if any(not _has_figure(there, figure) for figure in wanted):
        return False
    words, called = _plain(_WORD.findall(said)), names(accepted)
    if not called <= words:
        return False
    told = _plain(_WORD.findall(question)) | DIGITS.keys() | _SCALES
    longer = {word for word in _plain(_WORD.findall(accepted)) - told if len(word) >= _LONGER}
    if not (wanted or called):
        return bool(longer) and longer <= words
    return len(longer & words) >= _HALF * len(longer)


def figures(text: str) -> set[tuple[str, str]]:
    """Its figures as digits, each with its scale ("billion", "percent") or none."""
    found = set()
    for match in _FIGURE.finditer(text):
        digits = match["digits"] or DIGITS[match["word"].lower()]
        digits = re.sub(r",(?=\d{3}\b)", "", digits)
        scale = _SCALE.match(text, match.end())
        name = (
            scale[1].lower().replace("%", "percent").replace("per cent", "percent") if scale else ""
        )
        found.add((digits, name))
    return found


def names(text: str) -> set[str]:
    """Its words with a capital, titles left out; one that opens a sentence only before another."""
    found = []
    matches = list(_WORD.finditer(text))
    for i, match in enumerate(matches):
        after = matches[i + 1] if i + 1 < len(matches) else None
        beside = after is not None and after[0][0].isupper() and after.start() - match.end() <= 2
        if match[0][0].isupper() and (beside or not _OPENING.search(text[: match.start()])):
            found.append(match[0])
    return _plain(found) - _TITLES


def _has_figure(there: Iterable[tuple[str, str]], figure: tuple[str, str]) -> bool:
    digits, scale = figure
    return any(digits == other and scale in ("", its) for other, its in there)


def _plain(words: Iterable[str]) -> set[str]:
    return {re.sub(r"['’]s?$", "", word.casefold().rstrip(".")) for word in words}
