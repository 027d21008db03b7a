"""What one speaker said where -> HTML: the documents with turns, words, share and minutes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.errors import NotInLibrary
from index.types import Document
from rag.compose import clock
from rag.examples import is_anonymous

from .html import count, file_html, hint_html, table_html
from .links import Spot, link_to, speaker_link
from .plain import date_words, escape
from .talk import Share, bar_html, percent, shares_of, who_html

if TYPE_CHECKING:
    from index.library import Library

SHOWN_DOCUMENTS = 200
SHOWN_SPEAKERS = 60  # offered where nobody is chosen yet


@dataclass(frozen=True, slots=True)
class Part:
    """One speaker's share of a transcript, and the words and seconds that it has in all."""

    document: Document
    share: Share
    words: int
    seconds: float | None


def parts_of(library: Library, name: str) -> list[Part]:
    """The transcripts in which a speaker has turns, the newest first."""
    parts = []
    for document in library.documents():
        if name not in document.speakers:
            continue
        try:
            shares = shares_of(library.transcript(document.id))
        except NotInLibrary:  # it left just now
            continue
        own = next((share for share in shares if share.speaker == name), None)
        if own is None:  # a name in the file's list of people, who says nothing
            continue
        timed = own.seconds is not None
        seconds = sum(share.seconds or 0.0 for share in shares) if timed else None
        parts.append(Part(document, own, sum(share.words for share in shares), seconds))
    parts.sort(key=lambda part: part.document.title)
    parts.sort(key=lambda part: part.document.date or "", reverse=True)
    return parts


def speaker_page_html(name: str, parts: Sequence[Part]) -> str:
    """Who said how much, where; each transcript opens with that speaker's turns alone."""
    if not parts:
        return hint_html(f"No transcript of this library has turns of “{name}” (any more).")
    titles = Counter(part.document.title for part in parts)
    rows = []
    for part in parts[:SHOWN_DOCUMENTS]:
        document, share = part.document, part.share
        spot = Spot(document.id, speaker=name)
        rows.append(
            [
                f'<a class="go" href="{escape(link_to(spot))}">{escape(document.title)}</a>'
                + (file_html(document) if titles[document.title] > 1 else ""),
                escape(date_words(document.date)),
                f"{share.turns:,}",
                f"{share.words:,}",
                clock(share.seconds) if share.seconds is not None else "",
                _share_html(part),
            ]
        )
    columns = ["Transcript", "Date", "Turns", "Words", "Time", "Share"]
    if not any(part.share.seconds is not None for part in parts):
        columns.remove("Time")
        rows = [[*row[:4], row[5]] for row in rows]
    caption = f"What {name} said, by transcript"
    if len(parts) > SHOWN_DOCUMENTS:
        caption += f" (the newest {SHOWN_DOCUMENTS} of {len(parts):,})"
    return (
        f'<article class="found" data-link="{escape(speaker_link(name))}">'
        f"<h2>{escape(name)}</h2>{_sum_html(parts)}"
        f'<p class="ways"><button type="button" data-act="ask" data-speaker="{escape(name)}">'
        f"Ask only of {escape(name)}</button></p>"
        f"{table_html(caption, columns, rows)}</article>"
    )


def _share_html(part: Part) -> str:
    """By time where it is known, as in the transcript's own picture."""
    if part.share.seconds is not None and part.seconds:
        size = part.share.seconds / part.seconds
    else:
        size = part.share.words / (part.words or 1)
    return f'<span class="share">{bar_html(size)}<span>{percent(size)}</span></span>'


def _sum_html(parts: Sequence[Part]) -> str:
    turns = sum(part.share.turns for part in parts)
    words = sum(part.share.words for part in parts)
    timed = [part.share.seconds for part in parts if part.share.seconds is not None]
    dates = sorted(part.document.date for part in parts if part.document.date)
    facts = [count(len(parts), "transcript"), count(turns, "turn"), count(words, "word")]
    facts.append(
        f"{percent(words / (sum(part.words for part in parts) or 1))} of all words in them"
    )
    if timed:
        where = "" if len(timed) == len(parts) else f" in the {len(timed):,} with times"
        facts.append(f"{clock(sum(timed))}{where}")
    if dates:
        first, last = date_words(dates[0]), date_words(dates[-1])
        facts.append(first if first == last else f"{first} to {last}")
    name = parts[0].share.speaker
    roles = {role for part in parts for who, role in part.document.roles if who == name}
    told = f'<p class="facts">{escape("; ".join(sorted(roles)))}</p>' if roles else ""
    return f'{told}<p class="facts">{escape(" · ".join(facts))}</p>'


def speakers_html(documents: Sequence[Document]) -> str:
    """Where nothing is chosen yet: what the tab is for, and who speaks in most transcripts."""
    if not documents:
        return hint_html("The library is empty. Drop transcripts in the Library tab first.")
    spoken = Counter(name for document in documents for name in document.speakers)
    hint = (
        "Type a word to see how often it was said, when and by whom; or choose a speaker to see "
        "what they said where."
    )
    if not spoken:
        return hint_html(hint)
    items = "".join(
        f"<li>{who_html(name)} <span>{count(number, 'transcript')}</span></li>"
        for name, number in sorted(
            spoken.items(), key=lambda item: (is_anonymous(item[0]), -item[1], item[0])
        )[:SHOWN_SPEAKERS]
    )
    more = len(spoken) - SHOWN_SPEAKERS
    left = hint_html(f"And {more:,} more; choose them by name above.") if more > 0 else ""
    people = f'<section class="people"><h2>Speakers</h2><ul>{items}</ul>{left}</section>'
    return f"{hint_html(hint)}{people}"
