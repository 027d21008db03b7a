"""Commands that keep a library: sync, add, remove, list, show, export, import."""

from __future__ import annotations

import json
import re
import signal
import threading
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import DamagedIndex, LibraryError, TurnciteError

from ..documents import document_of_library, document_of_transcript
from ..terminal import print_report, with_progress, write
from .opening import embedder, json_of, opened_library, say, server, when_free
from .options import DEFAULT_LIBRARY, JsonOption, LibraryOption, WatchOption

if TYPE_CHECKING:
    from types import FrameType

    from index import Library, Transcript
    from index.sync import Shard
    from index.types import FileResult


def sync(
    library: LibraryOption = DEFAULT_LIBRARY,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read and embed all anew.")] = False,
    watch: WatchOption = False,
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="I/N", help="Only this machine's share of the files, for TURNCITE_STORE."
        ),
    ] = None,
) -> None:
    """Index what changed, and show what was read, skipped and failed."""
    part = _shard(shard)
    with opened_library(library, set_damaged_aside=rebuild) as opened:
        work = partial(opened.sync, rebuild=rebuild, shard=part)
        print_report(with_progress(lambda report: when_free(partial(work, on_progress=report))))
        if watch:
            stop = threading.Event()

            def stopped(number: int, frame: FrameType | None) -> None:
                stop.set()  # an interrupt can get lost in a library's clean-up; this can't
                signal.default_int_handler(number, frame)

            signal.signal(signal.SIGINT, stopped)
            say(f"Watching {library.resolve()}; Ctrl-C stops it")
            follow_folder(opened, stop)


def add(
    files: Annotated[
        list[Path], typer.Argument(help="Transcripts, or .zip files of them, to copy in.")
    ],
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Copy files into the library and index them."""
    with opened_library(library) as opened:
        result = with_progress(
            lambda report: when_free(partial(opened.add, files, on_progress=report))
        )
    print_report(result)
    wanted = {file.name for file in files}
    if any(row.state == "failed" and row.id.split("/")[0] in wanted for row in result.files):
        raise typer.Exit(1)


def remove(
    document: Annotated[str, typer.Argument(metavar="ID", help="A document of `turncite list`.")],
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Delete a document's file from the library."""
    with opened_library(library) as opened:
        print_report(when_free(partial(opened.remove, document)))


def rename(
    old: Annotated[str, typer.Argument(help="The speaker, as `turncite list` names them.")],
    new: Annotated[str, typer.Argument(help="The new name.")],
    library: LibraryOption = DEFAULT_LIBRARY,
    document: Annotated[
        str | None, typer.Option("--document", help="In this document only.")
    ] = None,
) -> None:
    """Call a speaker by another name; nothing is embedded anew."""
    with opened_library(library) as opened:
        print_report(
            with_progress(
                lambda report: when_free(
                    partial(opened.rename, old, new, document, on_progress=report)
                )
            )
        )


def feedback(library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """Print what was thought of answers, as labelled questions for `turncite evaluate`."""
    from ..feedback import labelled, read_feedback

    with opened_library(library) as opened:
        rows = labelled(opened)
        judged = sum(1 for _ in read_feedback(opened))
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))
    say(f"{judged} answers judged; {len(rows)} questions of which what is right is known")


def list_documents(library: LibraryOption = DEFAULT_LIBRARY, as_json: JsonOption = False) -> None:
    """List documents with date, speakers and turns."""
    with opened_library(library) as opened:
        if not (opened.read_only or opened.shared):
            try:
                with_progress(lambda report: opened.sync(on_progress=report, wait_seconds=0))
            except DamagedIndex:
                raise
            except LibraryError as error:
                say(f"Listed as it was last indexed: {error}")
        documents = opened.documents()
    if as_json:
        print(json_of(document_of_library(documents)))
        return
    for document in documents:
        where = ", ".join(part for part in (document.date, document.place) if part)
        write(f"{document.id}\n  {document.title}")
        write(f"  {where or 'no date'}; {document.turns} turns; {', '.join(document.speakers)}")
        if document.unread:
            write(f"  {document.unread} lines are not speech; see: turncite show {document.id}")
    if not documents:
        write(f"{library} holds no transcripts; add some with: turncite add FILE")


