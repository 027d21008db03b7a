"""Where in the transcripts an answer's sources and the passages nearest to a question lie: a strip
for each transcript, from its first turn to its last -> HTML; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Document, Hit
from rag.types import Citation

from .conversation import clip
from .html import UNNAMED, count
from .links import Spot, link_to, spot_of
from .plain import date_words, escape

SHOWN_DOCUMENTS = 6
TICK_CHARS = 120  # of a quote, in what is said of its tick


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on a strip: where it leads, what it is, and whether the answer cites it."""

    spot: Spot
    words: str
    cited: bool


def ticks_of(
    citations: Sequence[Citation], hits: Sequence[Hit], *, refused: bool = False
) -> dict[str, list[Tick]]:
    """The places by transcript: those with a source first, in order of the sources; then by the
    best of the passages. A passage at a source's turn is that source. Where the question was
    `refused`, the citations are passages like the others, those that the refusal names."""
    kind = "Nearest passage" if refused else "Source"
    ticks: dict[str, list[Tick]] = {}
    taken = {(citation.transcript, citation.turn) for citation in citations}
    for citation in citations:
        said = clip(" ".join(citation.quote.split()), TICK_CHARS)
        words = f"{kind} {citation.marker}, {citation.speaker or UNNAMED}: “{said}”"
        tick = Tick(spot_of(citation), words, not refused)
        ticks.setdefault(citation.transcript, []).append(tick)
    for hit in hits:
        first, last = hit.passage.turns
        document = hit.passage.transcript
        if any((document, turn) in taken for turn in range(first, last + 1)):
            continue
        taken.add((document, first))
        who = ", ".join(hit.passage.speakers) or UNNAMED
        words = f"Passage at turn {first + 1:,}, {clip(who, TICK_CHARS)}"
        ticks.setdefault(document, []).append(Tick(Spot(document, first), words, False))
    return ticks


def strips_html(
    citations: Sequence[Citation],
    hits: Sequence[Hit],
    documents: Sequence[Document],
    *,
    refused: bool = False,
) -> str:
    """A strip with its ticks for each transcript; every tick leads to its place there."""
    known = {document.id: document for document in documents}
    found = ticks_of(citations, hits, refused=refused)
    ticks = {key: at for key, at in found.items() if key in known}
    if not ticks:
        return ""
    shown = list(ticks)[:SHOWN_DOCUMENTS]
    rows = "".join(_strip_html(known[key], ticks[key]) for key in shown)
    left = len(ticks) - len(shown)
    more = f"<p>And in {count(left, 'more transcript')}.</p>" if left else ""
    what = "the nearest passages lie" if refused else "this lies"
    cited = bool(citations) and not refused
    return (
        f'<section class="strips" aria-label="Where {what} in the transcripts"><h3>Where {what}, '
        "from the first turn to the last</h3>"
        f"{_legend_html(cited, bool(hits) and not refused)}{rows}{more}</section>"
    )


def _legend_html(of_sources: bool, of_passages: bool) -> str:
    cited = '<span class="sign cited"></span> a source' if of_sources else ""
    near = '<span class="sign"></span> a passage near to the question' if of_passages else ""
    return f'<p class="legend">{" &nbsp; ".join(filter(None, [cited, near]))}</p>'


def _strip_html(document: Document, ticks: Sequence[Tick]) -> str:
    marks = []
    for tick in sorted(ticks, key=lambda tick: (tick.spot.turn or 0, not tick.cited)):
        at = 100 * ((tick.spot.turn or 0) + 0.5) / max(document.turns, 1)
        kind = "tick cited" if tick.cited else "tick"
        x = min(at, 99.5)
        marks.append(
            f'<a class="go" href="{escape(link_to(tick.spot))}" aria-label="{escape(tick.words)}">'
            f"<title>{escape(tick.words)}</title>"
            f'<rect class="{kind}" x="{x - 0.5:.2f}%" width="1%" height="24"/>'
            f'<rect class="reach" x="{x - 1.5:.2f}%" width="3%" height="24"/></a>'
        )
    about = " · ".join(filter(None, [document.title, date_words(document.date)]))
    cited = sum(tick.cited for tick in ticks)
    numbers = [count(cited, "source")] if cited else []
    if len(ticks) > cited:
        numbers.append(count(len(ticks) - cited, "passage"))
    told = f"{about}: {', '.join(numbers)} among {count(document.turns, 'turn')}"
    return (
        f'<div class="strip"><p><b>{escape(clip(about, 90))}</b> <span>'
        f"{', '.join(numbers)} · {count(document.turns, 'turn')}</span></p>"
        f'<svg role="group" aria-label="{escape(told)}" height="24" width="100%">'
        f'<rect class="whole" y="8" width="100%" height="8"/>{"".join(marks)}</svg></div>'
    )
