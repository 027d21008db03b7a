"""What the chat does with a question: the steps of its answer, and what to ask next."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

import gradio as gr

from page.conversation import converse, find_limit, newest_evidence
from page.filters import filters_chosen, filters_held
from page.html import chat_messages

if TYPE_CHECKING:
    from .ask import AskTab

WRITTEN, QUOTED = "Written answer", "Exact quotes"

# What is proposed after an answer at most, and how long that may take.
SUGGESTIONS = 3
SUGGESTING_SECONDS = 15.0


class Answering:
    """The handlers of the tab's events that ask something. Each yields what changes on the page."""

    def __init__(self, tab: AskTab) -> None:
        self.tab = tab
        self.assistant = tab.assistant
        self.library = tab.library
        # Gradio sends a generator's last step once more when it ends, and that may be after the
        # visitor has left the conversation which it shows: so nothing is what comes last.
        self.nothing = {tab.chat: gr.skip()}

    def respond(self, typed, talk, style, *chosen):
        question = (typed or "").strip()
        if not question:
            yield {self.tab.box: ""}
            gr.Info("Type a question first, or choose an example.")
            return
        yield from self._answer(question, talk, style, chosen, at=talk.editing, typed=True)

    def again(self, event: gr.EventData, talk, style, *chosen):
        """The last question once more, in its own place."""
        place = len(talk.exchanges) - 1
        if place < 0 or str(event._data.get("at")) != str(place + 1):
            yield self.nothing
            return
        last = talk.exchanges[place]
        yield from self._answer(last.question, talk, style, chosen, beyond=last.beyond, at=place)

    def beyond(self, event: gr.EventData, talk, style, *chosen):
        """A click on what a question was understood to say: it is asked again without."""
        found = find_limit(talk.exchanges, event._data.get("key"))
        if found is None:
            yield self.nothing
            return
        exchange, limit = found
        beyond = tuple(dict.fromkeys((*exchange.beyond, limit)))
        yield from self._answer(exchange.question, talk, style, chosen, exchange, beyond)

    def suggest(self, talk):
        """What to ask next, while nothing else is asked."""
        yield from self._suggested(talk)
        yield self.nothing

    def _suggested(self, talk):
        last = talk.exchanges[-1] if talk.exchanges else None
        if last is None or last.answer is None or last.next or talk.now:
            return
        asked = [exchange.question for exchange in talk.exchanges]
        until = time.monotonic() + SUGGESTING_SECONDS
        for question in self.assistant.suggestions(last.answer, asked):
            if talk.now or not talk.exchanges or talk.exchanges[-1] is not last:
                return
            if question:
                last = talk.suggest(last, question)
                if last is None:
                    return
                yield {self.tab.chat: self.tab.redrawn(talk), **self.tab.talks.keep(talk)}
                if len(last.next) == SUGGESTIONS:
                    return
            if time.monotonic() > until:
                return

    def _answer(
        self, question, talk, style, chosen, again=None, beyond=(), at=None, *, typed=False
    ):
        held = self.library.documents()  # where this fails, the question stays in the box
        filters = filters_held(filters_chosen(*chosen), held)
        if typed or talk.editing is not None:
            # Once: the next question may be typed while this is answered.
            yield {self.tab.box: "", self.tab.editing: ""}
        talk.begin(at)
        number = talk.number
        steps = converse(
            self.assistant,
            question,
            talk.exchanges,
            filters,
            again,
            beyond,
            written=style != QUOTED,
        )
        with closing(steps):
            for now in steps:
                if talk.number != number:
                    break
                if now[-1] == talk.now:  # who waits may stop all the same
                    yield self.nothing
                    continue
                talk.now = now[-1]
                shown = {self.tab.chat: chat_messages(now, held)}
                if now[-1].error or now[-1].answer:
                    talk.exchanges, talk.now = now, None
                    shown |= self.tab.talks.keep(talk)
                if now[-1].answer:
                    shown[self.tab.evidence] = self.tab.panel(
                        now, newest_evidence(self.library, now)
                    )
                yield shown
        yield self.nothing
