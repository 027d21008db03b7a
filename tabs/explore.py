"""The tab of who said how much where, and of how often words were said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from index.types import Document
from page.conversation import explain
from page.html import failed_html
from page.mentions import mentions_html, summed
from page.people import parts_of, speaker_page_html, speakers_html

from . import PRIVATE

if TYPE_CHECKING:
    from index.library import Library

TAB = "explore"

Updates = dict[Any, Any]


class ExploreTab:
    """Its components, which links everywhere on the page open. `views` show the library."""

    def __init__(self, library: Library, tabs: gr.Tabs, script: str) -> None:
        self.library = library
        self.tabs = tabs
        with gr.Tab("Explore", id=TAB):
            with gr.Row(equal_height=True):
                self.words = gr.Textbox(
                    label="How often was it said?",
                    placeholder="A word or phrase",
                    lines=1,
                    max_lines=1,
                    submit_btn="Count",
                    elem_id="said",
                    min_width=260,
                )
                self.speaker = gr.Dropdown(
                    label="Who said how much, where?",
                    choices=[],
                    value=None,
                    elem_id="who",
                    min_width=260,
                )
            self.found = gr.HTML(
                elem_id="found", js_on_load=script + "listenForFound(element, trigger, watch);"
            )
        self.outputs = [tabs, self.words, self.speaker, self.found]
        self.chosen = [self.words, self.speaker]
        self.views = [self.speaker]
        self.speaker.input(self._chosen, self.speaker, [self.words, self.found], **PRIVATE)
        self.words.submit(self._of_words, self.words, [self.speaker, self.found], **PRIVATE)

    def shown(self, held: Sequence[Document]) -> Updates:
        return {self.speaker: gr.update(choices=_names(held))}

    def renewed(self, words: str | None, speaker: str | None) -> Updates:
        """After a change of the library, in which the chosen speaker may have no part any more."""
        if speaker in _names(self.library.documents()):
            return self.again(words, speaker)
        return {self.speaker: None, **self.again(words)}

    def again(self, words: str | None = "", speaker: str | None = None) -> Updates:
        """What is shown, from the library as it is now."""
        shown = self._of_speaker(speaker) if speaker else self._of_words(words)
        return {self.found: shown[self.found]}

    def opened(self, query: Mapping[str, str]) -> Updates:
        """The values with which it opens at an address."""
        name, words = query.get("speaker", ""), query.get("said", "")
        names = _names(self.library.documents())
        return {
            self.tabs: gr.update(selected=TAB),
            self.words: words,
            self.speaker: gr.update(choices=names, value=name if name in names else None),
            **self.again(words, name),
        }

    def _chosen(self, name: str | None) -> Updates:
        """Gradio says that there is input also where the box was only left."""
        return self._of_speaker(name) if name else {self.found: gr.skip()}

    def _of_speaker(self, name: str) -> Updates:
        return {self.words: "", self.found: self._safely(self._speaker_html, name)}

    def _of_words(self, words: str | None) -> Updates:
        return {self.speaker: None, self.found: self._safely(self._words_html, words or "")}

    def _speaker_html(self, name: str) -> str:
        return speaker_page_html(name, parts_of(self.library, name))

    def _words_html(self, words: str) -> str:
        if not words.strip():
            return speakers_html(self.library.documents())
        held = self.library.documents()
        return mentions_html(words.strip(), summed(self.library.said(words), held), held)

    def _safely(self, make: Any, given: str) -> str:
        try:
            return make(given)
        except Exception as error:
            return failed_html(explain(error))


def _names(held: Sequence[Document]) -> list[str]:
    return sorted({name for document in held for name in document.speakers})
