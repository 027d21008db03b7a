"""The library -> HTML, purely: the table of transcripts, what a sync did, what was not read."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.media import RECORDING_OF
from index.types import Document, FileResult, SyncReport, Transcript
from rag.compose import clock, pace

from .conversation import Doing, clip
from .html import FORMATS, count, file_html, hint_html, table_html
from .links import Spot, link_to
from .plain import date_words, escape
from .talk import who_html

SHOWN_DOCUMENTS = 200  # in the table at once
SHOWN_SPEAKERS = 6  # of a transcript
SHOWN_FILES = 12  # while a sync runs
UNREAD_LINES = 200  # listed at most
UNREAD_CHARS = 200  # of one of them
UNREAD_REASONS = 8
COLUMNS = ("Title", "Date", "Speakers", "Turns", "Length", "Size", "Unread lines")
LARGEST_FIRST = ("Date", "Turns", "Length", "Size", "Unread lines")


@dataclass(frozen=True, slots=True)
class Order:
    """How the table is sorted: by one of COLUMNS."""

    by: str = "Title"
    falling: bool = False

    def turned_to(self, column: str) -> Order:
        """After a click on the head of a column: by it, or the other way round."""
        if column not in COLUMNS:
            return self
        if column == self.by:
            return replace(self, falling=not self.falling)
        return Order(column, column in LARGEST_FIRST)


def sizes_of(folder: Path, documents: Sequence[Document]) -> dict[str, int]:
    """The bytes of each transcript's file that is there."""
    sizes = {}
    for document in documents:
        try:
            sizes[document.id] = (folder / document.id).stat().st_size
        except (OSError, ValueError):  # an index may outlive its files
            continue
    return sizes


def arranged(
    documents: Sequence[Document], words: str, order: Order, sizes: Mapping[str, int]
) -> list[Document]:
    """Those in whose title, file name, date, place or speakers all of the words stand, sorted.

    What lacks the value that is sorted by comes last.
    """
    wanted = _folded(words).split()
    held = [d for d in documents if all(word in _folded(_about(d)) for word in wanted)]

    def value(document: Document) -> str | int | float | None:
        return {
            "Title": _folded(document.title),
            "Date": document.date,
            "Speakers": _folded(", ".join(document.speakers)) or None,
            "Turns": document.turns,
            "Length": document.seconds,
            "Size": sizes.get(document.id),
            "Unread lines": document.unread,
        }[order.by]

    known = [d for d in held if value(d) is not None]
    known.sort(key=value, reverse=order.falling)  # type: ignore[arg-type]  # of one type each
    return known + [d for d in held if value(d) is None]


def documents_html(
    documents: Sequence[Document],
    words: str = "",
    order: Order = Order(),  # it is frozen
    sizes: Mapping[str, int] | None = None,
) -> str:
    """The table of transcripts. Its buttons are heard by script.js."""
    if not documents:
        return hint_html(f"No transcripts yet. Drop the first one above: {FORMATS}.")
    sizes = sizes or {}
    found = arranged(documents, words, order, sizes)
    if not found:
        return hint_html(f"None of {count(len(documents), 'transcript')} matches “{words}”.")
    optional = {
        "Length": any(d.seconds for d in documents),
        "Size": bool(sizes),
        "Unread lines": any(d.unread for d in documents),
    }
    columns = [name for name in COLUMNS if optional.get(name, True)]
    heads = [_head_html(name, order) for name in columns]
    rows = []
    for d in found[:SHOWN_DOCUMENTS]:
        cells = {
            "Title": _title_html(d),
            "Date": escape(date_words(d.date)),
            "Speakers": _few_html(d.speakers),
            "Turns": f"{d.turns:,}",
            "Length": clock(d.seconds) if d.seconds else "",
            "Size": size_words(sizes[d.id]) if d.id in sizes else "",
            "Unread lines": unread_button_html(d) if d.unread else "",
        }
        rows.append([*(cells[name] for name in columns), _remove_html(d)])
    caption = count(len(documents), "transcript")
    if len(found) < len(documents):
        caption = f"{len(found):,} of {caption}"
    if len(found) > SHOWN_DOCUMENTS:
        caption += f", the first {SHOWN_DOCUMENTS} are shown; find others by their words"
    return table_html(caption, [*columns, ""], rows, heads=[*heads, ""])


def size_words(size: int) -> str:
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:,.0f} kB" if size < 999_500 else f"{size / 1e6:,.1f} MB"


def unread_button_html(document: Document) -> str:
    label = f"Show {count(document.unread, 'unread line')} of {document.title}"
    return _button_html("unread", document, label, f"{document.unread:,}")


