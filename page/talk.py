"""Who spoke how much: of a transcript's turns, and how that looks; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from index.types import Transcript, Turn
from index.words import count_words
from rag.compose import clock

from .html import UNNAMED, count
from .links import speaker_link
from .plain import escape

SHOWN_SPEAKERS = 30  # in a picture; the others are one line


@dataclass(frozen=True, slots=True)
class Share:
    """What one speaker said. `seconds` is None where the transcript's times don't tell."""

    speaker: str | None
    turns: int
    words: int
    seconds: float | None


def seconds_of(turns: Sequence[Turn]) -> list[float] | None:
    """How long each turn lasts: to its end, else to the start of the next; None where a turn has no
    time. A last turn without an end counts as nothing."""
    lengths = []
    for turn, after in zip(turns, chain(turns[1:], [None]), strict=True):
        if turn.start_seconds is None:
            return None
        end = turn.end_seconds
        if end is None:
            end = after.start_seconds if after else turn.start_seconds
        if end is None:
            return None
        lengths.append(max(0.0, end - turn.start_seconds))
    return lengths if any(lengths) else None


def shares_of(transcript: Transcript) -> list[Share]:
    """Who spoke how much, the most first: by time where every turn has one, else by words."""
    lengths = seconds_of(transcript.turns)
    said: dict[str | None, tuple[int, int, float]] = {}
    for place, turn in enumerate(transcript.turns):
        turns, words, seconds = said.get(turn.speaker, (0, 0, 0.0))
        more = lengths[place] if lengths else 0.0
        said[turn.speaker] = (turns + 1, words + count_words(turn.text), seconds + more)
    shares = [
        Share(name, turns, words, seconds if lengths else None)
        for name, (turns, words, seconds) in said.items()
    ]
    shares.sort(key=lambda share: (share.seconds or 0.0, share.words), reverse=True)
    return shares


def talk_html(transcript: Transcript, colours: Mapping[str, int]) -> str:
    """Bars of who spoke how long; nothing where one alone speaks."""
    shares = shares_of(transcript)
    if len(shares) < 2:
        return ""
    timed = shares[0].seconds is not None
    total = sum(_size(share) for share in shares) or 1.0
    rows = []
    for share in shares[:SHOWN_SPEAKERS]:
        part = _size(share) / total
        said = clock(share.seconds) if share.seconds is not None else count(share.words, "word")
        about = f"{count(share.turns, 'turn')}, {count(share.words, 'word')}"
        rows.append(
            f'<tr title="{escape(about)}"><th scope="row">{who_html(share.speaker)}</th>'
            f"<td>{bar_html(part, colours.get(share.speaker or ''))}</td>"
            f"<td>{said}</td><td>{percent(part)}</td></tr>"
        )
    left = shares[SHOWN_SPEAKERS:]
    if left:
        part = sum(map(_size, left)) / total
        rows.append(
            f'<tr><th scope="row">{count(len(left), "other")}</th><td>{bar_html(part)}</td>'
            f"<td></td><td>{percent(part)}</td></tr>"
        )
    by = "the times of the turns" if timed else "words, as not every turn has a time"
    return f'<table class="bars"><caption>By {by}</caption><tbody>{"".join(rows)}</tbody></table>'


def bar_html(part: float, colour: int | None = None) -> str:
    """A bar of this part of the whole; what it shows is told beside it."""
    voice = "" if colour is None else f" voice{colour}"
    width = f"{100 * min(max(part, 0.0), 1.0):.2f}"
    return (
        f'<svg class="bar{voice}" viewBox="0 0 100 8" preserveAspectRatio="none" '
        f'aria-hidden="true"><rect class="whole" width="100" height="8"/>'
        f'<rect class="part" width="{width}" height="8"/></svg>'
    )


def who_html(name: str | None, kind: str = "who") -> str:
    """A speaker's name, which leads to what they said where."""
    if not name:
        return f'<b class="{kind}">{UNNAMED}</b>'
    return (
        f'<a class="go {kind}" href="{escape(speaker_link(name))}" '
        f'title="What {escape(name)} said, and where">{escape(name)}</a>'
    )


def percent(part: float) -> str:
    return f"{100 * part:.0f}%" if part >= 0.095 or part == 0 else f"{100 * part:.1f}%"


def _size(share: Share) -> float:
    return share.seconds if share.seconds is not None else float(share.words)
