"""What a JSON file holds beside its speech -> the lines that are reported as unread.

Files say the same words in several forms, so a text counts as read if the turns hold it: as it
is, or nearly each three words of it in a row. Of the rest, whatever a person could read is
reported: summaries, comments, notes. Ids, scores and addresses are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..speech import Head, Speech
from .fields import Json, plain_key
from .words import Row

_ADDRESSES = ("url", "uri", "path", "file", "filename", "href")
# Other ways to write the same words, for machines.
_FOR_MACHINES = frozenset(
    "lexical itn maskeditn rawtext normalizedtext tokens words wordsegments alignment".split()
)
_RUN = 3
_MIN_HELD_SHARE = 0.9
_MIN_UNSPACED_CHARS = 8
# A word; of scripts that write none apart, a character.
_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")


def report_rest(
    head: Head, records: list[tuple[int, Json]], rows: list[Row], pieces: list[Speech]
) -> None:
    """Report what a person could read and that neither the turns nor the title hold."""
    seen = {row.text for row in rows} | {piece.text for piece in pieces}
    seen.add(_squeezed(" ".join(piece.text for piece in pieces)))
    seen.add(head.title or "")
    runs: set[int] = set()
    for line, record in records:
        for key, text in texts_within(record, ""):
            if not {text, text.strip()}.isdisjoint(seen) or not _is_prose(text):
                continue
            if plain_key(key).endswith(_ADDRESSES) or _squeezed(text) in seen:
                continue
            runs = runs or _runs(pieces)
            words = _words(text)
            own = list(zip(words, words[1:], words[2:], strict=False))
            if sum(hash(run) in runs for run in own) < _MIN_HELD_SHARE * len(own):
                head.report(line, f"{key}: {text}" if key else text, "not part of the speech")
            seen.add(text)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _runs(pieces: list[Speech]) -> set[int]:
    """Each three words in a row of the speech, without labels and with them, as hashes."""
    spoken: list[str] = []
    printed: list[str] = []
    label: str | None = None
    for piece in pieces:
        words = _words(piece.text)
        if piece.label != label:
            label = piece.label
            printed += _words(label or "")
        spoken += words
        printed += words
    return {
        hash(run)
        for each in (spoken, printed)
        for run in zip(each, each[1:], each[2:], strict=False)
    }


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def texts_within(value: Json, key: str) -> Iterator[tuple[str, str]]:
    """Each text of several words in order, with the nearest key. Of several guesses, the first."""
    waiting: list[tuple[str, Json]] = [(key, value)]
    while waiting:
        name, inner = waiting.pop()
        if isinstance(inner, str):
            yield name, inner
        elif isinstance(inner, list):
            guesses = plain_key(name) in ("alternatives", "nbest")
            found = [(name, each) for each in (inner[:1] if guesses else inner) if _may_hold(each)]
            waiting += reversed(found)
        elif isinstance(inner, dict):
            found = [(each, held) for each, held in inner.items() if _may_hold(held)]
            waiting += [
                (each, held)
                for each, held in reversed(found)
                if plain_key(each) not in _FOR_MACHINES
            ]


def _may_hold(value: Json) -> bool:
    if isinstance(value, str):
        return " " in value or not value.isascii()
    return isinstance(value, list | dict) and bool(value)


def _is_prose(text: str) -> bool:
    if " " not in text.strip():
        return len(text) >= _MIN_UNSPACED_CHARS and max(text) >= "\u3040" and "\n" not in text
    return len(_LETTERS.findall(text)) >= _RUN
