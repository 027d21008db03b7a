"""The bar over the chat: the conversations that the browser keeps, and a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from page.conversation import Conversation, Exchange, newest_evidence
from page.evidence import start_html
from page.html import chat_messages
from page.keeping import from_record, name_of, read_record, talks_html, to_record
from page.panel import panel_html

if TYPE_CHECKING:
    from rag import Assistant

# What the page is loaded with: the conversation that this window had open.
LOADED = """(kept, old, talk) => {
  try {
    const id = sessionStorage.getItem('turncite.now');
    kept = JSON.parse((id && localStorage.getItem('turncite.talk.' + id)) || '{}');
    return [kept.record || '', old, talk];
  } catch (error) {
    return ['', old, talk];
  }
}"""


class TalksBar:
    """Its components. A record goes to the browser with each answer, and comes back by a choice."""

    def __init__(self, assistant: Assistant, script: str) -> None:
        self.assistant = assistant
        self.library = assistant.library
        self.name = str(self.library.path.resolve())  # by which a browser knows its conversations
        # What an earlier Turncite kept: one conversation, which is taken over.
        self.old = gr.BrowserState(None, storage_key="turncite", secret="turncite")  # noqa: S106  # a key
        self.kept = gr.Textbox(visible=False)
        with gr.Row(elem_id="bar", equal_height=False):
            self.list = gr.HTML(
                talks_html(self.name),
                elem_id="talks",
                js_on_load=script + "listenForTalks(element, trigger, watch);",
            )
            self.fresh = gr.Button(
                "New conversation", size="sm", min_width=130, elem_id="fresh", scale=0
            )

    def keep(self, talk: Conversation) -> dict[Any, Any]:
        record = to_record(talk.exchanges, self.name, talk.id)
        return {self.list: talks_html(self.name, record)}

    def recalled(self, kept: object, old: object) -> tuple[str, list[Exchange]]:
        """Name and exchanges of what the browser had open; else of what was kept before."""
        for record in (read_record(kept), old):
            if exchanges := from_record(record, self.name):
                return name_of(record), exchanges
        return "", []

    def opened(self, talk: Conversation, chat: gr.Chatbot, evidence: gr.HTML) -> dict[Any, Any]:
        """The conversation shown, or an empty one."""
        held = self.library.documents()
        shown = start_html(held)
        if talk.exchanges:
            newest = newest_evidence(self.library, talk.exchanges)
            shown = panel_html(self.assistant, talk.exchanges, newest)
        return {
            chat: chat_messages(talk.exchanges, held),
            evidence: shown,
            **self.keep(talk),
        }
