"""Every action of the page as a named endpoint, for programs: docs/api.md.

They return the documents that the commands of the same names print with --json.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import gradio as gr

from index.types import SyncReport
from page.conversation import explain
from page.filters import filters_given
from rag.documents import document_of_hits, document_of_library, document_of_transcript
from rag.feedback import keep_feedback, labelled

from . import ASKING, ONE_WRITER

if TYPE_CHECKING:
    from rag import Assistant

P = ParamSpec("P")
T = TypeVar("T")


def endpoints(assistant: Assistant) -> None:
    """Adds them to the page that is being built."""
    library = assistant.library

    def ask(
        question: str,
        speakers: list[str] | None = None,
        documents: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
        written: bool = True,
    ) -> dict[str, Any]:
        """A cited answer from the transcripts: the exact words, who said them and where; or that
        they do not say. Only of these speakers, documents (ids of `list`) and dates (YYYY-MM-DD),
        where given; in exact quotes unless it may be `written` by the language model."""
        filters = filters_given(speakers, documents, since, until)
        return assistant.ask(question, filters=filters, written=written).as_json()

    def search(
        words: str,
        k: int = 10,
        speakers: list[str] | None = None,
        documents: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> dict[str, Any]:
        """The k passages of the transcripts that match words or a question best."""
        hits = assistant.search(
            words, max(1, min(int(k), 1000)), filters_given(speakers, documents, since, until)
        )
        return document_of_hits(words, hits)

    def list_documents() -> dict[str, Any]:
        """The transcripts of the library: id, title, date, speakers, turns."""
        return document_of_library(library.documents())

    def show(document: str) -> dict[str, Any]:
        """A whole transcript, turn by turn, and its unread lines."""
        return document_of_transcript(library.transcript(document))

    def sync(rebuild: bool = False) -> dict[str, Any]:
        """Reads what changed in the library's folder; or everything anew."""
        return _report(library.sync(rebuild=rebuild))

    def add(files: list[str] | None) -> dict[str, Any]:
        """Copies uploaded files into the library."""
        return _report(library.add([Path(file) for file in files or ()]))

    def remove(document: str) -> dict[str, Any]:
        """Deletes a transcript's file from the library."""
        return _report(library.remove(document))

    def rename(old: str, new: str, document: str | None = None) -> dict[str, Any]:
        """Calls a speaker by another name, everywhere or in one transcript."""
        return _report(library.rename(old, new, document or None))

    def feedback(
        question: str,
        verdict: str,
        speakers: list[str] | None = None,
        documents: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> dict[str, Any]:
        """Keeps what is thought of the answer to a question: good, bad, wrong speaker, wrong
        passage or should have refused."""
        filters = filters_given(speakers, documents, since, until)
        keep_feedback(library, assistant.ask(question, filters=filters), verdict)
        return {"labels": labelled(library)}

    def labels() -> dict[str, Any]:
        """What was thought of answers, as rows for `turncite evaluate`."""
        return {"labels": labelled(library)}

    gr.api(_clear(ask), api_name="ask", **ASKING)
    gr.api(_clear(search), api_name="search")
    gr.api(_clear(list_documents), api_name="list")
    gr.api(_clear(show), api_name="show")
    gr.api(_clear(sync), api_name="sync", **ONE_WRITER)
    gr.api(_clear(remove), api_name="remove", **ONE_WRITER)
    gr.api(_clear(rename), api_name="rename", **ONE_WRITER)
    gr.api(_clear(feedback), api_name="feedback", **ASKING)
    gr.api(_clear(labels), api_name="labels")
    # A file component checks that what it is given was uploaded, and is no path of this machine.
    files = gr.File(file_count="multiple", label="files", visible=False)
    report = gr.JSON(visible=False)
    gr.Button(visible=False).click(
        _clear(add), files, report, api_name="add", api_visibility="public", **ONE_WRITER
    )


def _clear(work: Callable[P, T]) -> Callable[P, T]:
    """`work`, whose errors reach the caller as one clear line."""

    @wraps(work)
    def clear(*given: P.args, **named: P.kwargs) -> T:
        try:
            return work(*given, **named)
        except Exception as error:
            raise gr.Error(explain(error), print_exception=False) from error

    return clear


def _report(report: SyncReport) -> dict[str, Any]:
    return {"files": [asdict(file) for file in report.files], "notes": list(report.notes)}
