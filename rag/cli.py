"""The turncite command: arguments in, text or one JSON document out.

Results go to stdout, progress and messages to stderr. Exit code 0: done; 1: one clear line
says what is wrong and what to do; 2: the command was called wrongly. Heavy modules are
imported by the commands that need them, so that --help stays quick.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from index.errors import LibraryBusy, TurnciteError

from .terminal import answer_text, indented, print_report, with_progress

if TYPE_CHECKING:
    from index import Filters, Library, Transcript
    from index.sync import Shard
    from index.types import FileResult, SyncReport

    from .answer import Assistant
    from .llm import LLM
    from .types import Answer

app = typer.Typer(
    name="turncite",
    help="Ask questions of transcripts and get cited answers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

LibraryOption = Annotated[
    Path,
    typer.Option(
        "--library", "-l", envvar="TURNCITE_LIBRARY", help="The folder of your transcripts."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
SpeakerOption = Annotated[
    list[str] | None, typer.Option("--speaker", help="Only this speaker's words (repeatable).")
]
DocumentOption = Annotated[
    list[str] | None, typer.Option("--document", help="Only this document (repeatable).")
]
SinceOption = Annotated[str | None, typer.Option("--since", help="Only from YYYY-MM-DD on.")]
UntilOption = Annotated[str | None, typer.Option("--until", help="Only up to YYYY-MM-DD.")]
ModelOption = Annotated[
    str | None,
    typer.Option("--llm", envvar="TURNCITE_LLM", help="Language model that words the answer."),
]
UrlOption = Annotated[
    str | None,
    typer.Option("--llm-url", envvar="TURNCITE_LLM_URL", help="Its OpenAI-compatible server."),
]
WatchOption = Annotated[
    bool, typer.Option("--watch", help="Index whatever changes in the folder, as it changes.")
]
DEFAULT_LIBRARY = Path("data")


@app.command()
def serve(
    library: LibraryOption = DEFAULT_LIBRARY,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 7860,
    watch: WatchOption = False,
    llm: ModelOption = None,
    llm_url: UrlOption = None,
) -> None:
    """Serve the web chat."""
    import app as page

    with _assistant(library, llm, llm_url) as assistant:
        if watch:
            threading.Thread(
                target=_follow, args=(assistant.library, threading.Event()), daemon=True
            ).start()
        page.serve(assistant, host=host, port=port)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads it from stdin.")],
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
    speaker: SpeakerOption = None,
    document: DocumentOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    llm: ModelOption = None,
    llm_url: UrlOption = None,
) -> None:
    """Answer a question with cited quotes."""
    if question == "-":
        question = sys.stdin.read()
    with _assistant(library, llm, llm_url) as assistant:
        answer: Answer | None = None
        for event in assistant.stream(question, filters=_filters(speaker, document, since, until)):
            if event.kind == "note":
                _say(event.text)
            answer = event.answer or answer
    assert answer is not None, "a stream ends in an answer"
    print(_json(answer.as_json()) if as_json else answer_text(answer))


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="Words or a question.")],
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
    k: Annotated[int, typer.Option("-k", help="How many passages.", min=1, max=1000)] = 10,
    speaker: SpeakerOption = None,
    document: DocumentOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
) -> None:
    """Show the passages that match best."""
    with _assistant(library) as assistant:
        hits = assistant.search(words, k, _filters(speaker, document, since, until))
    rows = [
        {
            "transcript": hit.passage.transcript,
            "turns": list(hit.passage.turns),
            "speakers": list(hit.passage.speakers),
            "text": hit.passage.text,
            "score": round(hit.score, 4),
        }
        for hit in hits
    ]
    if as_json:
        print(_json({"query": words, "hits": rows}))
        return
    for row, hit in zip(rows, hits, strict=True):
        first, last = hit.passage.turns
        turns = f"turn {first + 1}" if first == last else f"turns {first + 1}-{last + 1}"
        print(f"{row['score']:.2f}  {row['transcript']}, {turns}\n{indented(hit.passage.text)}\n")
    if not rows:
        print("Nothing found.")


@app.command()
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
    with _opened(library, set_damaged_aside=rebuild) as opened:
        work = partial(opened.sync, rebuild=rebuild, shard=part)
        print_report(with_progress(lambda report: _when_free(partial(work, on_progress=report))))
        if watch:
            _say(f"Watching {library.resolve()}; Ctrl-C stops it")
            _follow(opened, threading.Event())


@app.command("export")
def export_library(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Write the library with its index into one file, for another machine."""
    with _opened(library) as opened:
        left_out = with_progress(lambda report: opened.export(file, on_progress=report))
        count = len(opened.documents())
    for name in left_out:
        _say(f"not exported, as it is no transcript: {name}")
    print(f"{file}: {count} transcript{'s' if count != 1 else ''} with their index; on the other "
          f"machine: turncite import {file.name} --library FOLDER")  # fmt: skip


