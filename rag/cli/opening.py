"""Opening a library or an assistant as the environment says. It is read here and nowhere else."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from index.errors import LibraryBusy

from ..terminal import plain, with_progress

if TYPE_CHECKING:
    from index import Library
    from index.types import SyncReport

    from ..answer import Assistant
    from ..llm import LLM

_LONGEST_WAIT_SECONDS = 24 * 3600.0


@contextmanager
def opened_library(path: Path, *, set_damaged_aside: bool = False) -> Iterator[Library]:
    from index import Library

    library = Library.open(path, embedder(), **server(), set_damaged_aside=set_damaged_aside)
    try:
        yield library
    finally:
        library.close()


@contextmanager
def opened_assistant(
    path: Path, llm: str | None = None, llm_url: str | None = None
) -> Iterator[Assistant]:
    from ..answer import Assistant

    assistant = with_progress(
        lambda report: Assistant.open(
            path,
            embedder=embedder(),
            reader=reader(),
            llm=language_model(llm, llm_url),
            **server(),
            on_progress=report,
        )
    )
    for result in assistant.report.files:
        if result.state == "failed":
            say(f"not read: {result.id}: {result.why}")
    for note in assistant.report.notes:
        say(note)
    try:
        yield assistant
    finally:
        assistant.library.close()


def embedder() -> Any:
    from index.embed import DEFAULT_MODEL, SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(os.environ.get("TURNCITE_EMBEDDER") or DEFAULT_MODEL)


def reader() -> str:
    """The question-answering model that reads."""
    from ..reader.span_model import DEFAULT_READER

    name = os.environ.get("TURNCITE_READER") or DEFAULT_READER
    if name != DEFAULT_READER and not Path(name).is_dir():  # the hub is asked for it
        os.environ.setdefault("HF_HUB_OFFLINE", "0")
    return name


class _Server(TypedDict):
    store: str | None
    store_token: str | None


def server() -> _Server:
    """Where the index is, if not in the library's folder: a Milvus server."""
    return {
        "store": os.environ.get("TURNCITE_STORE"),
        "store_token": os.environ.get("TURNCITE_STORE_TOKEN"),
    }


def when_free(work: Callable[..., SyncReport]) -> SyncReport:
    """Do `work` on a library, after whoever is writing to it; who that is, is said."""
    try:
        return work(wait_seconds=0)
    except LibraryBusy as error:
        say(f"Waiting: {error}")
        return work(wait_seconds=_LONGEST_WAIT_SECONDS)


def language_model(model: str | None, url: str | None) -> LLM | None:
    if not (model or url):
        return None
    from ..llm import from_settings

    return from_settings(model, url, os.environ.get("TURNCITE_LLM_KEY"))


def json_of(document: dict[str, Any]) -> str:
    """The document; what a terminal could take for orders is escaped, which reads the same."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return re.sub("[\x7f-\x9f]", lambda sign: f"\\u{ord(sign[0]):04x}", text)


def say(message: str) -> None:
    with suppress(OSError):  # nobody listens any more
        print(plain(message), file=sys.stderr)
