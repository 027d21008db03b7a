"""The web page: a chat over an Assistant, with the evidence beside it.

It owns what the page looks like and how clicks travel; it knows nothing of how an answer is
found. Transcripts, names, titles, questions and file names are data: every one of them goes
through `escape` on its way to the page. The only importer of gradio.
"""

from __future__ import annotations

import logging
import os
import queue
import re
import socket
import sys
import threading
import webbrowser
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Both are read once, at import: gradio's telemetry, and what huggingface_hub, which gradio
# imports, asks its hub on its own. A configured embedder may have to come from that hub.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
if not os.environ.get("TURNCITE_EMBEDDER"):
    os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr

from index.errors import InputError, NotInLibrary, TurnciteError, UnreadableFile
from index.types import Document, FileResult, Filters, Progress, SyncReport, Transcript, Turn
from rag.types import Answer, Citation

if TYPE_CHECKING:
    from index.library import Library
    from rag import Assistant

OnProgress = Callable[[Progress], None]

log = logging.getLogger("turncite.app")

CONTEXT_TURNS = 2  # shown before and after the cited turn
CONTEXT_CHARS = 450  # of a turn beside the cited one
CITED_CHARS = 3000  # of the cited turn, each side of the exact words
ECHO_CHARS = 500  # of a question, when it is shown again
SPEAKER_COLOURS = 8
MAX_UPLOAD = "256mb"
UNNAMED = "Unnamed speaker"
FORMATS = "text, subtitles, Word, PDF, HTML or speech JSON"
HINT = "The words behind an answer appear here, in their conversation."
UNEXPECTED = "Something went wrong inside Turncite. The details are in the terminal it runs in."


# --- small pure functions: data -> HTML ---------------------------------------------------


def escape(text: str) -> str:
    """`text` as inert HTML that is inert Markdown too.

    The chat runs Markdown over its HTML, so each ASCII sign and line end becomes a numeric
    reference, which is never markup in either language (CommonMark 0.31, section 2.5).
    """
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "\ufffd", text)
    return re.sub(r"[\n\r!-/:-@\[-`{-~]", lambda sign: f"&#{ord(sign[0])};", text)


def clip(text: str, limit: int) -> str:
    """`text`, or its first `limit` characters up to a space."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    return (head[: head.rfind(" ")] if " " in head[limit // 2 :] else head) + " …"


def clip_start(text: str, limit: int) -> str:
    """`text`, or its last `limit` characters from a space."""
    return clip(text[::-1], limit)[::-1]


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def long_date(iso: str | None) -> str:
    """2025-10-10 as "October 10, 2025"; what is no ISO date stays as it is."""
    try:
        day = date.fromisoformat(iso or "")
    except ValueError:
        return iso or ""
    return f"{day:%B} {day.day}, {day.year}"


def clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


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
    html, done = "", 0
    for start, end, markup in sorted(cuts):
        html += escape(text[done:start]) + markup
        done = end
    return html + escape(text[done:])


def marker_link(message: int, marker: int) -> str:
    return f'<a class="cite" href="#m{message}-{marker}">&#91;{marker}&#93;</a>'


def sources_html(citations: Sequence[Citation], message: int) -> str:
    rows = []
    for citation in citations:
        name = escape(citation.speaker or UNNAMED)
        about = " · ".join(filter(None, (long_date(citation.date), citation.title)))
        rows.append(
            f'<li><a class="source" href="#m{message}-{citation.marker}"><b>{citation.marker}</b> '
            f"<span>{name}</span> <i>{escape(about)}</i></a></li>"
        )
    return f'<ul class="sources">{"".join(rows)}</ul>'


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question on the page and what came of it so far."""

    question: str
    status: str = "Searching the library"
    partial: str = ""
    note: str = ""
    answer: Answer | None = None
    error: str = ""

    @property
    def sources(self) -> tuple[Citation, ...]:
        if self.answer is None:
            return ()
        return self.answer.citations if self.answer.answered else self.answer.nearest