@app.command("import")
def import_library(
    file: Annotated[Path, typer.Argument(help="A file that `turncite export` wrote.")],
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Make an exported library anew in an empty folder."""
    from index import Library

    restored = with_progress(
        lambda report: Library.restore(file, library, _embedder(), on_progress=report)
    )
    with closing(restored):
        print_report(with_progress(lambda report: restored.sync(on_progress=report)))


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="Transcripts to copy into the library.")],
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Copy files into the library and index them."""
    with _opened(library) as opened:
        result = with_progress(
            lambda report: _when_free(partial(opened.add, files, on_progress=report))
        )
    print_report(result)
    wanted = {file.name for file in files}
    if any(row.state == "failed" and row.id in wanted for row in result.files):
        raise typer.Exit(1)


@app.command()
def remove(
    document: Annotated[str, typer.Argument(metavar="ID", help="A document of `turncite list`.")],
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Delete a document's file from the library."""
    with _opened(library) as opened:
        print_report(_when_free(partial(opened.remove, document)))


@app.command("list")
def list_documents(library: LibraryOption = DEFAULT_LIBRARY, as_json: JsonOption = False) -> None:
    """List documents with date, speakers and turns."""
    with _opened(library) as opened:
        if not (opened.read_only or opened.shared):
            with suppress(LibraryBusy):  # then it is listed as it was last indexed
                with_progress(lambda report: opened.sync(on_progress=report, wait_seconds=0))
        documents = opened.documents()
    if as_json:
        keys = ("id", "title", "date", "speakers", "turns", "passages", "seconds")
        rows = [{key: asdict(document)[key] for key in keys} for document in documents]
        print(_json({"documents": rows}))
        return
    for document in documents:
        where = ", ".join(part for part in (document.date, document.place) if part)
        print(f"{document.id}\n  {document.title}")
        print(f"  {where or 'no date'}; {document.turns} turns; {', '.join(document.speakers)}")
        if document.unread:
            print(f"  {document.unread} lines are not speech; see: turncite show {document.id}")
    if not documents:
        print(f"{library} holds no transcripts; add some with: turncite add FILE")


@app.command()
def show(
    document: Annotated[str, typer.Argument(metavar="FILE|ID", help="A file, or a document.")],
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Show a transcript as Turncite reads it: title, date, turns, unread lines."""
    transcript = _find_transcript(document, library)
    if as_json:
        keys = ("id", "title", "date", "place", "language", "turns", "unread")
        shown = asdict(transcript)
        for turn in shown["turns"]:
            del turn["marks"]
        print(_json({key: shown[key] for key in keys}))
        return
    print(transcript.title)
    print(", ".join(part for part in (transcript.date, transcript.place) if part) or "no date")
    for person in transcript.people:
        print(f"  {person.name}{f' ({person.role})' if person.role else ''}")
    for turn in transcript.turns:
        clock = f" at {turn.start_seconds:.0f} s" if turn.start_seconds is not None else ""
        print(f"\n[{turn.position + 1}] {turn.speaker or 'no speaker'}{clock}\n{turn.text}")
    if transcript.unread:
        print(f"\nNot speech ({len(transcript.unread)} lines):")
    for line in transcript.unread:
        print(f"  line {line.line}: {line.text[:100]} ({line.why})")


@app.command()
def evaluate(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS.jsonl")],
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """Measure answers, citations and refusals over labelled questions."""
    from .evaluate import evaluate_file

    with _assistant(library) as assistant:
        measures = evaluate_file(assistant, questions)
    if as_json:
        print(_json(measures))
    else:
        for name, value in measures.items():
            shown = f"{value['count']} of {value['of']}" if isinstance(value, dict) else value
            print(f"{name:28} {shown}")


@app.command()
def doctor(library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """Check versions, models and the index, and say what to do next."""
    from .doctor import examine

    healthy = True
    for check in examine(library, _embedder(), **_server()):
        healthy = healthy and check.ok
        print(f"{'ok  ' if check.ok else 'FAIL'}  {check.what}: {check.found}")
    if not healthy:
        raise typer.Exit(1)


def main(arguments: list[str] | None = None) -> None:
    """The entry point: every error meant for a user becomes one line and exit code 1."""
    try:
        app(arguments)
    except TurnciteError as error:
        _say(f"turncite: {error}")
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


@contextmanager
def _opened(path: Path, *, set_damaged_aside: bool = False) -> Iterator[Library]:
    from index import Library

    library = Library.open(path, _embedder(), **_server(), set_damaged_aside=set_damaged_aside)
    try:
        yield library
    finally:
        library.close()


@contextmanager
def _assistant(
    path: Path, llm: str | None = None, llm_url: str | None = None
) -> Iterator[Assistant]:
    from .answer import Assistant

    assistant = with_progress(
        lambda report: Assistant.open(
            path, embedder=_embedder(), llm=_llm(llm, llm_url), **_server(), on_progress=report
        )
    )
    for result in assistant.report.files:
        if result.state == "failed":
            _say(f"not read: {result.id}: {result.why}")
    for note in assistant.report.notes:
        _say(note)
    try:
        yield assistant
    finally:
        assistant.library.close()


def _embedder() -> Any:
    from index.embed import DEFAULT_MODEL, SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(os.environ.get("TURNCITE_EMBEDDER") or DEFAULT_MODEL)


class _Server(TypedDict):
    store: str | None
    store_token: str | None


def _server() -> _Server:
    """Where the index is, if not in the library's folder: a Milvus server."""
    return {
        "store": os.environ.get("TURNCITE_STORE"),
        "store_token": os.environ.get("TURNCITE_STORE_TOKEN"),
    }


def _when_free(work: Callable[[], SyncReport]) -> SyncReport:
    """Do `work` on a library, after whoever is writing to it; who that is, is said."""
    while True:
        try:
            return work()
        except LibraryBusy as error:
            _say(f"Waiting: {error}")


def _follow(library: Library, stop: threading.Event) -> None:
    from index.types import SyncReport
    from index.watch import follow

    before: set[FileResult] = set()
    for outcome in follow(library, stop):
        if isinstance(outcome, TurnciteError):
            _say(f"turncite: {outcome}")
            continue
        done = [file for file in outcome.files if file.state in ("read", "removed")]
        news = [*done, *({*outcome.files} - before - {*done})]
        before = {file for file in outcome.files if file.state in ("skipped", "failed")}
        if any(file.state != "unchanged" for file in news):
            print_report(SyncReport(tuple(sorted(news, key=lambda file: file.id)), outcome.notes))


def _shard(given: str | None) -> Shard:
    from index.sync import WHOLE, Shard

    if given is None:
        return WHOLE
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", given)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise typer.BadParameter(
            f"{given} is no share such as 1/4, the first of four", param_hint="--shard"
        )
    if not os.environ.get("TURNCITE_STORE"):
        raise typer.BadParameter(
            "a share of the files is for an index that several machines write to; "
            "set TURNCITE_STORE",
            param_hint="--shard",
        )
    return Shard(int(found[1]) - 1, int(found[2]))


def _llm(model: str | None, url: str | None) -> LLM | None:
    if not (model or url):
        return None
    from .llm import from_settings

    return from_settings(model, url, os.environ.get("TURNCITE_LLM_KEY"))


def _filters(
    speakers: list[str] | None, documents: list[str] | None, since: str | None, until: str | None
) -> Filters:
    from index import Filters

    for option, value in (("--since", since), ("--until", until)):
        if value is not None and not _is_date(value):
            raise typer.BadParameter(f"{value} is not a date like 2025-10-31", param_hint=option)
    return Filters(tuple(speakers or ()), tuple(documents or ()), since, until)


def _is_date(value: str) -> bool:
    from datetime import date

    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _find_transcript(document: str, library: Path) -> Transcript:
    """A document of the library by its id, else a file by its path."""
    from index.parse import parse_file

    path = Path(document)
    if library.is_dir():
        from index import Library
        from index.errors import NotInLibrary

        opened = Library.open(library, _embedder(), **_server())
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


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def _say(message: str) -> None:
    print(message, file=sys.stderr)
