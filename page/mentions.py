"""How often words were said: by date, by speaker, by transcript -> HTML. What counts is
index/said.py's; this sums it up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from index.types import Document, Said, Turn
from rag.compose import clock

from .conversation import clip
from .evidence import clip_start
from .html import UNNAMED, count, hint_html
from .links import Spot, link_to, said_link
from .plain import date_words, escape
from .talk import bar_html, percent, who_html

SHOWN_DOCUMENTS = 100
SHOWN_TURNS = 30  # of a transcript
SHOWN_SPEAKERS = 12
AROUND_CHARS = 70  # of a turn, each side of the words
MOST_PERIODS = 36  # in the picture, before days become months and months years


@dataclass(slots=True)
class InDocument:
    """The mentions in one transcript: how many, by whom, and the first turns that have some."""

    document: Document
    times: int = 0
    turns: int = 0
    by_speaker: Counter[str | None] = field(default_factory=Counter)
    first: list[Said] = field(default_factory=list)


def summed(found: Iterable[Said], documents: Sequence[Document]) -> list[InDocument]:
    """The mentions by transcript: the oldest first, those without a date last."""
    known = {document.id: document for document in documents}
    held: dict[str, InDocument] = {}
    for said in found:
        if said.document not in known:  # it came just now
            continue
        within = held.setdefault(said.document, InDocument(known[said.document]))
        within.times += len(said.spans)
        within.turns += 1
        within.by_speaker[said.turn.speaker] += len(said.spans)
        if len(within.first) < SHOWN_TURNS:
            within.first.append(said)
    return sorted(held.values(), key=lambda one: (one.document.date or "9999", one.document.title))


def mentions_html(words: str, held: Sequence[InDocument], documents: Sequence[Document]) -> str:
    """All of it: when, by whom, where."""
    turns = sum(document.turns for document in documents)
    searched = f"{count(len(documents), 'transcript')} ({count(turns, 'turn')})"
    how = (
        "Counted are exactly these words, in capitals or not. A star at the end of a word counts "
        "its longer forms too, as in tariff*."
    )
    if not held:
        return (
            f'<article class="found" data-link="{escape(said_link(words))}">'
            f"<h2>“{escape(words)}”</h2>{hint_html(f'Never said in {searched}. {how}')}</article>"
        )
    times = sum(one.times for one in held)
    facts = (
        f"Said {count(times, 'time')} in {count(sum(one.turns for one in held), 'turn')} of "
        f"{count(len(held), 'transcript')}; {searched} were searched."
    )
    return (
        f'<article class="found" data-link="{escape(said_link(words))}"><h2>“{escape(words)}”</h2>'
        f'<p class="facts" role="status">{escape(facts)}</p>{hint_html(how)}'
        f'<div class="pictures">{_over_time_html(held)}{_by_speaker_html(held, times)}</div>'
        f"{_by_document_html(held)}</article>"
    )


def period_of(day: str, unit: str) -> str:
    return day[: {"day": 10, "month": 7, "year": 4}[unit]]


def periods(days: Sequence[str]) -> tuple[str, list[str]]:
    """The unit of time by which these days make a picture that fits, and all periods from the
    first to the last, those without any day too. Years are as many as there are."""
    first, last = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    if (last - first).days < MOST_PERIODS:
        span = range(first.toordinal(), last.toordinal() + 1)
        return "day", [date.fromordinal(day).isoformat() for day in span]
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    if end - begin < MOST_PERIODS:
        months = range(begin, end + 1)
        return "month", [f"{month // 12:04}-{month % 12 + 1:02}" for month in months]
    return "year", [f"{year:04}" for year in range(first.year, last.year + 1)]


def period_words(period: str) -> str:
    """ "May 2025" of "2025-05"."""
    if len(period) == 7:
        return f"{date.fromisoformat(period + '-01'):%B %Y}"
    return date_words(period) if len(period) == 10 else period


def _over_time_html(held: Sequence[InDocument]) -> str:
    """A column for each day, month or year; nothing where all have one date, or none."""
    dated = [one for one in held if one.document.date]
    days = sorted({one.document.date or "" for one in dated})
    if len(days) < 2:
        return ""
    unit, all_of_them = periods(days)
    times = Counter[str]()
    for one in dated:
        times[period_of(one.document.date or "", unit)] += one.times
    most = max(times.values())
    columns = "".join(_column_html(name, times[name], most) for name in all_of_them)
    left = sum(one.times for one in held) - sum(times.values())
    note = f"; {count(left, 'time')} in transcripts without a date" if left else ""
    return (
        f'<figure class="over-time"><figcaption>How often, by {unit}{note}</figcaption>'
        f'<div class="columns" role="group" aria-label="How often, by {unit}">{columns}</div>'
        f'<p class="ends"><span>{escape(period_words(all_of_them[0]))}</span>'
        f"<span>{escape(period_words(all_of_them[-1]))}</span></p></figure>"
    )


def _column_html(period: str, times: int, most: int) -> str:
    if not times:
        return '<span class="column"></span>'
    told = f"{period_words(period)}: {count(times, 'time')}"
    height = max(2.0, 100 * times / most)
    return (
        f'<button type="button" class="column" data-period="{period}" title="{escape(told)}" '
        f'aria-label="{escape(told)}"><span>{times:,}</span>'
        '<svg viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect y="{100 - height:.1f}" width="10" height="{height:.1f}"/></svg></button>'
    )


def _by_speaker_html(held: Sequence[InDocument], times: int) -> str:
    said = Counter[str | None]()
    for one in held:
        said.update(one.by_speaker)
    most = said.most_common(1)[0][1]
    rows = [
        f'<tr><th scope="row">{who_html(name)}</th><td>{bar_html(number / most)}</td>'
        f"<td>{number:,}</td><td>{percent(number / times)}</td></tr>"
        for name, number in said.most_common(SHOWN_SPEAKERS)
    ]
    left = said.most_common()[SHOWN_SPEAKERS:]
    if left:
        number = sum(each for _, each in left)
        rows.append(
            f'<tr><th scope="row">{count(len(left), "other")}</th>'
            f"<td></td><td>{number:,}</td><td>{percent(number / times)}</td></tr>"
        )
    return (
        f'<table class="bars"><caption>Who said it how often</caption>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _by_document_html(held: Sequence[InDocument]) -> str:
    """The transcripts with their turns; each leads to the words."""
    shown = sorted(held, key=lambda one: -one.times)[:SHOWN_DOCUMENTS]
    most = shown[0].times
    kept = [one for one in held if one in shown] if len(held) > len(shown) else list(held)
    open_all = " open" if len(kept) == 1 else ""
    items = []
    for one in kept:
        document = one.document
        turns = "".join(_turn_html(said) for said in one.first)
        more = one.turns - len(one.first)
        left = hint_html(f"And {count(more, 'turn')} more: open it and find the words there.")
        who = ", ".join(
            f"{name or UNNAMED} {number:,}" for name, number in one.by_speaker.most_common(6)
        )
        items.append(
            f'<li data-date="{escape(document.date or "")}"><details{open_all}><summary>'
            f"<b>{escape(document.title)}</b> <span>{escape(date_words(document.date))}</span>"
            f'<span class="share">{bar_html(one.times / most)}<span>{one.times:,}</span></span>'
            f"<small>{escape(clip(who, 200))}</small></summary>"
            f'<p><a class="go" href="{escape(link_to(Spot(document.id)))}">Open the transcript'
            "</a></p>"
            f"<ol>{turns}</ol>{left if more else ''}</details></li>"
        )
    note = ""
    if len(held) > len(kept):
        note = f", the {SHOWN_DOCUMENTS} with most of {len(held):,}"
    return (
        f'<section class="places"><h3>Where{escape(note)}</h3><ul>{"".join(items)}</ul></section>'
    )


def _turn_html(said: Said) -> str:
    turn, (start, end) = said.turn, said.spans[0]
    link = escape(link_to(Spot(said.document, turn.position, start, end)))
    times = f" · {len(said.spans)} times" if len(said.spans) > 1 else ""
    return (
        f'<li><a class="go" href="{link}">{escape(_place(turn))}</a>{times} '
        f'<span dir="auto">{escape(clip_start(turn.text[:start], AROUND_CHARS))}'
        f"<mark>{escape(turn.text[start:end])}</mark>"
        f"{escape(clip(turn.text[end:], AROUND_CHARS))}</span></li>"
    )


def _place(turn: Turn) -> str:
    at = clock(turn.start_seconds) if turn.start_seconds is not None else ""
    return " · ".join(filter(None, [turn.speaker or UNNAMED, f"turn {turn.position + 1:,}", at]))