def show(
    document: Annotated[str, typer.Argument(metavar="FILE|ID", help="A file, or a document.")],
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Show a transcript as Turncite reads it: title, date, turns, unread lines."""
    transcript = _find_transcript(document, library)
    if as_json:
        print(json_of(document_of_transcript(transcript)))
        return
    write(transcript.title)
    write(", ".join(part for part in (transcript.date, transcript.place) if part) or "no date")
    for person in transcript.people:
        write(f"  {person.name}{f' ({person.role})' if person.role else ''}")
    for turn in transcript.turns:
        clock = f" at {turn.start_seconds:.0f} s" if turn.start_seconds is not None else ""
        write(f"\n[{turn.position + 1}] {turn.speaker or 'no speaker'}{clock}\n{turn.text}")
    if transcript.unread:
        write(f"\nNot speech ({len(transcript.unread)} lines):")
    for line in transcript.unread:
        write(f"  line {line.line}: {line.text[:100]} ({line.why})")


def export_library(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Write the library with its index into one file, for another machine."""
    with opened_library(library) as opened:
        left_out = with_progress(lambda report: opened.export(file, on_progress=report))
        count = len(opened.documents())
    for name in left_out:
        say(f"not exported, as it is no transcript: {name}")
    print(f"{file}: {count} transcript{'s' if count != 1 else ''} with their index; on the other "
          f"machine: turncite import {file.name} --library FOLDER")  # fmt: skip


def import_library(
    file: Annotated[Path, typer.Argument(help="A file that `turncite export` wrote.")],
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Make an exported library anew in an empty folder."""
    from index import Library

    restored = with_progress(
        lambda report: Library.restore(file, library, embedder(), on_progress=report)
    )
    with closing(restored):
        print_report(with_progress(lambda report: restored.sync(on_progress=report)))


def follow_folder(library: Library, stop: threading.Event) -> None:
    from index.types import SyncReport
    from index.watch import follow

    before: set[FileResult] = set()
    for outcome in follow(library, stop):
        if isinstance(outcome, TurnciteError):
            say(f"turncite: {outcome}")
            continue
        done = [file for file in outcome.files if file.state in ("read", "removed")]
        news = [*done, *({*outcome.files} - before - {*done})]
        before = {file for file in outcome.files if file.state in ("skipped", "failed")}
        if any(file.state != "unchanged" for file in news):
            with suppress(OSError):  # nobody reads it any more, yet the index is to be kept
                print_report(
                    SyncReport(tuple(sorted(news, key=lambda file: file.id)), outcome.notes)
                )


def _shard(given: str | None) -> Shard:
    from index.sync import WHOLE, Shard

    if given is None:
        return WHOLE
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", given)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise typer.BadParameter(
            f"{given} is no share such as 1/4, the first of four", param_hint="--shard"
        )
    if not server()["store"]:
        raise typer.BadParameter(
            "a share of the files is for an index that several machines write to; "
            "set TURNCITE_STORE",
            param_hint="--shard",
        )
    return Shard(int(found[1]) - 1, int(found[2]))


def _find_transcript(document: str, library: Path) -> Transcript:
    """A document of the library by its id, else a file by its path."""
    from index.parse import parse_file

    path = Path(document)
    if library.is_dir():
        from index import Library
        from index.errors import NotInLibrary

        opened = Library.open(library, embedder(), **server())
        try:
            return opened.transcript(document)
        except NotInLibrary:
            if not path.exists() and (library / document).is_file():
                return parse_file(library / document, document)
            if not path.exists():
                raise
        finally:
            opened.close()
    return parse_file(path)
