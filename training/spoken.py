"""Text -> passages as the product reads them: turns with speakers, in speech more or less tidy.

The training texts are mostly written prose. Here they become transcripts: said by one speaker or
by several, with labels of the kinds that real files have, without punctuation or with fillers;
and are cut by the product's own chunker. The places of answers are carried along.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from index.chunk import chunk, lines_of
from index.embed import default_model_path
from index.sentences import sentence_spans
from index.types import Passage, Transcript, Turn

MAX_TOKENS = 256
Span = tuple[int, int]

_FIRST = (
    "Anna Ben Carla David Elena Femi Grace Hugo Irina James Keiko Liam Maria Nikolai Olga Pedro "
    "Qing Rosa Sam Tariq Ulla Victor Wanda Xavier Yusuf Zoe Alice Boris Chloe Dmitri Emma Frank "
    "Giulia Hassan Ines John Kofi Linda Mohammed Nadia Oscar Priya Robert Sofia Thomas Ursula"
).split()
_LAST = (
    "Adeyemi Brown Castro Dubois Eriksen Fischer Garcia Hansen Ivanova Johnson Kim Lindgren Moreau "
    "Nakamura Okafor Petrov Quinn Rossi Smith Tanaka Ueda Vargas Weber Xu Yilmaz Zhang Baker "
    "Clark Davies Evans Ferguson Gupta Hughes Iqbal Jackson Kaplan Lopez Miller Novak O'Brien "
    "Popov Rahman Singh Turner Walker Young"
).split()
_ROLES = (
    "Moderator|Interviewer|Host|Guest|Question|Q|A|Chair|The Chair|The President|The Speaker|"
    "Operator|Project Manager|Marketing|Professor|Student|The Witness|Counsel|Analyst|Reporter|"
    "The Prime Minister|Commissioner|Mayor|Caller|Doctor|Narrator|Secretary|Chief Justice"
).split("|")
_TITLES = "Mr. Ms. Mrs. Dr. Prof. Senator Minister President Justice Hon. Councillor".split()

_FILLERS = [
    "uh", "um", "uh,", "um,", "you know,", "I mean,", "like,", "well,", "so,", "er", "right,",
    "actually", "sort of", "okay,",
]  # fmt: skip
_PUNCTUATION = re.compile(r"[,;:!?\"()“”…]+|\.(?=\s|$)")


def speaker_label(rng: random.Random) -> str:
    """A label as transcripts have them."""
    kind = rng.random()
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    if kind < 0.45:
        return f"{first} {last}"
    if kind < 0.62:
        return f"{rng.choice(_TITLES)} {last}"
    if kind < 0.67:
        return first
    if kind < 0.72:
        return f"{first} {last} ({rng.choice(_ROLES)})"
    if kind < 0.88:
        return rng.choice(_ROLES)
    return rng.choice([f"Speaker {rng.randint(1, 6)}", f"SPEAKER_0{rng.randint(0, 5)}"])


@dataclass(frozen=True, slots=True)
class Talk:
    """Turns, and where answers stand in them: (turn, start, end)."""

    turns: tuple[tuple[str | None, str], ...]
    answers: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A passage and the answers that lie wholly in it, as spans of its text.

    `speakers` names who says each answer.
    """

    text: str
    answers: tuple[Span, ...]
    speakers: tuple[str | None, ...]
    others: tuple[str, ...]  # those who speak in it and do not say an answer


def as_talk(text: str, answers: Sequence[Span], rng: random.Random) -> Talk:
    """Prose as talk: plain, of one speaker, or of several in turn; some of it roughened."""
    text, answers = roughened(text, answers, rng)
    kind = rng.random()
    if kind < 0.3:
        return Talk(((None, text),), tuple((0, start, end) for start, end in answers))
    if kind < 0.6:
        label = speaker_label(rng)
        return Talk(((label, text),), tuple((0, start, end) for start, end in answers))
    people = list(dict.fromkeys(speaker_label(rng) for _ in range(rng.choice([2, 2, 3, 4]))))
    turns: list[tuple[str | None, str]] = []
    placed: list[tuple[int, int, int]] = []
    spans = sentence_spans(text)
    at = 0
    while at < len(spans):
        run = spans[at : at + rng.choice([1, 1, 2, 2, 3, 4])]
        at += len(run)
        start, end = run[0][0], run[-1][1]
        who = rng.choice([name for name in people if not turns or name != turns[-1][0]] or people)
        placed += [
            (len(turns), a - start, b - start) for a, b in answers if start <= a and b <= end
        ]
        turns.append((who, text[start:end].rstrip()))
    return Talk(tuple(turns), tuple(p for p in placed if p[2] <= len(turns[p[0]][1])))