def unread_html(transcript: Transcript) -> str:
    """The lines of a transcript that became neither speech nor metadata, and why: first how many
    for which reason, as many lines of one page may have the same."""
    whys = Counter(line.why for line in transcript.unread)
    reasons = ""
    if len(transcript.unread) > UNREAD_REASONS:
        told = [f"{number:,}: {why}" for why, number in whys.most_common(UNREAD_REASONS)]
        reasons = f'<p class="label">{escape("; ".join(told))}</p>'
    shown = transcript.unread[:UNREAD_LINES]
    rows = [
        [escape(text) for text in (f"{line.line:,}", clip(line.text, UNREAD_CHARS), line.why)]
        for line in shown
    ]
    table = table_html(f"Unread lines of {transcript.title}", ["Line", "Text", "Why"], rows)
    left = len(transcript.unread) - len(shown)
    more = hint_html(f"And {left:,} more: turncite show {transcript.id}") if left else ""
    return reasons + table + more


def progress_html(doing: Doing) -> str:
    """How far it is, and the files that it came to, those at hand first."""
    step = doing.at
    open_ones = [name for name, result in doing.files.items() if result is None]
    done = [result for result in doing.files.values() if result is not None]
    rows = [
        f"<li><b>{escape(name)}</b> {'is being read' if name == step.file else 'is being indexed'}"
        "</li>"
        for name in open_ones[: -SHOWN_FILES - 1 : -1]
    ]
    rows += [
        f'<li class="{escape(result.state)}"><b>{escape(result.id)}</b> {_outcome(result)}</li>'
        for result in done[: -SHOWN_FILES - 1 : -1]
    ]
    more = len(doing.files) - SHOWN_FILES
    left = f"<li>and {count(more, 'other')}</li>" if more > 0 else ""
    return (
        f'<div class="progress"><progress max="{max(step.total, 1)}" value="{step.done}" '
        f'aria-label="Files read"></progress><p>{step.done:,} of {count(step.total, "file")}, '
        f"{pace(step)}</p>"
        f'<ul class="files">{"".join(rows[:SHOWN_FILES])}{left}</ul></div>'
    )


def _outcome(result: FileResult) -> str:
    if result.state == "read":
        return f"read: {count(result.turns, 'turn')}"
    return escape(": ".join(filter(None, (result.state, result.why))))


def report_html(report: SyncReport) -> str:
    """What was read, skipped and failed, and why; unchanged files only as a number."""
    states = ("read", "renamed", "removed", "failed", "skipped", "unchanged")
    counts = [f"{report.count(state)} {state}" for state in states if report.count(state)]
    notes = "".join(f"<p>{escape(note)}</p>" for note in report.notes)
    rows = [_file_row(file) for file in report.files if file.state != "unchanged"]
    table = table_html("What was done", ["File", "State", "Holds", "Notes"], rows) if rows else ""
    return f'<p class="label">{escape(", ".join(counts) or "Nothing to do")}</p>{notes}{table}'


def _file_row(file: FileResult) -> list[str]:
    why = file.why or (count(file.unread, "unread line") if file.unread else "")
    what = f"{count(file.turns, 'turn')}, {count(file.passages, 'passage')}"
    cells = (file.id, file.state, what if file.state == "read" else "", why)
    return [escape(cell) for cell in cells]


def not_read_html(report: SyncReport) -> str:
    """The files of the folder that are no part of the library, and why; nothing where all are.
    Recordings of transcripts are."""
    left = [
        file
        for file in report.files
        if file.state in ("skipped", "failed") and not file.why.startswith(RECORDING_OF)
    ]
    if not left:
        return ""
    rows = [[escape(file.id), file.state, escape(file.why)] for file in left[:SHOWN_DOCUMENTS]]
    table = table_html("Not in the library", ["File", "State", "Why"], rows)
    return (
        f"<details><summary>{count(len(left), 'file')} not in the library, and why</summary>"
        f"{table}</details>"
    )


def _title_html(document: Document) -> str:
    return (
        f'<a class="act" data-act="open" data-document="{escape(document.id)}" '
        f'href="{escape(link_to(Spot(document.id)))}">{escape(document.title)}</a>{file_html(document)}'
    )


def _remove_html(document: Document) -> str:
    return _button_html("remove", document, f"Remove {document.id}", "Remove")


def _button_html(act: str, document: Document, label: str, words: str) -> str:
    return (
        f'<button type="button" class="act" data-act="{act}" data-document="{escape(document.id)}"'
        f' aria-label="{escape(label)}">{words}</button>'
    )


def _head_html(column: str, order: Order) -> str:
    """The head of a column, which sorts by it."""
    way = ("descending" if order.falling else "ascending") if column == order.by else "none"
    sign = {"descending": " ▾", "ascending": " ▴", "none": ""}[way]
    return (
        f'<th scope="col" aria-sort="{way}"><button type="button" class="sort" data-act="sort" '
        f'data-column="{column}">{column}{sign}</button></th>'
    )


def _few_html(names: Sequence[str]) -> str:
    """Some of the speakers, each of whom leads to what they said where."""
    shown = ", ".join(who_html(name) for name in names[:SHOWN_SPEAKERS])
    more = len(names) - SHOWN_SPEAKERS
    return f"{shown} and {more:,} more" if more > 0 else shown


def _about(document: Document) -> str:
    known = [document.title, document.id, document.date, date_words(document.date), document.place]
    return "\n".join([*filter(None, known), *document.speakers])


def _folded(text: str) -> str:
    """Without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
