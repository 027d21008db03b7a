"""Data -> HTML, purely: what each part of the page looks like.

Transcripts, names, titles, questions and file names are data: every one of them goes through
`escape` on its way to the page.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence

from index.types import Document, Progress, SyncReport, Transcript, Turn
from rag.cite import UNCHECKED, UNSUPPORTED
from rag.compose import clock, long_date, pace
from rag.types import Answer, Citation

from .conversation import Evidence, Exchange, clip

CONTEXT_TURNS = 2  # shown before and after the cited turn
CONTEXT_CHARS = 450  # of a turn beside the cited one
CITED_CHARS = 3000  # of the cited turn, each side of the exact words
UNREAD_LINES = 200  # listed at most
UNREAD_CHARS = 200  # of one of them
SNIPPET_CHARS = 80  # of a nearest passage, in its line
SPEAKER_COLOURS = 8
UNNAMED = "Unnamed speaker"
FORMATS = (
    "text (.txt, .md), Word (.docx), .pdf, .html, captions (.vtt, .srt), tables (.csv), "
    "speech engines' .json, and chat logs"
)
HINT = "The words behind an answer appear here, in their conversation."


def escape(text: str) -> str:
    """`text` as inert HTML that is inert Markdown too.

    The chat runs Markdown over its HTML, so each ASCII sign and line end becomes a numeric
    reference, which is never markup in either language (CommonMark 0.31, section 2.5).
    """
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "\ufffd", text)
    return re.sub(r"[\n\r!-/:-@\[-`{-~]", lambda sign: f"&#{ord(sign[0])};", text)


def clip_start(text: str, limit: int) -> str:
    """`text`, or its last `limit` characters from a space."""
    return clip(text[::-1], limit)[::-1]


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def date_words(iso: str | None) -> str:
    return long_date(iso) if iso else ""


def answer_text_html(answer: Answer, message: int) -> str:
    """The answer with `short` in bold and links for the markers that have a citation.

    A "[1]" inside the quoted words is the transcript's own and stays text.
    """
    text, short = answer.text, answer.short or ""
    ours = [c.quote for c in answer.citations]
    quoted = [m.span() for q in (*ours, short) if q for m in re.finditer(re.escape(q), text)]
    known = {citation.marker for citation in answer.citations}
    cuts: list[tuple[int, int, str]] = []
    for found in re.finditer(r"\[(\d{1,6})\]", text):
        inside = any(a <= found.start() and found.end() <= b for a, b in quoted)
        if int(found[1]) in known and not inside:
            cuts.append((*found.span(), marker_link(message, int(found[1]))))
    at = text.find(short) if short else -1
    if at >= 0 and not any(a < at + len(short) and at < b for a, b, _ in cuts):
        cuts.append((at, at + len(short), f"<strong>{escape(short)}</strong>"))
    for mark in (UNSUPPORTED, UNCHECKED) if answer.model else ():
        marked = f'<span class="unsupported">{escape(mark)}</span>'
        cuts += [(*m.span(), marked) for m in re.finditer(re.escape(mark), text)]
    html, done = "", 0
    for start, end, markup in sorted(cuts):
        html += escape(text[done:start]) + markup
        done = end
    return html + escape(text[done:])


def marker_link(message: int, marker: int) -> str:
    return f'<a class="cite" href="#m{message}-{marker}">&#91;{marker}&#93;</a>'


def sources_html(citations: Sequence[Citation], message: int, *, words: bool = False) -> str:
    """A line for each citation: who, when and what; or, with `words`, who and how it begins."""
    rows = []
    for citation in citations:
        name = escape(citation.speaker or UNNAMED)
        about = " · ".join(filter(None, (date_words(citation.date), citation.title)))
        if words:
            about = f"“{clip(' '.join(citation.quote.split()), SNIPPET_CHARS)}” {about}"
        rows.append(
            f'<li><a class="source" href="#m{message}-{citation.marker}"><b>{citation.marker}</b> '
            f"<span>{name}</span> <i>{escape(about)}</i></a></li>"
        )
    return f'<ul class="sources">{"".join(rows)}</ul>'


def reply_html(exchange: Exchange, message: int) -> str:
    """The reply as one HTML block without a blank line, so that Markdown leaves it alone."""
    answer = exchange.answer
    if exchange.error:
        return failed_html(exchange.error)
    if answer is None:
        partial = f'<p class="draft">{escape(exchange.partial)}</p>' if exchange.partial else ""
        waiting = f'<p class="status">{escape(exchange.status)} …</p>'
        return f'<div class="reply">{partial}{waiting}</div>'
    note = f'<p class="label">{escape(exchange.note)}</p>' if exchange.note else ""
    if answer.answered:
        text = answer_text_html(answer, message)
        sources = sources_html(answer.citations, message)
        checked = checked_html(answer)
        return f'<div class="reply"><p>{text}</p>{note}{checked}{sources}</div>'
    nearest = ""
    if answer.nearest:
        passages = sources_html(answer.nearest, message, words=True)
        nearest = f'<p class="label">Nearest passages</p>{passages}'
    return f'<div class="reply refused"><p>{escape(answer.text)}</p>{note}{nearest}</div>'


def checked_html(answer: Answer) -> str:
    """Which language model worded an answer, and what is wrong with each sentence that failed."""
    if answer.model is None:
        return ""
    rows = "".join(
        f"<li>“{escape(clip(sentence.text, SNIPPET_CHARS))}”: {escape(sentence.fault)}</li>"
        for sentence in answer.sentences
        if not sentence.supported
    )
    faults = f'<ul class="faults">{rows}</ul>' if rows else ""
    line = f"Written by {answer.model}; each sentence was checked against the transcripts"
    return f'<p class="label">{escape(line)}</p>{faults}'


def model_words(model: str, host: str) -> str:
    """What the switch between exact quotes and written answers says of who writes."""
    return f"Answers ({model} at {host} writes, and is sent the question and passages)"


def chat_messages(exchanges: Sequence[Exchange]) -> list[dict[str, str]]:
    messages = []
    for message, exchange in enumerate(exchanges, start=1):
        asked = f'<div class="asked">{escape(exchange.question)}</div>'
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": reply_html(exchange, message)})
    return messages


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
    voice = "" if colour is None else f" voice{colour}"
    return f'<b class="speaker{voice}">{escape(name or UNNAMED)}</b>'


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


def evidence_html(evidence: Evidence) -> str:
    if evidence.citation is None:
        return hint_html(evidence.why)
    if evidence.transcript is None:
        return lost_html(evidence.citation, evidence.why)
    return found_html(evidence.transcript, evidence.citation, evidence.question)


def found_html(transcript: Transcript, citation: Citation, question: str) -> str:
    """The cited turn in its conversation, the exact words marked."""
    turns, at = transcript.turns, citation.turn
    colours = speaker_colours(turns)
    rows = []
    for turn in turns[max(0, at - CONTEXT_TURNS) : at + CONTEXT_TURNS + 1]:
        if turn.position == at:
            body = marked_html(turn, citation.start, citation.end)
        else:
            near = clip_start if turn.position < at else clip
            body = escape(near(turn.text, CONTEXT_CHARS))
        rows.append(turn_html(turn, colours, body, cited=turn.position == at))
    facts = [date_words(transcript.date), transcript.place or ""]
    speaker = speaker_html(turns[at].speaker, colours)
    if citation.start_seconds is not None:
        facts.append(f"at {clock(citation.start_seconds)}")
    facts.append(f"turn {at + 1:,} of {len(turns):,}")
    about = f" for “{escape(clip(question, 120))}”" if question else ""
    return (
        f'<article class="evidence"><header><p class="label">Source {citation.marker}{about}</p>'
        f"<h2>{escape(transcript.title)}</h2>"
        f'<p class="facts">{speaker} · {escape(" · ".join(filter(None, facts)))}</p></header>'
        f"<ol>{''.join(rows)}</ol></article>"
    )


def lost_html(citation: Citation, why: str) -> str:
    """The words an answer quoted, where their transcript can't be shown."""
    said = Turn(citation.turn, citation.speaker, citation.quote, citation.start_seconds)
    return (
        f'<article class="evidence"><header><h2>{escape(citation.title)}</h2>'
        f'<p class="facts">{escape(why)}</p></header>'
        f"<ol>{turn_html(said, {}, escape(citation.quote), cited=True)}</ol></article>"
    )