@dataclass(slots=True)
class Conversation:
    """One visitor's chat. `number` counts its fresh starts, so that an answer to a question
    from before one knows that it comes too late."""

    exchanges: list[Exchange] = field(default_factory=list)
    number: int = 0


def reply_html(exchange: Exchange, message: int) -> str:
    """The reply as one HTML block without a blank line, so that Markdown leaves it alone."""
    answer = exchange.answer
    if exchange.error:
        return failed_html(exchange.error)
    if answer is None:
        partial = f"<p>{escape(exchange.partial)}</p>" if exchange.partial else ""
        waiting = f'<p class="status">{escape(exchange.status)} …</p>'
        return f'<div class="reply">{partial or waiting}</div>'
    if answer.answered:
        text = answer_text_html(answer, message)
        note = f'<p class="label">{escape(exchange.note)}</p>' if exchange.note else ""
        sources = sources_html(answer.citations, message)
        return f'<div class="reply"><p>{text}</p>{note}{sources}</div>'
    nearest = ""
    if answer.nearest:
        passages = sources_html(answer.nearest, message)
        nearest = f'<p class="label">Nearest passages</p>{passages}'
    return f'<div class="reply refused"><p>{escape(answer.text)}</p>{nearest}</div>'


def chat_messages(exchanges: Sequence[Exchange]) -> list[dict[str, str]]:
    messages = []
    for message, exchange in enumerate(exchanges, start=1):
        asked = f'<div class="asked">{escape(clip(exchange.question, ECHO_CHARS))}</div>'
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


def evidence_html(transcript: Transcript, citation: Citation, question: str = "") -> str:
    """The cited turn in its conversation, the exact words marked."""
    turns, at = transcript.turns, citation.turn
    if at >= len(turns) or turns[at].text[citation.start : citation.end] != citation.quote:
        return stale_html(citation, "The transcript has changed since this answer. It said:")
    colours = speaker_colours(turns)
    rows = []
    for turn in turns[max(0, at - CONTEXT_TURNS) : at + CONTEXT_TURNS + 1]:
        if turn.position == at:
            body = marked_html(turn, citation.start, citation.end)
        else:
            near = clip_start if turn.position < at else clip
            body = escape(near(turn.text, CONTEXT_CHARS))
        rows.append(turn_html(turn, colours, body, cited=turn.position == at))
    facts = [long_date(transcript.date), transcript.place or ""]
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


def stale_html(citation: Citation, why: str) -> str:
    """What an answer quoted from words that are no longer there."""
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
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-head="{escape(name)}">{escape(cell)}</td>'
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
    heads = ["Title", "Date", "Speakers", "Turns", "Passages"]
    unread = any(document.unread for document in documents)
    rows = []
    for d in documents:
        row = [d.title, long_date(d.date), clip(", ".join(d.speakers), 200)]
        row += [f"{d.turns:,}", f"{d.passages:,}"]
        rows.append([*row, f"{d.unread:,}" if d.unread else ""] if unread else row)
    return table_html("In the library", [*heads, "Unread lines"] if unread else heads, rows)


