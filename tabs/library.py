"""The tab that keeps the library: its table, adding, removing, renaming, reading it anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from index.types import Document, SyncReport
from page.conversation import Doing, explain, follow
from page.html import escape, failed_html
from page.library import (
    Order,
    documents_html,
    not_read_html,
    progress_html,
    report_html,
    sizes_of,
    unread_html,
)
from page.links import Spot

from . import ONE_WRITER, PRIVATE
from .transcript import TranscriptTab, choices_of

if TYPE_CHECKING:
    from rag import Assistant

WRITES = {**PRIVATE, **ONE_WRITER}
EVERYWHERE = ("All transcripts", "")

Updates = dict[Any, Any]


class LibraryTab:
    """Its components. `views` show the library, and `kept` is what they are shown by."""

    def __init__(self, assistant: Assistant, reading: TranscriptTab, script: str) -> None:
        self.library = assistant.library
        self.reading = reading
        self.report = assistant.report  # of the last sync that this page knows of
        with gr.Tab("Library", id="library"):
            self.order = gr.State(Order())
            self.confirmed = gr.State("")  # what the confirm step named
            self.files = gr.File(
                label="Add transcripts and recordings: drop files, or a folder as .zip",
                file_count="multiple",
                height=140,
                elem_id="add",
            )
            self.doing = gr.HTML(elem_id="report")
            with gr.Row(visible=False, equal_height=True, elem_id="confirm") as self.confirm:
                self.sure = gr.HTML(scale=4)
                self.delete = gr.Button("Delete the file", variant="stop", size="md", min_width=120)
                self.keep = gr.Button("Keep it", size="md", min_width=120)
            self.find = gr.Textbox(
                label="Find a transcript",
                placeholder="Words of its title, file name, date or speakers",
                lines=1,
                elem_id="find",
            )
            self.table = gr.HTML(
                elem_id="table", js_on_load=script + "listenForActs(element, trigger);"
            )
            self.unread = gr.HTML(js_on_load=script + "scrollToUnread(element, watch);")
            self.left_out = gr.HTML(elem_id="left-out")
            with gr.Accordion("Rename a speaker", open=False), gr.Row(equal_height=True):
                self.old = gr.Dropdown(label="Speaker", choices=[], value=None, scale=2)
                self.where = gr.Dropdown(label="In", choices=[EVERYWHERE], value="", scale=2)
                self.new = gr.Textbox(label="New name", lines=1, max_lines=1, scale=2)
                self.rename = gr.Button("Rename", size="md", min_width=120, elem_id="rename")
            with gr.Row():
                self.reread = gr.Button("Read what changed in the folder", size="md")
                self.rebuild = gr.Button("Rebuild the index", size="md")
        self.kept = [self.find, self.order]
        self.views = [self.table, self.unread, self.left_out, self.old, self.where]

    def shown(self, held: Sequence[Document], words: str, order: Order) -> Updates:
        names = sorted({name for document in held for name in document.speakers})
        return {
            self.table: self._table(held, words, order),
            self.unread: "",
            self.left_out: not_read_html(self.report),
            self.old: gr.update(choices=names, value=None),
            self.where: gr.update(choices=[EVERYWHERE, *choices_of(held)], value=""),
        }

    def wire(
        self, refresh: Callable[..., Iterator[Updates]], inputs: list[Any], views: list[Any]
    ) -> list[Any]:
        """`refresh` shows the library everywhere on the page, given the values of `inputs`. Returns
        the events that may change the library."""

        def change(work: Callable[..., SyncReport], shown_by: Sequence[Any]) -> Iterator[Updates]:
            """Runs `work` on the library, shows each step, then the page as it is now."""
            try:
                for step in follow(work):
                    if isinstance(step, Doing):
                        yield {self.doing: progress_html(step)}
                    else:
                        self.report = step
                        yield {self.doing: report_html(step)}
            except Exception as error:
                message = explain(error)
                gr.Warning(escape(message))
                yield {self.doing: failed_html(message)}
            yield from refresh(*shown_by)

        def add(paths, *shown_by):
            found = [Path(path) for path in paths or ()]
            yield {self.files: None}
            yield from change(partial(self.library.add, found), shown_by)

        def sync(*shown_by):
            yield from change(self.library.sync, shown_by)

        def rebuild_all(*shown_by):
            yield from change(partial(self.library.sync, rebuild=True), shown_by)

        def remove_now(name, *shown_by):
            yield {self.confirm: gr.update(visible=False)}
            if name:
                yield from change(lambda on_progress: self.library.remove(name), shown_by)

        def rename(old, where, new, *shown_by):
            if not old or not (new or "").strip():
                gr.Info("Choose a speaker and type the new name first.")
                yield {self.new: new}
                return
            work = partial(self.library.rename, old, new, where or None)
            yield {self.new: ""}
            yield from change(work, shown_by)

        def act(event: gr.EventData, words, order):
            """A click on a button of the table."""
            what, document = event._data.get("act"), str(event._data.get("document") or "")
            if what == "sort":
                order = order.turned_to(str(event._data.get("column")))
                return {
                    self.order: order,
                    self.table: self._table(self.library.documents(), words, order),
                }
            if what == "open":
                return self.reading.opened(Spot(document))
            if what == "unread":
                return {self.unread: self._unread(document)}
            question = f"Delete {document} from {self.library.path}? This cannot be undone."
            return {
                self.confirm: gr.update(visible=True),
                self.sure: f"<p>{escape(question)}</p>",
                self.confirmed: document,
            }

        def find(words, order):
            return self._table(self.library.documents(), words, order)

        shown = [self.doing, *views]
        # A second drop while the first is read must wait its turn, not vanish.
        added = self.files.upload(
            add, [self.files, *inputs], [self.files, *shown], trigger_mode="multiple", **WRITES
        )
        reread = self.reread.click(sync, inputs, shown, **WRITES)
        rebuilt = self.rebuild.click(rebuild_all, inputs, shown, **WRITES)
        renamed = gr.on(
            [self.rename.click, self.new.submit],
            rename,
            [self.old, self.where, self.new, *inputs],
            [self.new, *shown],
            **WRITES,
        )
        removed = self.delete.click(
            remove_now, [self.confirmed, *inputs], [self.confirm, *shown], **WRITES
        )
        acted = [self.order, self.table, self.unread, self.confirm, self.sure, self.confirmed]
        self.table.select(act, self.kept, [*acted, *self.reading.outputs], **PRIVATE)
        self.find.change(find, self.kept, self.table, trigger_mode="always_last", **PRIVATE)
        self.keep.click(lambda: gr.update(visible=False), None, self.confirm, **PRIVATE)
        return [added, reread, rebuilt, renamed, removed]

    def _table(self, held: Sequence[Document], words: str, order: Order) -> str:
        return documents_html(held, words or "", order, sizes_of(self.library.path, held))

    def _unread(self, document: str) -> str:
        try:
            return unread_html(self.library.transcript(document))
        except Exception as error:
            return failed_html(explain(error))