def lines_as_talk(text: str, answers: Sequence[Span]) -> Talk:
    """ "Speaker: words" lines as talk. An answer may be a label, see windows."""
    turns: list[tuple[str | None, str]] = []
    placed: list[tuple[int, int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        label, colon, words = line.group().partition(": ")
        if not colon or len(label) > 60:
            label, words = "", line.group()
        if not words.strip():
            continue
        offset = line.end() - len(words)
        for a, b in answers:
            if offset <= a and b <= line.end():
                placed.append((len(turns), a - offset, b - offset))
            elif line.start() <= a and b <= line.start() + len(label):  # the label answers
                placed.append((len(turns), -1, -1))
        turns.append((label or None, words))
    return Talk(tuple(turns), tuple(placed))


def windows(talk: Talk) -> list[Window]:
    """The passages that the product's chunker cuts from a talk. An answer at (turn, -1, -1) is
    the label of its turn."""
    turns = tuple(Turn(i, speaker, text) for i, (speaker, text) in enumerate(talk.turns) if text)
    if len(turns) < len(talk.turns):
        return []
    passages = chunk(Transcript("talk", "talk", turns), count_tokens, MAX_TOKENS)
    return [_window(passage, turns, talk.answers) for passage in passages]


def _window(
    passage: Passage, turns: Sequence[Turn], answers: Sequence[tuple[int, int, int]]
) -> Window:
    found: list[Span] = []
    speakers: list[str | None] = []
    for line in lines_of(passage, dict(enumerate(turns))):
        speaker = turns[line.turn].speaker
        shift = line.words - line.offset
        for owner, start, end in answers:
            if owner != line.turn:
                continue
            if start < 0 and line.words > line.start:
                found.append((line.start, line.start + len(speaker or "")))
                speakers.append(speaker)
            elif start >= 0 and line.words <= start + shift and end + shift <= line.end:
                found.append((start + shift, end + shift))
                speakers.append(speaker)
    others = tuple(name for name in passage.speakers if name not in speakers)
    return Window(passage.text, tuple(found), tuple(speakers), others)


def roughened(text: str, answers: Sequence[Span], rng: random.Random) -> tuple[str, list[Span]]:
    """Speech as recognisers and stenographers leave it: some of it without punctuation, some with
    fillers; most of it as it is."""
    edits: list[tuple[int, int, str]] = []

    def free(start: int, end: int) -> bool:
        return all(end <= a or start >= b for a, b in answers)

    kind = rng.random()
    if kind < 0.15:
        edits += [(m.start(), m.end(), "") for m in _PUNCTUATION.finditer(text)]
        edits = [edit for edit in edits if free(edit[0], edit[1])]
    elif kind < 0.3:
        for space in re.finditer(r"(?<=\w) (?=\w)", text):
            if rng.random() < 0.06 and free(space.start(), space.end()):
                edits.append((space.start(), space.end(), f" {rng.choice(_FILLERS)} "))
    return edited(text, answers, edits)


def edited(
    text: str, spans: Sequence[Span], edits: Sequence[tuple[int, int, str]]
) -> tuple[str, list[Span]]:
    """The text after edits (start, end, new words), which touch no span, and its spans."""
    pieces: list[str] = []
    shifts: list[tuple[int, int]] = []
    at = shift = 0
    for start, end, new in sorted(edits):
        if start < at:
            continue
        pieces += [text[at:start], new]
        shift += len(new) - (end - start)
        shifts.append((end, shift))
        at = end

    def moved(offset: int) -> int:
        before = [by for place, by in shifts if place <= offset]
        return offset + (before[-1] if before else 0)

    def moved_end(offset: int) -> int:
        before = [by for place, by in shifts if place < offset]
        return offset + (before[-1] if before else 0)

    pieces.append(text[at:])
    return "".join(pieces), [(moved(a), moved_end(b)) for a, b in spans]


@cache
def tokenizer() -> Any:
    """The word pieces of the packaged model, with neither padding nor truncation."""
    from tokenizers import Tokenizer

    loaded = Tokenizer.from_file(str(default_model_path() / "tokenizer.json"))
    loaded.no_padding()
    loaded.no_truncation()
    return loaded


def count_tokens(texts: Sequence[str]) -> list[int]:
    return [len(encoded.ids) for encoded in tokenizer().encode_batch(list(texts))]
