"""Evidence -> HTML, purely: cited words in their conversation, with the way to the next source and
to the whole transcript."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from index.types import Document, Transcript, Turn
from rag.compose import clock
from rag.examples import is_anonymous
from rag.types import Citation

from .conversation import Evidence, clip
from .html import HINT, count, hint_html
from .links import Spot, link_to, spot_of
from .plain import date_words, escape
from .talk import who_html

CONTEXT_TURNS = 2  # shown before and after the cited turn
CONTEXT_CHARS = 450  # of a turn beside the cited one
CITED_CHARS = 3000  # of the cited turn, each side of the exact words
SPEAKER_COLOURS = 8
# In the list beside an empty chat.
START_DOCUMENTS = 8
START_SPEAKERS = 3


def clip_start(text: str, limit: int) -> str:
    """`text`, or its last `limit` characters from a space."""
    return clip(text[::-1], limit)[::-1]


def speaker_colours(turns: Sequence[Turn]) -> dict[str, int]:
    """A colour for each name: the name's own where it is free, else the next free one."""
    colours: dict[str, int] = {}
    for name in dict.fromkeys(turn.speaker for turn in turns if turn.speaker):
        wish = zlib.crc32(name.encode("utf-8", "replace")) % SPEAKER_COLOURS
        ring = [(wish + step) % SPEAKER_COLOURS for step in range(SPEAKER_COLOURS)]
        colours[name] = next((c for c in ring if c not in colours.values()), wish)
    return colours


def speaker_html(name: str | None, colours: Mapping[str, int]) -> str:
    colour = colours.get(name or "")
    return who_html(name, "speaker" if colour is None else f"speaker voice{colour}")


def turn_html(turn: Turn, colours: Mapping[str, int], body: str, *, cited: bool) -> str:
    time = f" <time>{clock(turn.start_seconds)}</time>" if turn.start_seconds is not None else ""
    kind = "turn cited" if cited else "turn"
    speaker = speaker_html(turn.speaker, colours)
    return f'<li class="{kind}">{speaker}{time}<p dir="auto">{body}</p></li>'


def marked_html(turn: Turn, start: int, end: int) -> str:
    """The turn with exactly `text[start:end]` in <mark>; the far ends of a long one left out."""
    before = escape(clip_start(turn.text[:start], CITED_CHARS))
    after = escape(clip(turn.text[end:], CITED_CHARS))
    return f"{before}<mark>{escape(turn.text[start:end])}</mark>{after}"


def evidence_html(evidence: Evidence, *, plays: bool = False) -> str:
    """`plays` is whether a recording lies beside the transcript."""
    if evidence.citation is None:
        return hint_html(evidence.why)
    if evidence.transcript is None:
        return lost_html(evidence, evidence.citation)
    return found_html(evidence, evidence.citation, evidence.transcript, plays=plays)


def start_html(documents: Sequence[Document]) -> str:
    """Beside an empty chat: what can be asked about, each to be read."""
    if not documents:
        return (
            '<div class="beginning"><h2>Begin here</h2>'
            '<p class="hint"><button type="button" class="act tab" data-tab="Library">'
            f"Add your transcripts</button></p>{hint_html(HINT)}</div>"
        )
    rows = "".join(
        f'<li><a class="open" href="{escape(link_to(Spot(document.id)))}" '
        f'data-document="{escape(document.id)}">{escape(document.title)}</a>'
        f"<span>{escape(about_document(document))}</span></li>"
        for document in latest_first(documents)[:START_DOCUMENTS]
    )
    more = len(documents) - START_DOCUMENTS
    left = ""
    if more > 0:
        left = (
            '<p class="hint"><button type="button" class="act tab" data-tab="Transcript">'
            f"And {count(more, 'other')}</button></p>"
        )
    listed = f'<h2>What you can ask about</h2><ul class="start">{rows}</ul>'
    return f'<div class="beginning">{listed}{left}{hint_html(HINT)}</div>'


