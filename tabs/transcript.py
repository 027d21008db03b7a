"""The tab in which a whole transcript is read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import gradio as gr

from index.types import Document
from page.html import labels_of
from page.links import Spot
from page.reader import opened_html, shelf_html

from . import PRIVATE

if TYPE_CHECKING:
    from index.library import Library

TAB = "transcript"


class TranscriptTab:
    """Its components, which other tabs open at a spot; `build` puts them where they stand."""

    def __init__(self, library: Library, tabs: gr.Tabs, script: str) -> None:
        self.library = library
        self.tabs = tabs
        self._openings = count()  # so that opening the same again is news to the browser
        self.choice = gr.Dropdown(
            label="Transcript", choices=[], value=None, render=False, elem_id="reading"
        )
        self.reader = gr.HTML(
            elem_id="reader",
            js_on_load=script + "listenForReader(element, trigger, watch);",
            render=False,
        )

    def build(self) -> None:
        with gr.Tab("Transcript", id=TAB):
            self.shown = gr.State()  # the transcript that is open
            self.choice.render()
            self.reader.render()
        self.choice.input(
            self._chosen, [self.choice, self.shown], [self.shown, self.reader], **PRIVATE
        )

    @property
    def outputs(self) -> list[Any]:
        return [self.tabs, self.choice, self.shown, self.reader]

    def shelf(self, chosen: str | None = None) -> dict[Any, Any]:
        """All transcripts to choose from, where none is open that the library holds."""
        held = self.library.documents()
        if any(document.id == chosen for document in held):
            return {self.reader: gr.skip()}
        return {self.choice: None, self.shown: None, self.reader: shelf_html(held)}

    def opened(self, spot: Spot) -> dict[Any, Any]:
        """The values with which it opens."""
        held = self.library.documents()
        known = spot.document if any(one.id == spot.document for one in held) else None
        return {
            self.tabs: gr.update(selected=TAB),
            self.choice: gr.update(choices=choices_of(held), value=known),
            self.shown: known,
            self.reader: f"{opened_html(self.library, spot)}<!--{next(self._openings)}-->",
        }

    def _chosen(self, document: str | None, shown: str | None) -> dict[Any, Any]:
        """Gradio says that there is input also where the box was only left."""
        if document is None or document == shown:
            return {self.reader: gr.skip()}
        return {self.shown: document, self.reader: opened_html(self.library, Spot(document))}


def choices_of(documents: Sequence[Document]) -> list[tuple[str, str]]:
    return [(label, document) for document, label in labels_of(documents).items()]