def hint_html(text: str) -> str:
    return f'<p class="hint">{escape(text)}</p>'


def failed_html(text: str) -> str:
    return f'<div class="reply failed"><p>{escape(text)}</p></div>'


def header_html(documents: Sequence[Document]) -> str:
    turns = sum(document.turns for document in documents)
    size = f"{count(len(documents), 'transcript')}, {count(turns, 'turn')}"
    motto = "Answers from your transcripts: the exact words, and who said them."
    return (
        f'<h1>Turncite</h1><p class="size">{size if documents else "The library is empty"}</p>'
        f'<p class="motto">{motto}</p>'
    )


def table_html(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """`caption` and `heads` are text, the cells of `rows` are HTML already."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-head="{escape(name)}">{cell}</td>'
            for name, cell in zip(heads, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="table"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def documents_html(documents: Sequence[Document]) -> str:
    if not documents:
        return hint_html(f"No transcripts yet. Drop the first one below: {FORMATS}.")
    heads = ["Title", "Date", "Speakers", "Turns", "Passages", "Unread lines"]
    columns = heads if any(document.unread for document in documents) else heads[:-1]
    rows = []
    for d in documents:
        cells = [d.title, date_words(d.date), clip(", ".join(d.speakers), 200)]
        cells += [f"{d.turns:,}", f"{d.passages:,}"]
        row = [*map(escape, cells), unread_button_html(d) if d.unread else ""]
        rows.append(row[: len(columns)])
    return table_html("In the library", columns, rows)


def unread_button_html(document: Document) -> str:
    label = f"Show {count(document.unread, 'unread line')} of {document.title}"
    return (
        f'<button type="button" class="unread" data-document="{escape(document.id)}" '
        f'aria-label="{escape(label)}">{document.unread:,}</button>'
    )


def unread_html(transcript: Transcript) -> str:
    """The lines of a transcript that became neither speech nor metadata, and why."""
    shown = transcript.unread[:UNREAD_LINES]
    rows = [
        [escape(text) for text in (f"{line.line:,}", clip(line.text, UNREAD_CHARS), line.why)]
        for line in shown
    ]
    table = table_html(f"Unread lines of {transcript.title}", ["Line", "Text", "Why"], rows)
    left = len(transcript.unread) - len(shown)
    if not left:
        return table
    return table + hint_html(f"And {left:,} more: turncite show {transcript.id}")


def progress_html(step: Progress) -> str:
    return (
        f'<div class="progress"><progress max="{max(step.total, 1)}" value="{step.done}" '
        f'aria-label="Files read"></progress><p>{step.done:,} of {count(step.total, "file")}, '
        f"{pace(step)} · {escape(step.file)}</p></div>"
    )


def report_html(report: SyncReport) -> str:
    """What was read, skipped and failed, and why; unchanged files only as a number."""
    states = ("read", "removed", "unchanged", "skipped", "failed")
    counts = [f"{report.count(state)} {state}" for state in states if report.count(state)]
    notes = "".join(f"<p>{escape(note)}</p>" for note in report.notes)
    rows = []
    for file in report.files:
        if file.state != "unchanged":
            why = file.why or (count(file.unread, "unread line") if file.unread else "")
            what = f"{count(file.turns, 'turn')}, {count(file.passages, 'passage')}"
            cells = (file.id, file.state, what if file.state == "read" else "", why)
            rows.append([escape(cell) for cell in cells])
    table = table_html("What was done", ["File", "State", "Holds", "Notes"], rows) if rows else ""
    return f'<p class="label">{escape(", ".join(counts) or "Nothing to do")}</p>{notes}{table}'


def chips_html(questions: Sequence[str]) -> str:
    chips = "".join(
        f'<button type="button" class="chip" data-question="{escape(q)}">{escape(q)}</button>'
        for q in questions
    )
    return f'<div class="chips" role="group" aria-label="Example questions">{chips}</div>'


def welcome_html(documents: Sequence[Document]) -> str:
    words = "Ask a question. Every answer links to the words it rests on."
    if not documents:
        words = "The library is empty. Open the Library tab and drop in your first transcript: "
        words += f"{FORMATS}."
    return f'<div class="welcome">{escape(words)}</div>'
