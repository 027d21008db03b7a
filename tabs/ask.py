"""The tab of questions: the chat, its filters and examples, and the evidence beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import gradio as gr

from index.types import Document, Filters
from page.conversation import Conversation, find_evidence, find_source
from page.evidence import start_html
from page.examples import Examples
from page.filters import filters_chosen, filters_held, filters_html
from page.html import (
    chat_messages,
    chips_html,
    editing_html,
    model_words,
    welcome_html,
)
from page.links import Spot, spot_of
from page.panel import panel_html

from . import ASKING, AT_ONCE, PRIVATE
from .answering import QUOTED, WRITTEN, Answering
from .around import FEEDBACK, wire_around
from .talks import LOADED, TalksBar
from .transcript import TranscriptTab, choices_of

if TYPE_CHECKING:
    from rag import Assistant

Updates = dict[Any, Any]


class AskTab:
    """Its components. `views` show the library, `chosen` is what a question is filtered by."""

    def __init__(
        self,
        assistant: Assistant,
        reading: TranscriptTab,
        examples: Examples,
        script: str,
        save: str,
    ) -> None:
        self.assistant = assistant
        self.examples = examples
        self.library = assistant.library
        self.reading = reading
        self.save = save
        with (
            gr.Tab("Ask", id="ask"),
            gr.Row(elem_id="columns", equal_height=False),
        ):
            # A gr.Tabs takes what stands beside its tabs for tabs, so that states stand within.
            self.conversation = gr.State(Conversation())  # copied for each visit
            with gr.Column(scale=6, min_width=320, elem_id="talk"):
                self.talks = TalksBar(assistant, script)
                self.chat = gr.Chatbot(
                    show_label=False,
                    label="Conversation",
                    height=420,
                    min_height=280,
                    layout="panel",
                    buttons=[],
                    feedback_options=tuple(FEEDBACK),
                    latex_delimiters=[],
                    autoscroll=False,  # script.js shows an answer from its beginning
                    elem_id="chat",
                )
                self.chips = gr.HTML(
                    chips_html(examples.known(self.library.documents())),
                    elem_id="chips",
                    js_on_load=script + "listenForChips(element, trigger); readyPage();",
                )
                self.filters = gr.HTML(
                    elem_id="filters",
                    js_on_load=script + "listenForLimits(element, trigger);",
                )
                self.editing = gr.HTML(
                    elem_id="editing",
                    js_on_load="element.addEventListener('click', click => "
                    "click.target.closest('button') && trigger('click', {}));",
                )
                with gr.Row(elem_id="asking", equal_height=False):
                    self.box = gr.Textbox(
                        label="Ask about your transcripts",
                        placeholder="Who said what, when, about what?",
                        lines=1,
                        max_lines=5,
                        submit_btn="Ask",
                        elem_id="question",
                    )
                    self.stop = gr.Button("Stop", size="sm", min_width=60, elem_id="stop", scale=0)
                self.style = gr.Radio(
                    [WRITTEN, QUOTED],
                    value=WRITTEN,
                    visible=assistant.model is not None,
                    label=model_words(assistant.model or "", assistant.model_host or ""),
                    elem_id="style",
                )
                with gr.Row(elem_id="more"):
                    with (
                        gr.Column(scale=5, min_width=190),
                        gr.Accordion("Search only in", open=False),
                    ):
                        with gr.Row():
                            self.speakers = gr.Dropdown(
                                multiselect=True, label="Speakers", choices=[], min_width=200
                            )
                            self.documents = gr.Dropdown(
                                multiselect=True, label="Transcripts", choices=[], min_width=200
                            )
                        with gr.Row():
                            self.since = gr.DateTime(
                                label="From", include_time=False, type="string", min_width=160
                            )
                            self.until = gr.DateTime(
                                label="To", include_time=False, type="string", min_width=160
                            )
                    self.save_text = gr.Button("Save .md", size="sm", min_width=80)
                    self.save_json = gr.Button("Save .json", size="sm", min_width=80)
                self.saved = gr.Textbox(visible=False)
            with gr.Column(scale=5, min_width=320):
                self.evidence = gr.HTML(
                    start_html(self.library.documents()),
                    elem_id="evidence",
                    js_on_load=script + "listenForSources(element, trigger, watch);",
                )
        self.chosen = [self.speakers, self.documents, self.since, self.until]
        self.inputs = [self.conversation, *self.chosen]
        self.views = [
            self.chat,
            self.evidence,
            self.filters,
            self.chips,
            self.speakers,
            self.documents,
        ]

        self.panel = partial(panel_html, assistant)

    def shown(self, held: Sequence[Document], talk: Conversation, *chosen: Any) -> Updates:
        return {
            self.chat: gr.update(placeholder=welcome_html(held)),
            self.evidence: gr.skip() if talk.exchanges or talk.now else start_html(held),
            **self._filtered(held, filters_chosen(*chosen)),
        }

    def narrowed(self, speaker: str, *chosen: Any) -> Updates:
        """Only this speaker is asked about, in the transcripts and dates that were chosen."""
        filters = replace(filters_chosen(*chosen), speakers=(speaker,))
        return self._filtered(self.library.documents(), filters)

    def _filtered(self, held: Sequence[Document], filters: Filters) -> Updates:
        """The filters, among all that can be chosen: gradio refuses a value that the page was not
        given to choose."""
        filters = filters_held(filters, held)
        names = sorted({name for document in held for name in document.speakers})
        return {
            self.filters: filters_html(filters, held),
            self.speakers: gr.update(choices=names, value=list(filters.speakers)),
            self.documents: gr.update(choices=choices_of(held), value=list(filters.documents)),
        }

    def find_examples(self) -> Iterator[str]:
        """Each as soon as it is found."""
        for questions in self.examples.of(self.library.documents()):
            yield chips_html(questions)

    def redrawn(self, talk: Conversation) -> Any:
        return chat_messages(talk.exchanges, self.library.documents())

    def wire(self, blocks: gr.Blocks) -> None:
        answering = Answering(self)

        def edit(event: gr.EventData, talk):
            """A question of before goes into the box, to be changed."""
            at = str(event._data.get("at"))
            place = int(at) - 1 if at.isdecimal() and len(at) < 7 else -1
            if not 0 <= place < len(talk.exchanges):
                return {self.box: gr.skip()}
            talk.editing = place
            return {self.box: talk.exchanges[place].question, self.editing: editing_html(place + 1)}

        def keep_it(talk):
            talk.editing = None
            return {self.box: "", self.editing: ""}

        def start_over(talk):
            talk.start_over()
            return {
                **self.talks.opened(talk, self.chat, self.evidence),
                self.editing: "",
                self.speakers: [],
                self.documents: [],
                self.since: None,
                self.until: None,
                self.filters: "",
            }

        def stop_now(talk):
            talk.stop()
            return {self.chat: self.redrawn(talk), **self.talks.keep(talk)}

        def recall(kept, old, talk):
            """The conversation that this window of the browser had open; unless who is quick has
            begun one already."""
            name, exchanges = self.talks.recalled(kept, old)
            if talk.id or not exchanges:
                return {self.talks.old: None}
            talk.start_over(exchanges, name)
            return {
                self.talks.old: None,
                **self.talks.opened(talk, self.chat, self.evidence),
            }

        def choose(event: gr.EventData, talk):
            """A conversation of the list."""
            name, exchanges = self.talks.recalled(event._data.get("record"), None)
            if not exchanges:
                gr.Warning("This conversation is of an earlier Turncite, and can't be shown.")
                return {self.chat: gr.skip()}
            talk.start_over(exchanges, name)
            return {self.editing: "", **self.talks.opened(talk, self.chat, self.evidence)}

        def show(event: gr.EventData, talk):
            key = event._data.get("key")
            return self.panel(talk.exchanges, find_evidence(self.library, talk.exchanges, key))

        def open_cited(event: gr.EventData, talk):
            document = event._data.get("document")
            if document:  # of the list beside an empty chat
                return self.reading.opened(Spot(str(document)))
            source = find_source(talk.exchanges, event._data.get("key"))
            if source is None or source[1] < 0:
                return {self.reading.tabs: gr.skip()}
            exchange, place = source
            return self.reading.opened(spot_of(exchange.sources[place]))

        # A question sent while another is answered waits for it, and then reads the box.
        told = [self.chat, self.box, self.editing, self.evidence, self.talks.list]
        within = [self.conversation, self.style, *self.chosen]
        asking = self.box.submit(
            answering.respond,
            [self.box, *within],
            told,
            trigger_mode="always_last",
            **ASKING,
            **PRIVATE,
        )
        again = self.filters.click(answering.beyond, within, told, **ASKING, **PRIVATE)
        retried = self.chips.retry(answering.again, within, told, **ASKING, **PRIVATE)
        running = [asking, again, retried]
        for answered in running:
            answered.then(
                answering.suggest, self.conversation, [self.chat, self.talks.list], **PRIVATE
            )
        edited = [self.box, self.editing]
        self.chips.edit(edit, self.conversation, edited, trigger_mode="multiple", **AT_ONCE)
        self.editing.click(keep_it, self.conversation, edited, **AT_ONCE)
        # Every click is sent with its own key, and one at a time keeps their order.
        self.evidence.select(
            show,
            self.conversation,
            self.evidence,
            trigger_mode="multiple",
            concurrency_limit=1,
            **PRIVATE,
        )
        self.evidence.click(
            open_cited,
            self.conversation,
            self.reading.outputs,
            trigger_mode="multiple",
            **PRIVATE,
        )
        shown_anew = [self.chat, self.evidence, self.talks.list, self.editing]
        cleared = gr.on(
            [self.talks.fresh.click, self.chat.clear],
            start_over,
            self.conversation,
            [*shown_anew, self.filters, *self.chosen],
            cancels=running,
            **AT_ONCE,
        )
        # A step of the cancelled answer may be on its way and arrive after the clearing.
        cleared.then(self.redrawn, self.conversation, self.chat, **AT_ONCE)
        stopped = self.stop.click(
            stop_now,
            self.conversation,
            [self.chat, self.talks.list],
            cancels=running,
            **AT_ONCE,
        )
        stopped.then(self.redrawn, self.conversation, self.chat, **AT_ONCE)
        chosen_one = self.talks.list.select(
            choose, self.conversation, shown_anew, cancels=running, **AT_ONCE
        )
        chosen_one.then(self.redrawn, self.conversation, self.chat, **AT_ONCE)
        self.loaded = blocks.load(
            recall,
            [self.talks.kept, self.talks.old, self.conversation],
            [self.talks.old, self.chat, self.evidence, self.talks.list],
            js=LOADED,
            **PRIVATE,
        )
        wire_around(self)
