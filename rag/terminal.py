"""How results look in a terminal: the progress bar, the table of a sync, an answer with sources."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

    from index.types import Progress, SyncReport

    from .types import Answer, Event

T = TypeVar("T")

# Of a table that goes into a file or a pipe, in characters.
_FILE_WIDTH = 200
# All but tab and line end. To a terminal they are orders: to clear it, to name its window, to fill
# the clipboard.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """What files and their names hold, as words for a terminal."""
    return _CONTROLS.sub("\ufffd", text)


def write(text: str) -> None:
    """A line of what files hold, on stdout."""
    print(plain(text))


def with_progress(work: Callable[[Callable[[Progress], None]], T]) -> T:
    """Run `work` with a progress bar on stderr, shown once there is something to wait for."""
    bar: _Bar | None = None

    def report(at: Progress) -> None:
        nonlocal bar
        if bar is None and at.done < at.total:
            bar = _Bar()
        if bar is not None:
            bar.show(at)

    try:
        return work(report)
    finally:
        if bar is not None:
            bar.stop()


class _Bar:
    """How many files of a sync are done."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        console = Console(stderr=True)
        self._bar = Progress(
            BarColumn(), MofNCompleteColumn(), TextColumn("files, {task.fields[pace]}"),
            TextColumn("{task.description}", markup=False),
            console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task("", total=None, pace="", visible=False)
        self._bar.start()

    def show(self, at: Progress) -> None:
        from .compose import pace

        self._bar.update(
            self._task,
            description=plain(at.file),
            completed=at.done,
            total=at.total,
            pace=pace(at),
            visible=at.passages > 0 or at.total > 1,
        )

    def stop(self) -> None:
        self._bar.stop()


def counted(items: Sequence[T]) -> Iterable[T]:
    """The items, with a bar on stderr of how many of them are done."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(
        items, "questions", console=console, transient=True, disable=not console.is_terminal
    )


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
            file, why = (escape(plain(text)) for text in (result.id, result.why))
            table.add_row(file, result.state, *shown, why)
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    if table.row_count:
        console.print(table)
    states = ("read", "renamed", "unchanged", "skipped", "failed", "removed")
    console.print(", ".join(f"{report.count(s)} {s}" for s in states if report.count(s)) or "empty")
    for note in report.notes:
        print(plain(note), file=sys.stderr)


def print_evaluation(measured: Mapping[str, Any]) -> None:
    """What `evaluate` measured, and where it was compared, how that differs; in percent."""
    print(f"{measured['questions']} questions; {_in_words(measured['settings'])}")
    table = _numbers("", "questions", "%", "95% interval")
    for name, row in {**measured, **measured["retrieval"]}.items():
        if isinstance(row, dict) and row.get("of"):
            mean = row["share"] if "share" in row else row["mean"]
            interval = f"{_percent(row['low'])} to {_percent(row['high'])}"
            table.add_row(name, str(row["of"]), _percent(mean), interval)
    _print_numbers(table)
    p50, p95 = measured["p50 ms"], measured["p95 ms"]
    print(f"An answer takes {p50:.0f} ms in the median, {p95:.0f} ms at the 95th percentile.")
    if "comparison" not in measured:
        return
    comparison = measured["comparison"]
    print(f"\nCompared with {comparison['with']}; {_in_words(comparison['settings'])}")
    table = _numbers("", "questions", "this %", "other %", "difference", "95% interval", "")
    for name, row in comparison["measures"].items():
        means = [_percent(row["this"]), _percent(row["other"]), _percent(row["difference"], "+")]
        interval = f"{_percent(row['low'], '+')} to {_percent(row['high'], '+')}"
        said = "" if row["shown"] else "no difference shown"
        table.add_row(name, str(row["of"]), *means, interval, said)
    _print_numbers(table)


def _in_words(settings: Mapping[str, Any]) -> str:
    where = "in each one's document" if settings["within"] else "in the whole library"
    return (
        f"ranking {settings['ranking']}, {where}, embedder {settings['embedder']}, "
        f"reader {settings['reader']}, "
        f"{settings['model'] or 'no language model'}, version {settings['version']}"
    )


def _percent(share: float, sign: str = "") -> str:
    return f"{100 * share:{sign}.1f}"


def _numbers(first: str, *rest: str) -> Table:
    from rich.table import Table

    table = Table(box=None)
    table.add_column(first)
    for heading in rest:
        table.add_column(heading, justify="right" if heading else "left")
    return table


def _print_numbers(table: Table) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    console.print(table)


def watched(events: Iterable[Event]) -> Answer:
    """The answer of a stream. Meanwhile its notes go to stderr, and what a language model writes,
    not checked yet, is shown there while it comes, where that is a terminal."""
    answer: Answer | None = None
    draft = _Draft()
    try:
        for event in events:
            if event.kind == "draft":
                draft.show(event.text)
            elif event.kind == "note":
                draft.stop()
                print(plain(event.text), file=sys.stderr)
            answer = event.answer or answer
    finally:
        draft.stop()
    assert answer is not None, "a stream ends in an answer"
    return answer


class _Draft:
    """What a language model is writing, shown on stderr until it is done."""

    def __init__(self) -> None:
        self._live: Live | None = None

    def show(self, text: str) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        if self._live is None:
            self._live = Live(console=Console(stderr=True), transient=True, auto_refresh=False)
        if self._live.console.is_terminal:
            self._live.start()
            self._live.update(Text(plain(text), "dim italic"), refresh=True)

    def stop(self) -> None:
        if self._live is not None:
            self._live.stop()


def answer_text(answer: Answer) -> str:
    from .compose import place_of

    lines = []
    if answer.short and all(answer.short != citation.quote for citation in answer.citations):
        lines += [answer.short, ""]
    lines.append(answer.text)
    if answer.model and answer.answered:
        lines += ["", f"Written by {answer.model}; each sentence was checked."]
        faults = [f"    “{s.text}”: {s.fault}" for s in answer.sentences if not s.supported]
        lines += ["Not supported:", *faults] if faults else []
    cited = answer.citations or answer.nearest
    if cited and not answer.answered:
        lines += ["", "Nearest:"]
    for citation in cited:
        lines += ["", f"[{citation.marker}] {place_of(citation)}"]
        if citation.asked:
            lines.append(indented(f"(asked: {' '.join(citation.asked.split())})"))
        lines.append(indented(citation.quote))
    return plain("\n".join(lines))


def indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))
