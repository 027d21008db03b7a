"""How results look in a terminal: the progress bar, the table of a sync, an answer with sources."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from index.types import Progress, SyncReport

    from .types import Answer

T = TypeVar("T")

# Of a table that goes into a file or a pipe, in characters.
_FILE_WIDTH = 200


def with_progress(work: Callable[[Callable[[Progress], None]], T]) -> T:
    """Run `work` with a progress bar on stderr, shown once there is something to wait for."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    from .compose import pace

    console = Console(stderr=True)
    columns = (
        BarColumn(), MofNCompleteColumn(), TextColumn("files, {task.fields[pace]}"),
        TextColumn("{task.description}", markup=False),
    )  # fmt: skip
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, pace="", visible=False)

        def report(at: Progress) -> None:
            bar.update(
                task,
                description=at.file,
                completed=at.done,
                total=at.total,
                pace=pace(at),
                visible=at.passages > 0 or at.total > 1,
            )

        return work(report)


def print_report(report: SyncReport) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None)
    table.add_column("file", overflow="fold")  # a name is never cut
    for heading in ("state", "turns", "passages", "unread lines", "why"):
        table.add_column(heading)
    for result in report.files:
        if result.state != "unchanged":
            counts = (result.turns, result.passages, result.unread)
            shown = [str(n) if result.state == "read" else "" for n in counts]
            table.add_row(escape(result.id), result.state, *shown, escape(result.why))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    if table.row_count:
        console.print(table)
    states = ("read", "unchanged", "skipped", "failed", "removed")
    console.print(", ".join(f"{report.count(s)} {s}" for s in states if report.count(s)) or "empty")
    for note in report.notes:
        print(note, file=sys.stderr)


def answer_text(answer: Answer) -> str:
    from .compose import place_of

    lines = []
    if answer.short and all(answer.short != citation.quote for citation in answer.citations):
        lines += [answer.short, ""]
    lines.append(answer.text)
    cited = answer.citations or answer.nearest
    if cited and not answer.answered:
        lines += ["", "Nearest:"]
    for citation in cited:
        lines += ["", f"[{citation.marker}] {place_of(citation)}", indented(citation.quote)]
    return "\n".join(lines)


def indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))
