"""What stands around the chat: filters as chips, what is thought of an answer, the conversation as
a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from page.conversation import explain
from page.export import as_json, as_markdown
from page.filters import filters_chosen, filters_held, filters_html, filters_without
from page.plain import escape
from rag.feedback import keep_feedback

from . import AT_ONCE, PRIVATE

if TYPE_CHECKING:
    from .ask import AskTab

# What the chat offers to say of an answer, and what is kept of it.
FEEDBACK = {
    "Like": "good",
    "Dislike": "bad",
    "Wrong speaker": "wrong speaker",
    "Wrong passage": "wrong passage",
    "Should have refused": "should have refused",
}


def wire_around(tab: AskTab) -> None:
    def drop(event: gr.EventData, *chosen):
        """A click on the chip of a filter."""
        kind, value = event._data.get("kind"), event._data.get("value")
        left = filters_without(filters_chosen(*chosen), kind, value)
        return {
            tab.speakers: list(left.speakers),
            tab.documents: list(left.documents),
            tab.since: left.since,
            tab.until: left.until,
            tab.filters: filters_html(left, tab.library.documents()),
        }

    def show_filters(*chosen):
        held = tab.library.documents()
        return filters_html(filters_held(filters_chosen(*chosen), held), held)

    def judge(event: gr.LikeData, talk):
        """Keeps what is thought of an answer; every second message is one."""
        at = event.index if isinstance(event.index, int) else event.index[0]
        place = at // 2
        value = event.liked if isinstance(event.liked, str) else None
        verdict = FEEDBACK.get(value or ("Like" if event.liked else "Dislike"))
        said = talk.exchanges[place].answer if 0 <= place < len(talk.exchanges) else None
        if said is None or verdict is None:
            return
        try:
            keep_feedback(tab.library, said, verdict)
        except Exception as error:
            gr.Warning(escape(explain(error)))
            return
        gr.Info("Kept with the library. `turncite feedback` shows what was kept.")

    for button, text_of, name in (
        (tab.save_text, as_markdown, "conversation.md"),
        (tab.save_json, as_json, "conversation.json"),
    ):
        made = button.click(
            lambda talk, text_of=text_of: text_of(talk.exchanges),
            tab.conversation,
            tab.saved,
            **PRIVATE,
        )
        made.then(None, tab.saved, None, js=tab.save.replace("NAME", name), **PRIVATE)
    tab.filters.select(drop, tab.chosen, [tab.filters, *tab.chosen], **AT_ONCE)
    changes = [tab.speakers.input, tab.documents.input, tab.since.change, tab.until.change]
    gr.on(
        changes,
        show_filters,
        tab.chosen,
        tab.filters,
        trigger_mode="always_last",
        **AT_ONCE,
    )
    tab.chat.like(judge, tab.conversation, None, **PRIVATE)
