"""Transcript -> passages, pure. A passage never exceeds the embedder's limit, counted with its
own tokenizer and with the speaker prefix; the slices of all passages tile all turns in order.

Whole turns are packed together up to TARGET_TOKENS; a turn longer than that is first cut at
sentence ends into parts of about equal size. (Packing to 128 word pieces beat single turns,
bigger chunks and overlap in our measurements on meetings.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import ceil
from typing import NamedTuple

from .sentences import sentence_spans
from .types import Passage, Slice, Transcript, Turn

# Raised when the same transcript would give other passages, so that libraries are embedded anew.
CHUNKER_VERSION = 3
TARGET_TOKENS = 128

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of text of one turn, with its cost in tokens, speaker prefix not counted."""

    turn: int
    start: int
    end: int
    tokens: int


def chunk(transcript: Transcript, count_tokens: CountTokens, max_tokens: int) -> list[Passage]:
    """Cut a transcript into passages of at most `max_tokens` tokens each.

    `count_tokens` gives each text's length as the embedder sees it, special tokens included.
    """
    packer = _Packer(transcript, count_tokens, max_tokens)
    units = chain.from_iterable(packer.units(turn) for turn in transcript.turns)
    return [passage for pieces in packer.packed(units) for passage in packer.within_limit(pieces)]


class Line(NamedTuple):
    """Where the words of one slice stand in a passage's text: its speaker's label begins at
    `start`, its words at `words`, both end at `end`; the first word is at `offset` of the turn."""

    turn: int
    start: int
    words: int
    end: int
    offset: int


def lines_of(passage: Passage, turns: Mapping[int, Turn]) -> list[Line]:
    """The lines of a passage, given the turns that it was made of, by position.

    Those after a turn that is not what it was are left out.
    """
    lines: list[Line] = []
    at = 0
    for part in passage.slices:
        turn = turns.get(part.turn)
        if turn is None:
            break
        text = turn.text[part.start : part.end]
        said = text.strip()
        label = f"{turn.speaker}: " if turn.speaker else ""
        label = label if passage.text.startswith(label + said, at) else ""
        if not passage.text.startswith(said, at + len(label)):
            break
        words = at + len(label)
        end = words + len(said)
        if said:
            lead = len(text) - len(text.lstrip())
            lines.append(Line(part.turn, at, words, end, part.start + lead))
        at = end + 1
    return lines


class _Packer:
    def __init__(self, transcript: Transcript, count: CountTokens, max_tokens: int) -> None:
        self._transcript = transcript
        self._count = count
        self._max = max_tokens
        self._overhead = count([""])[0]
        self._target = min(TARGET_TOKENS, max_tokens) - self._overhead
        names = {turn.speaker for turn in transcript.turns}
        self._prefix = {name: self._prefix_of(name) for name in names}

    def units(self, turn: Turn) -> list[list[_Piece]]:
        """A turn as one unit, or as parts of about equal size when it exceeds the target."""
        spans = sentence_spans(turn.text)
        costs = [
            count - self._overhead for count in self._count([turn.text[a:b] for a, b in spans])
        ]
        pieces = [
            _Piece(turn.position, start, end, cost)
            for (start, end), cost in zip(spans, costs, strict=True)
        ]
        room = max(1, self._target - self._prefix[turn.speaker][1])
        total = sum(costs)
        if total <= room:
            return [pieces] if pieces else []
        share = total / ceil(total / room)
        parts: list[list[_Piece]] = [[]]
        filled = 0
        for piece in pieces:
            if parts[-1] and filled + piece.tokens / 2 > share * len(parts):
                parts.append([])
            parts[-1].append(piece)
            filled += piece.tokens
        return parts

    def packed(self, units: chain[list[_Piece]]) -> list[list[_Piece]]:
        """Units -> passages, in order: a unit joins the passage before while there is room."""
        passages: list[list[_Piece]] = []
        room = 0
        for unit in units:
            turn = unit[0].turn
            joined = bool(passages) and passages[-1][-1].turn == turn
            prefix = 0 if joined else self._prefix[self._transcript.turns[turn].speaker][1]
            cost = prefix + sum(piece.tokens for piece in unit)
            if passages and cost <= room:
                passages[-1].extend(unit)
                room -= cost
            else:
                passages.append(list(unit))
                room = self._target - cost
        return passages

    def within_limit(self, pieces: list[_Piece]) -> list[Passage]:
        """The passage of these pieces, halved for as long as its real count is too high.

        The sum of parts can differ from the count of the whole, and one sentence alone can
        exceed the limit, so the last word is the count of the finished text.
        """
        passage = self._passage(pieces)
        if self._count([passage.text])[0] <= self._max:
            return [passage]
        if len(pieces) > 1:
            middle = len(pieces) // 2
            return self.within_limit(pieces[:middle]) + self.within_limit(pieces[middle:])
        (piece,) = pieces
        if piece.end - piece.start < 2:
            return [passage]
        cut = self._cut(piece)
        left = _Piece(piece.turn, piece.start, cut, 0)
        right = _Piece(piece.turn, cut, piece.end, 0)
        return self.within_limit([left]) + self.within_limit([right])

    def _cut(self, piece: _Piece) -> int:
        """Near the middle, after a space where there is one in the second quarter."""
        text = self._transcript.turns[piece.turn].text
        middle = (piece.start + piece.end) // 2
        space = text.rfind(" ", (piece.start + middle) // 2, middle)
        return space + 1 if space > piece.start else middle

    def _passage(self, pieces: list[_Piece]) -> Passage:
        slices: list[Slice] = []
        for piece in pieces:
            if slices and slices[-1].turn == piece.turn:
                slices[-1] = Slice(piece.turn, slices[-1].start, piece.end)
            else:
                slices.append(Slice(piece.turn, piece.start, piece.end))
        turns = self._transcript.turns
        lines = [
            self._prefix[turns[s.turn].speaker][0] + turns[s.turn].text[s.start : s.end].strip()
            for s in slices
        ]
        named = (turns[s.turn].speaker for s in slices)
        speakers = tuple(dict.fromkeys(name for name in named if name))
        return Passage(self._transcript.id, tuple(slices), speakers, "\n".join(lines))

    def _prefix_of(self, speaker: str | None) -> tuple[str, int]:
        """The words put before a speaker's text, and their cost; an absurd name gets none."""
        prefix = f"{speaker}: " if speaker else ""
        cost = self._count([prefix])[0] - self._overhead
        return (prefix, cost) if cost <= self._max // 4 else ("", 0)