def latest_first(documents: Iterable[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: document.date or "", reverse=True)


def about_document(document: Document) -> str:
    """When, and who speaks there."""
    return " · ".join(filter(None, (date_words(document.date), ", ".join(few_names(document)))))


def few_names(document: Document) -> list[str]:
    """Some who speak there, by name where they have one, and how many others do."""
    people = named_first(document.speakers)
    others = len(people) - START_SPEAKERS
    shown = people[:START_SPEAKERS]
    return [*shown, count(others, "other")] if others > 0 else shown


def named_first(speakers: Iterable[str]) -> list[str]:
    """Those called by a name, then those called by what they do, as "Question"."""
    return sorted(speakers, key=is_anonymous)


def found_html(
    evidence: Evidence, citation: Citation, transcript: Transcript, *, plays: bool = False
) -> str:
    """The cited turn in its conversation, the exact words marked, and the question that they
    answer, where it was put just before."""
    turns, at = transcript.turns, citation.turn
    colours = speaker_colours(turns)
    rows = []
    for turn in turns[max(0, at - CONTEXT_TURNS) : at + CONTEXT_TURNS + 1]:
        if turn.position == at:
            body = marked_html(turn, citation.start, citation.end)
        else:
            near = clip_start if turn.position < at else clip
            body = escape(near(turn.text, CONTEXT_CHARS))
        if turn.position == at - 1 and citation.asked:
            put = escape(citation.asked)
            body = f'<span class="put">{put}</span>'.join(body.rsplit(put, 1))
        rows.append(turn_html(turn, colours, body, cited=turn.position == at))
    speaker = speaker_html(turns[at].speaker, colours)
    facts = facts_of(citation, transcript)
    link = (
        f'<a class="open" href="{escape(link_to(spot_of(citation)))}" '
        f'data-key="{escape(evidence.key)}">Open in transcript</a>'
    )
    play = ""
    if plays and citation.start_seconds is not None:
        play = (
            f'<a class="go play" href="{escape(link_to(replace(spot_of(citation), play=True)))}" '
            f'aria-label="Play from {clock(citation.start_seconds)}">'
            f"▶ Play {clock(citation.start_seconds)}</a>"
        )
    copy = (
        f'<button type="button" class="copy" data-text="{escape(quote_to_copy(citation))}">'
        "Copy quote</button>"
    )
    return (
        f'<article class="evidence"><header>{label_html(evidence, citation)}'
        f"<h2>{escape(transcript.title)}</h2>"
        f'<p class="facts">{speaker} · {escape(" · ".join(facts))}</p>'
        f'<p class="ways">{steps_html(evidence)}{link}{play}{copy}</p></header>'
        f"<ol>{''.join(rows)}</ol></article>"
    )


def facts_of(citation: Citation, transcript: Transcript) -> list[str]:
    """When, where and at which place of the transcript."""
    at = f"at {clock(citation.start_seconds)}" if citation.start_seconds is not None else ""
    turn = f"turn {citation.turn + 1:,} of {len(transcript.turns):,}"
    return [*filter(None, [date_words(transcript.date), transcript.place, at]), turn]


def label_html(evidence: Evidence, citation: Citation) -> str:
    of = f" of {evidence.of}" if evidence.of > 1 else ""
    about = f" for “{escape(clip(evidence.question, 120))}”" if evidence.question else ""
    return f'<p class="label" role="status">Source {citation.marker}{of}{about}</p>'


def steps_html(evidence: Evidence) -> str:
    """The way to the answer's other sources; script.js takes the arrow keys here too."""
    if evidence.of < 2:
        return ""
    steps = [("previous", "‹ Previous", evidence.before), ("next", "Next ›", evidence.after)]
    return "".join(
        f'<button type="button" class="step {name}" data-key="{escape(key)}"'
        f'{"" if key else " disabled"} title="The {name} source; also by the arrow keys">'
        f"{words}</button>"
        for name, words, key in steps
    )


def quote_to_copy(citation: Citation) -> str:
    """The words with their source, for a text of one's own."""
    at = clock(citation.start_seconds) if citation.start_seconds is not None else ""
    source = [citation.speaker or "", citation.title, date_words(citation.date), at]
    turn = f"turn {citation.turn + 1}"
    return f"“{citation.quote}” — {', '.join(filter(None, [*source, turn]))}"


def lost_html(evidence: Evidence, citation: Citation) -> str:
    """The words an answer quoted, where their transcript can't be shown."""
    said = Turn(citation.turn, citation.speaker, citation.quote, citation.start_seconds)
    steps = steps_html(evidence)
    return (
        f'<article class="evidence"><header>{label_html(evidence, citation)}'
        f"<h2>{escape(citation.title)}</h2>"
        f'<p class="facts">{escape(evidence.why)}</p>'
        f"{f'<p class=ways>{steps}</p>' if steps else ''}</header>"
        f"<ol>{turn_html(said, {}, escape(citation.quote), cited=True)}</ol></article>"
    )
