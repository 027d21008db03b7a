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
            self.choice.render()
            self.reader.render()
        self.choice.input(
            lambda document: opened_html(self.library, Spot(document)),
            self.choice,
            self.reader,
            **PRIVATE,
        )

    @property
    def outputs(self) -> list[Any]:
        return [self.tabs, self.choice, self.reader]

    def shelf(self, chosen: str | None = None) -> dict[Any, Any]:
        """All transcripts to choose from, where none is open."""
        return {self.reader: gr.skip() if chosen else shelf_html(self.library.documents())}

    def opened(self, spot: Spot) -> dict[Any, Any]:
        """The values with which it opens."""
        held = self.library.documents()
        known = any(document.id == spot.document for document in held)
        return {
            self.tabs: gr.update(selected=TAB),
            self.choice: gr.update(
                choices=choices_of(held), value=spot.document if known else None
            ),
            self.reader: f"{opened_html(self.library, spot)}<!--{next(self._openings)}-->",
        }


def choices_of(documents: Sequence[Document]) -> list[tuple[str, str]]:
    return [(label, document) for document, label in labels_of(documents).items()]