def progress_html(step: Progress) -> str:
    return (
        f'<div class="progress"><progress max="{max(step.total, 1)}" value="{step.done}" '
        f'aria-label="Files read"></progress><p>{step.done:,} of {count(step.total, "file")}, '
        f"{count(step.passages, 'passage')} · {escape(step.file)}</p></div>"
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
            rows.append([file.id, file.state, what if file.state == "read" else "", why])
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


# --- what the page does, apart from gradio ------------------------------------------------


def converse(
    assistant: Assistant, question: str, exchanges: Sequence[Exchange], filters: Filters
) -> Iterator[list[Exchange]]:
    """The conversation after each step of an answer; the last one holds the answer or an error.

    An exchange keeps the clipped question: a rejected one may be as long as a book.
    """
    history = [(e.question, e.answer.text) for e in exchanges if e.answer]
    now = Exchange(clip(question, ECHO_CHARS))
    yield [*exchanges, now]
    try:
        for step in assistant.stream(question, filters=filters, history=history):
            if step.kind == "status":
                now = replace(now, status=step.text)
            elif step.kind == "text":
                now = replace(now, partial=step.text)
            elif step.kind == "note":
                now = replace(now, note=step.text)
            elif step.kind == "answer":
                now = replace(now, answer=step.answer)
            yield [*exchanges, now]
    except Exception as error:
        yield [*exchanges, replace(now, error=explain(error))]


def find_evidence(library: Library, exchanges: Sequence[Exchange], key: object) -> str:
    """The evidence for "m2-1": the second message's first source. The key comes from a browser."""
    found = re.fullmatch(r"m(\d{1,6})-(\d{1,6})", str(key))
    message, marker = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= message <= len(exchanges):
        return hint_html("This answer is from an earlier visit. Ask again to see its words.")
    exchange = exchanges[message - 1]
    for citation in exchange.sources:
        if citation.marker == marker:
            try:
                transcript = library.transcript(citation.transcript)
            except NotInLibrary:
                return stale_html(citation, "This transcript has left the library. It said:")
            except Exception as error:
                return failed_html(explain(error))
            return evidence_html(transcript, citation, exchange.question)
    return hint_html("This source is not part of the answer.")


def newest_evidence(library: Library, exchanges: Sequence[Exchange]) -> str:
    """The first source of an answer at once; a refusal waits for a choice."""
    last = exchanges[-1]
    if last.answer and last.answer.answered and last.sources:
        return find_evidence(library, exchanges, f"m{len(exchanges)}-{last.sources[0].marker}")
    return hint_html("No words answer this. Choose a nearest passage to read it here.")


def add_readable(library: Library, paths: Sequence[Path], on_progress: OnProgress) -> SyncReport:
    """Adds the files that can be read and reports the others; `library.add` takes all or none.

    Raises InputError where a file can't be taken for another reason, such as its name.
    """
    left, failed = list(paths), []
    while left:
        try:
            report = library.add(left, on_progress=on_progress)
        except UnreadableFile as error:
            if error.path not in left:
                raise
            left.remove(error.path)
            failed.append(FileResult(error.path.name, "failed", why=error.why))
        else:
            return replace(report, files=(*report.files, *failed))
    return SyncReport(tuple(failed))


def explain(error: Exception) -> str:
    """What the page says of an error; a fault of ours goes to the log in full."""
    if isinstance(error, TurnciteError):
        return clip(str(error), 600)
    log.error("The page failed", exc_info=error)
    return UNEXPECTED


def follow(work: Callable[..., SyncReport]) -> Iterator[Progress | SyncReport]:
    """Runs `work(on_progress=...)` in a thread; yields its latest progress, then its report."""
    steps: queue.SimpleQueue[Progress | SyncReport | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            steps.put(work(on_progress=steps.put))
        except Exception as error:
            steps.put(error)

    threading.Thread(target=run, daemon=True).start()
    while True:
        step = steps.get()
        while isinstance(step, Progress) and not steps.empty():
            step = steps.get()
        if isinstance(step, Exception):
            raise step
        yield step
        if isinstance(step, SyncReport):
            return


# --- the page -----------------------------------------------------------------------------

# One listener on the document: the chat redraws its messages, so their links come and go.
CLICKS_JS = """
window.turnciteShow = key => trigger('select', {key});
if (!window.turnciteListens) {
  window.turnciteListens = true;
  document.addEventListener('click', click => {
    const link = click.target.closest && click.target.closest('a.cite, a.source');
    if (!link) return;
    click.preventDefault();
    window.turnciteShow(link.getAttribute('href').slice(1));
    const panel = document.getElementById('evidence');
    if (innerWidth < 900 && panel) panel.scrollIntoView({behavior: 'smooth', block: 'start'});
  }, true);
}
watch('value', () => {
  const panel = document.getElementById('evidence'), mark = element.querySelector('mark');
  if (!panel) return;
  const middle = mark ? mark.getBoundingClientRect().top - panel.getBoundingClientRect().top : 0;
  panel.scrollTop = mark ? panel.scrollTop + middle - panel.clientHeight / 2 : 0;
});
"""

# A chip is typed and sent like any question, so that questions have one way in and one queue.
CHIPS_JS = """
element.addEventListener('click', click => {
  const chip = click.target.closest('button.chip');
  const box = document.querySelector('#question textarea');
  if (!chip || click.detail > 1) return;
  box.value = chip.dataset.question;
  box.dispatchEvent(new Event('input', {bubbles: true}));
  setTimeout(() => document.querySelector('#question button').click(), 50);
});
"""

CSS = """
.gradio-container { width: 100%; max-width: 1320px !important; margin: 0 auto !important; }
:root, .dark { --body-text-color-subdued: #6b6560; }
.dark { --body-text-color-subdued: #b3ada6; }
:root { --mark: #ffe79a; --accent: #1d4f7c; --refused: #6b6455; --failed: #9a2b1f;
  --voice0: #1d4f7c; --voice1: #8a3b12; --voice2: #2f6b3a; --voice3: #7a2d6b;
  --voice4: #0b6a6a; --voice5: #7a5b00; --voice6: #5142a0; --voice7: #a02545; }
.dark { --mark: #6b5410; --accent: #8fc1ee; --refused: #b5ad9b; --failed: #f0958a;
  --voice0: #8fc1ee; --voice1: #f0aa80; --voice2: #93d3a0; --voice3: #e3a3d5;
  --voice4: #7fd3d3; --voice5: #dcc06a; --voice6: #b9aef5; --voice7: #f5a0b5; }
#question textarea { outline: none !important; box-shadow: none !important; }
#question:focus-within { border-color: var(--accent); box-shadow: 0 0 0 2px var(--accent); }
:focus-visible { outline: 3px solid var(--accent) !important; outline-offset: 2px; }
#question .submit-button { background: var(--accent); color: var(--background-fill-primary); }
#question .submit-button:focus-visible { outline-offset: 3px; }
input:focus-visible { outline: none !important; }
#chat .md { opacity: 1; }
#chat .welcome { padding: 1.5rem; text-align: center; color: var(--body-text-color-subdued); }
#header h1 { font-size: 1.6rem; margin: 0; display: inline-block; }
#header .size { display: inline-block; margin: 0 0 0 .8rem; color: var(--body-text-color-subdued); }
#header .motto { margin: .1rem 0 0; color: var(--body-text-color-subdued); }
.label { font-size: .8rem; color: var(--body-text-color-subdued); margin: 0 0 .3rem; }
.hint { color: var(--body-text-color-subdued); margin: 0; }
.reply p, .asked, .evidence p { white-space: pre-line; overflow-wrap: anywhere; }
.reply p { margin: 0 0 .5rem; }
.reply .status { color: var(--body-text-color-subdued); }
a.cite, a.source { color: var(--accent) !important; text-decoration: none !important; }
a.cite { font-weight: 600; padding: 0 .15rem; }
a.cite:hover, a.source:hover span { text-decoration: underline !important; }
.reply ul.sources { list-style: none; margin: .4rem 0 0; padding: 0; font-size: .88rem; }
.reply ul.sources li { margin: 0; padding: 0; }
a.source { display: block; padding: .3rem .1rem; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; border-top: 1px solid var(--border-color-primary); }
a.source i { font-style: normal; color: var(--body-text-color-subdued); }
.reply.refused > p:first-child { color: var(--refused); font-style: italic; }
.reply.refused, .reply.failed { border-left: 3px solid var(--refused); padding-left: .8rem; }
.reply.failed { border-color: var(--failed); color: var(--failed); }
.chips { display: flex; flex-wrap: wrap; gap: .5rem; }
.chip { border: 1px solid var(--border-color-primary); border-radius: 1rem; cursor: pointer;
  padding: .3rem .8rem; background: var(--background-fill-primary); color: var(--body-text-color);
  font-size: .88rem; font-weight: 400; text-align: left; }
.chip:hover { border-color: var(--accent); }
#evidence { max-height: calc(100dvh - 11rem); overflow-y: auto !important;
  border: 1px solid var(--border-color-primary); border-radius: 8px;
  background: var(--background-fill-primary); }
#evidence > div:last-child { padding: 0 !important; }
#evidence .hint { padding: 1rem 1.2rem; }
.evidence header { position: sticky; top: 0; z-index: 1; padding: 1rem 1.2rem .6rem;
  background: var(--background-fill-primary);
  border-bottom: 1px solid var(--border-color-primary); }
.evidence h2 { font-size: 1.05rem; margin: 0; }
.evidence .facts { margin: .2rem 0 0; font-size: .88rem;
  color: var(--body-text-color-subdued); }
.evidence ol { list-style: none; margin: 0; padding: .6rem 1.2rem; }
.evidence .turn { margin: 0; padding: .6rem 0 .6rem .9rem; border-left: 3px solid transparent;
  opacity: .85; }
.evidence .turn.cited { border-left-color: var(--accent); opacity: 1; }
.evidence .turn p { display: block; margin: .1rem 0 0; font-size: 1rem; line-height: 1.55;
  font-family: Georgia, 'Liberation Serif', serif; }
.evidence time { font-size: .8rem; color: var(--body-text-color-subdued); margin-left: .4rem; }
mark { background: var(--mark); color: inherit; padding: .05em 0; }
.table table { width: 100%; border: 0 !important; border-collapse: collapse; font-size: .92rem; }
.table caption { text-align: left; font-size: .8rem; color: var(--body-text-color-subdued); }
.table table tr { border: 0 !important; border-bottom: 1px solid var(--border-color-primary)
  !important; }
.table th, .table td { text-align: left; padding: .4rem .8rem .4rem 0; vertical-align: top;
  border: 0 !important; overflow-wrap: break-word; }
.progress progress { width: 100%; height: .5rem; appearance: none; border: 0; }
.progress progress::-webkit-progress-bar { background: var(--border-color-primary); }
.progress progress::-webkit-progress-value { background: var(--accent); }
.progress progress::-moz-progress-bar { background: var(--accent); }
#columns > * { min-width: 0 !important; }
@media (max-width: 900px) {
  #columns { flex-direction: column; }
  #columns > * { width: 100%; }
  #evidence { max-height: 85dvh; }
  .evidence h2 { font-size: .95rem; }
  a.source { white-space: normal; }
  .table thead { position: absolute; clip-path: inset(50%); }
  .table table, .table caption, .table tbody, .table tr, .table td { display: block; }
  .table tr { padding: .4rem 0; }
  .table td { padding: .1rem 0; }
  .table td:empty { display: none; }
  .table td::before { content: attr(data-head) ": "; color: var(--body-text-color-subdued); }
}
""" + "".join(f".voice{n} {{ color: var(--voice{n}); }}\n" for n in range(SPEAKER_COLOURS))

FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]


def build(assistant: Assistant) -> gr.Blocks:
    """The page over an assistant; nothing listens until it is launched."""
    library = assistant.library
    with gr.Blocks(title="Turncite", delete_cache=(3600, 3600)) as page:
        conversation = gr.State(Conversation())  # copied for each visit
        confirmed = gr.State("")  # what the confirm step named, whatever is chosen since
        header = gr.HTML(elem_id="header")
        with gr.Tab("Ask"), gr.Row(elem_id="columns", equal_height=False):
            with gr.Column(scale=6, min_width=320):
                chat = gr.Chatbot(
                    show_label=False,
                    label="Conversation",
                    height="calc(100dvh - 29rem)",
                    min_height=300,
                    layout="panel",
                    buttons=[],
                    feedback_options=None,
                    latex_delimiters=[],
                    elem_id="chat",
                )
                box = gr.Textbox(
                    label="Ask about your transcripts",
                    placeholder="Who said what, when, about what?",
                    lines=1,
                    max_lines=5,
                    submit_btn="Ask",
                    elem_id="question",
                )
                chips = gr.HTML(js_on_load=CHIPS_JS)
                with gr.Accordion("Search only in", open=False):
                    speakers = gr.Dropdown(multiselect=True, label="Speakers", choices=[])
                    documents = gr.Dropdown(multiselect=True, label="Transcripts", choices=[])
                fresh = gr.Button("New conversation", size="sm")
            with gr.Column(scale=5, min_width=320):
                evidence = gr.HTML(hint_html(HINT), elem_id="evidence", js_on_load=CLICKS_JS)
        with gr.Tab("Library"):
            table = gr.HTML()
            files = gr.File(label="Add transcripts", file_count="multiple", height=150)
            report = gr.HTML(elem_id="report")
            with gr.Row(equal_height=True):
                doomed = gr.Dropdown(label="Remove a transcript", choices=[], scale=4)
                remove = gr.Button("Remove", size="md", min_width=120)
            with gr.Row(visible=False, equal_height=True) as confirm:
                sure = gr.HTML(scale=4)
                delete = gr.Button("Delete the file", variant="stop", size="md", min_width=120)
                keep = gr.Button("Keep it", size="md", min_width=120)
            with gr.Row():
                reread = gr.Button("Read what changed in the folder", size="md")
                rebuild = gr.Button("Rebuild the index", size="md")

        chosen = [speakers, documents]
        views = [header, table, chat, chips, speakers, documents, doomed]

        @lru_cache(maxsize=8)  # they take answers to make, and every visit shows them
        def examples(held):
            return assistant.examples() if held else []

        def refresh(chosen_speakers=(), chosen_documents=()):
            """Everything that shows the library; the examples, which take answers, come last."""
            try:
                held = library.documents()
                names = sorted({name for document in held for name in document.speakers})
                labels = [" · ".join(filter(None, (d.title, long_date(d.date)))) for d in held]
                titles = [(label, d.id) for label, d in zip(labels, held, strict=True)]
                removable = [
                    (f"{label} ({d.id})", d.id) for label, d in zip(labels, held, strict=True)
                ]
                kept_names = [name for name in chosen_speakers if name in names]
                kept_ids = [d.id for d in held if d.id in chosen_documents]
                yield {
                    header: header_html(held),
                    table: documents_html(held),
                    chat: gr.update(placeholder=welcome_html(held)),
                    speakers: gr.update(choices=names, value=kept_names),
                    documents: gr.update(choices=titles, value=kept_ids),
                    doomed: gr.update(choices=removable, value=None),
                }
                yield {chips: chips_html(examples(tuple(held)))}
            except Exception as error:
                gr.Warning(escape(explain(error)))

        def respond(typed, talk, chosen_speakers, chosen_documents):
            question = (typed or "").strip()
            if not question:
                gr.Info("Type a question first, or choose an example.")
                yield {box: ""}
                return
            number = talk.number
            filters = Filters(tuple(chosen_speakers), tuple(chosen_documents))
            yield {box: ""}  # once: the next question may be typed while this one is answered
            for now in converse(assistant, question, talk.exchanges, filters):
                if talk.number != number:
                    return
                shown = {chat: chat_messages(now)}
                if now[-1].error:
                    talk.exchanges = now
                    gr.Warning(escape(now[-1].error))
                elif now[-1].answer:
                    talk.exchanges = now
                    shown[evidence] = newest_evidence(library, now)
                yield shown

        def start_over(talk):
            talk.number += 1
            talk.exchanges = []
            return [], hint_html(HINT)

        def show(event: gr.EventData, talk):
            return find_evidence(library, talk.exchanges, event._data.get("key"))

        def change(work, chosen):
            """Runs `work` on the library, shows each step, then the page as it is now."""
            try:
                for step in follow(work):
                    show_step = progress_html if isinstance(step, Progress) else report_html
                    yield {report: show_step(step)}
            except Exception as error:
                message = explain(error)
                gr.Warning(escape(message))
                yield {report: failed_html(message)}
            yield from refresh(*chosen)

        def add(paths, *chosen):
            found = [Path(path) for path in paths or ()]
            yield {files: None}
            yield from change(partial(add_readable, library, found), chosen)

        def sync(*chosen):
            yield from change(library.sync, chosen)

        def rebuild_all(*chosen):
            yield from change(partial(library.sync, rebuild=True), chosen)

        def confirm_first(name):
            if not name:
                gr.Info("Choose a transcript to remove first.")
                return {confirm: gr.update(visible=False)}
            question = f"Delete {name} from {library.path}? This cannot be undone."
            asked = f"<p>{escape(question)}</p>"
            return {confirm: gr.update(visible=True), sure: asked, confirmed: name}

        def remove_now(name, *chosen):
            yield {confirm: gr.update(visible=False)}
            if name:
                yield from change(lambda on_progress: library.remove(name), chosen)

        def ask(
            question: str,
            speakers: list[str] | None = None,
            documents: list[str] | None = None,
            since: str | None = None,
            until: str | None = None,
        ) -> dict[str, Any]:
            """A cited answer; the same document as `turncite ask --json`."""
            filters = Filters(tuple(speakers or ()), tuple(documents or ()), since, until)
            try:
                return assistant.ask(question, filters=filters).as_json()
            except Exception as error:
                raise gr.Error(explain(error), print_exception=False) from error

        private = {"api_visibility": "private", "show_progress": "hidden"}
        writes = {**private, "concurrency_id": "library", "concurrency_limit": 1}
        page.load(refresh, None, views, **private)
        # A question sent while another is answered waits for it, and then reads the box.
        asking = box.submit(
            respond,
            [box, conversation, *chosen],
            [chat, box, evidence],
            trigger_mode="always_last",
            **private,
        )
        # Every click is sent with its own key, and one at a time keeps their order.
        evidence.select(
            show, conversation, evidence, trigger_mode="multiple", concurrency_limit=1, **private
        )
        again = [fresh.click, chat.clear]
        gr.on(again, start_over, conversation, [chat, evidence], cancels=[asking], **private)
        files.upload(add, [files, *chosen], [report, files, *views], **writes)
        reread.click(sync, chosen, [report, *views], **writes)
        rebuild.click(rebuild_all, chosen, [report, *views], **writes)
        remove.click(confirm_first, doomed, [confirm, sure, confirmed], **private)
        keep.click(lambda: gr.update(visible=False), None, confirm, **private)
        delete.click(remove_now, [confirmed, *chosen], [confirm, report, *views], **writes)
        gr.api(ask, api_name="ask")
    return page


# --- the server ---------------------------------------------------------------------------


def free_port(host: str, port: int) -> int:
    """The port, or any free one for 0. Raises InputError where nothing can listen there."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address[0], port, *address[2:]))  # getaddrinfo wraps a large port
            return probe.getsockname()[1]
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        other = port + 1 if port < 65535 else 7861
        raise InputError(
            f"Cannot listen on {host}, port {port}: {why}. "
            f"Choose another port, for example: turncite serve --port {other}"
        ) from error


def launch(assistant: Assistant, *, host: str = "127.0.0.1", port: int = 7860) -> gr.Blocks:
    """Starts the page in the background; `local_url` tells where, `close()` stops it."""
    port = free_port(host, port)
    # Gradio asks its own server whether it is up; a proxy must not carry that elsewhere.
    direct = [os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), host, "localhost"]
    os.environ["no_proxy"] = ",".join(filter(None, direct))
    page = build(assistant)
    page.queue(default_concurrency_limit=8)
    page.launch(
        server_name=f"[{host}]" if ":" in host else host,
        server_port=port,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        enable_monitoring=False,
        run_history=False,
        footer_links=[],
        max_file_size=MAX_UPLOAD,
        css=CSS,
        theme=gr.themes.Default(
            primary_hue="blue",
            neutral_hue="stone",
            font=FONTS,
            font_mono=["ui-monospace", "Liberation Mono", "monospace"],
        ),
    )
    return page


def serve(
    assistant: Assistant,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
) -> None:
    """Serves the page until Ctrl-C. Raises InputError where the port is taken."""
    page = launch(assistant, host=host, port=port)
    print(f"Turncite is at {page.local_url} (Ctrl-C stops it)", flush=True)
    if open_browser:
        webbrowser.open(page.local_url)
    page.block_thread()


if __name__ == "__main__":
    from rag.cli import main

    main(["serve", *sys.argv[1:]])
