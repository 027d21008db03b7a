"""The web page: gradio's components over an Assistant, and the server. The only importer of gradio.

It owns how clicks travel. What the page does is page.conversation's, how it looks page.html's,
page/style.css's and page/script.js's.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from functools import lru_cache, partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from page.network import free_port, is_loopback, offline_settings

os.environ.update(offline_settings(os.environ))  # gradio reads them once, when it is imported

import gradio as gr

from index.types import Filters, Progress
from page.conversation import (
    Conversation,
    converse,
    explain,
    find_evidence,
    follow,
    newest_evidence,
)
from page.export import as_json, as_markdown
from page.html import (
    HINT,
    chat_messages,
    chips_html,
    date_words,
    documents_html,
    escape,
    evidence_html,
    failed_html,
    header_html,
    hint_html,
    model_words,
    progress_html,
    report_html,
    unread_html,
    welcome_html,
)

if TYPE_CHECKING:
    from rag import Assistant

MAX_UPLOAD = "256mb"
WRITTEN, QUOTED = "Written answer", "Exact quotes"
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]


def page_file(name: str) -> str:
    return resources.files("page").joinpath(name).read_text(encoding="utf-8")


def build(assistant: Assistant) -> gr.Blocks:
    """The page over an assistant; nothing listens until it is launched."""
    library = assistant.library
    script = page_file("script.js")
    with gr.Blocks(title="Turncite", delete_cache=(3600, 3600)) as blocks:
        conversation = gr.State(Conversation())  # copied for each visit
        confirmed = gr.State("")  # what the confirm step named, whatever is chosen since
        header = gr.HTML(elem_id="header")
        with gr.Tab("Ask"), gr.Row(elem_id="columns", equal_height=False):
            with gr.Column(scale=6, min_width=320):
                chat = gr.Chatbot(
                    show_label=False,
                    label="Conversation",
                    height=f"calc(100dvh - {39 if assistant.model else 32.25}rem)",
                    min_height=280,
                    layout="panel",
                    buttons=[],
                    feedback_options=None,
                    latex_delimiters=[],
                    elem_id="chat",
                )
                box = gr.Textbox(
                    label="Ask about your transcripts",
                    placeholder="Who said what, when, about what?",
                    lines=1,
                    max_lines=5,
                    submit_btn="Ask",
                    elem_id="question",
                )
                chips = gr.HTML(elem_id="chips", js_on_load=script + "listenForChips(element);")
                with gr.Row(visible=assistant.model is not None, equal_height=False):
                    style = gr.Radio(
                        [WRITTEN, QUOTED],
                        value=WRITTEN,
                        label=model_words(assistant.model or "", assistant.model_host or ""),
                        elem_id="style",
                        scale=4,
                    )
                    stop = gr.Button("Stop", size="sm", min_width=90, elem_id="stop")
                with gr.Accordion("Search only in", open=False):
                    speakers = gr.Dropdown(multiselect=True, label="Speakers", choices=[])
                    documents = gr.Dropdown(multiselect=True, label="Transcripts", choices=[])
                with gr.Row():
                    fresh = gr.Button("New conversation", size="sm", min_width=120)
                    save_text = gr.Button("Save as Markdown", size="sm", min_width=120)
                    save_json = gr.Button("Save as JSON", size="sm", min_width=120)
                saved = gr.Textbox(visible=False)
            with gr.Column(scale=5, min_width=320):
                evidence = gr.HTML(
                    hint_html(HINT),
                    elem_id="evidence",
                    js_on_load=script + "listenForSources(element, trigger, watch);",
                )
        with gr.Tab("Library"):
            table = gr.HTML(js_on_load=script + "listenForUnread(element, trigger);")
            unread = gr.HTML(js_on_load=script + "scrollToUnread(element, watch);")
            files = gr.File(label="Add transcripts", file_count="multiple", height=150)
            report = gr.HTML(elem_id="report")
            with gr.Row(equal_height=True):
                doomed = gr.Dropdown(label="Remove a transcript", choices=[], scale=4)
                remove = gr.Button("Remove", size="md", min_width=120)
            with gr.Row(visible=False, equal_height=True) as confirm:
                sure = gr.HTML(scale=4)
                delete = gr.Button("Delete the file", variant="stop", size="md", min_width=120)
                keep = gr.Button("Keep it", size="md", min_width=120)
            with gr.Row():
                reread = gr.Button("Read what changed in the folder", size="md")
                rebuild = gr.Button("Rebuild the index", size="md")

        chosen = [speakers, documents]
        views = [header, table, unread, chat, chips, speakers, documents, doomed]

        @lru_cache(maxsize=8)  # they take answers to make, and every visit shows them
        def examples(held):
            return assistant.examples() if held else []

        def refresh(chosen_speakers=(), chosen_documents=()):
            """Everything that shows the library; the examples, which take answers, come last."""
            try:
                held = library.documents()
                names = sorted({name for document in held for name in document.speakers})
                labels = [" · ".join(filter(None, (d.title, date_words(d.date)))) for d in held]
                titles = [(label, d.id) for label, d in zip(labels, held, strict=True)]
                removable = [
                    (f"{label} ({d.id})", d.id) for label, d in zip(labels, held, strict=True)
                ]
                kept_names = [name for name in chosen_speakers if name in names]
                kept_ids = [d.id for d in held if d.id in chosen_documents]
                yield {
                    header: header_html(held),
                    table: documents_html(held),
                    unread: "",
                    chat: gr.update(placeholder=welcome_html(held)),
                    speakers: gr.update(choices=names, value=kept_names),
                    documents: gr.update(choices=titles, value=kept_ids),
                    doomed: gr.update(choices=removable, value=None),
                }
                yield {chips: chips_html(examples(tuple(held)))}
            except Exception as error:
                gr.Warning(escape(explain(error)))

        def respond(typed, talk, chosen_style, chosen_speakers, chosen_documents):
            question = (typed or "").strip()
            if not question:
                gr.Info("Type a question first, or choose an example.")
                yield {box: ""}
                return
            number = talk.number
            filters = Filters(tuple(chosen_speakers), tuple(chosen_documents))
            yield {box: ""}  # once: the next question may be typed while this one is answered
            written = chosen_style != QUOTED
            steps = converse(assistant, question, talk.exchanges, filters, written=written)
            with closing(steps):
                for now in steps:
                    if talk.number != number:
                        return
                    talk.now = now[-1]
                    shown = {chat: chat_messages(now)}
                    if now[-1].error:
                        talk.exchanges, talk.now = now, None
                        gr.Warning(escape(now[-1].error))
                    elif now[-1].answer:
                        talk.exchanges, talk.now = now, None
                        shown[evidence] = evidence_html(newest_evidence(library, now))
                    yield shown

        def start_over(talk):
            talk.start_over()
            return [], hint_html(HINT)

        def stop_now(talk):
            talk.stop()
            return chat_messages(talk.exchanges)

        def redraw(talk):
            return chat_messages(talk.exchanges)

        def show(event: gr.EventData, talk):
            return evidence_html(find_evidence(library, talk.exchanges, event._data.get("key")))

        def show_unread(event: gr.EventData):
            try:
                return unread_html(library.transcript(str(event._data.get("document"))))
            except Exception as error:
                return failed_html(explain(error))

        def change(work, chosen):
            """Runs `work` on the library, shows each step, then the page as it is now."""
            try:
                for step in follow(work):
                    show_step = progress_html if isinstance(step, Progress) else report_html
                    yield {report: show_step(step)}
            except Exception as error:
                message = explain(error)
                gr.Warning(escape(message))
                yield {report: failed_html(message)}
            yield from refresh(*chosen)

        def add(paths, *chosen):
            found = [Path(path) for path in paths or ()]
            yield {files: None}
            yield from change(partial(library.add, found), chosen)

        def sync(*chosen):
            yield from change(library.sync, chosen)

        def rebuild_all(*chosen):
            yield from change(partial(library.sync, rebuild=True), chosen)

        def confirm_first(name):
            if not name:
                gr.Info("Choose a transcript to remove first.")
                return {confirm: gr.update(visible=False)}
            question = f"Delete {name} from {library.path}? This cannot be undone."
            asked = f"<p>{escape(question)}</p>"
            return {confirm: gr.update(visible=True), sure: asked, confirmed: name}

        def remove_now(name, *chosen):
            yield {confirm: gr.update(visible=False)}
            if name:
                yield from change(lambda on_progress: library.remove(name), chosen)

        def ask(
            question: str,
            speakers: list[str] | None = None,
            documents: list[str] | None = None,
            since: str | None = None,
            until: str | None = None,
        ) -> dict[str, Any]:
            """A cited answer; the same document as `turncite ask --json`."""
            filters = Filters(tuple(speakers or ()), tuple(documents or ()), since, until)
            try:
                return assistant.ask(question, filters=filters).as_json()
            except Exception as error:
                raise gr.Error(explain(error), print_exception=False) from error

        private = {"api_visibility": "private", "show_progress": "hidden"}
        writes = {**private, "concurrency_id": "library", "concurrency_limit": 1}
        blocks.load(refresh, None, views, **private)
        # A question sent while another is answered waits for it, and then reads the box.
        asking = box.submit(
            respond,
            [box, conversation, style, *chosen],
            [chat, box, evidence],
            trigger_mode="always_last",
            **private,
        )
        # Every click is sent with its own key, and one at a time keeps their order.
        evidence.select(
            show, conversation, evidence, trigger_mode="multiple", concurrency_limit=1, **private
        )
        table.select(show_unread, None, unread, **private)
        again = [fresh.click, chat.clear]
        cleared = gr.on(
            again, start_over, conversation, [chat, evidence], cancels=[asking], **private
        )
        stopped = stop.click(stop_now, conversation, chat, cancels=[asking], **private)
        stopped.then(redraw, conversation, chat, **private)
        # A step of the cancelled answer may be on its way and arrive after the clearing.
        cleared.then(redraw, conversation, chat, **private)
        for button, text_of, name in (
            (save_text, as_markdown, "conversation.md"),
            (save_json, as_json, "conversation.json"),
        ):
            made = button.click(
                lambda talk, text_of=text_of: text_of(talk.exchanges),
                conversation,
                saved,
                **private,
            )
            made.then(None, saved, None, js=page_file("save.js").replace("NAME", name), **private)
        # A second drop while the first is read must wait its turn, not vanish.
        files.upload(
            add, [files, *chosen], [report, files, *views], trigger_mode="multiple", **writes
        )
        reread.click(sync, chosen, [report, *views], **writes)
        rebuild.click(rebuild_all, chosen, [report, *views], **writes)
        remove.click(confirm_first, doomed, [confirm, sure, confirmed], **private)
        keep.click(lambda: gr.update(visible=False), None, confirm, **private)
        delete.click(remove_now, [confirmed, *chosen], [confirm, report, *views], **writes)
        gr.api(ask, api_name="ask")
    return blocks


def launch(assistant: Assistant, *, host: str = "127.0.0.1", port: int = 7860) -> gr.Blocks:
    """Starts the page in the background; `local_url` tells where, `close()` stops it."""
    port = free_port(host, port)
    # Gradio asks its own server whether it is up; a proxy must not carry that elsewhere.
    direct = [os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), host, "localhost"]
    os.environ["no_proxy"] = ",".join(filter(None, direct))
    blocks = build(assistant)
    blocks.queue(default_concurrency_limit=8)
    blocks.launch(
        server_name=f"[{host}]" if ":" in host else host,
        server_port=port,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        enable_monitoring=False,
        run_history=False,
        footer_links=[],
        max_file_size=MAX_UPLOAD,
        css=page_file("style.css"),
        theme=gr.themes.Default(
            primary_hue="blue",
            neutral_hue="stone",
            font=FONTS,
            font_mono=["ui-monospace", "Liberation Mono", "monospace"],
        ),
    )
    return blocks


def serve(assistant: Assistant, *, host: str = "127.0.0.1", port: int = 7860) -> None:
    """Serves the page until Ctrl-C. Raises InputError where the port is taken."""
    blocks = launch(assistant, host=host, port=port)
    if not is_loopback(host):
        print(
            f"Warning: the page listens on {host}; anyone who can reach it can read, add and "
            "remove transcripts",
            file=sys.stderr,
        )
    print(f"Turncite is at {blocks.local_url} (Ctrl-C stops it)", flush=True)
    blocks.block_thread()


if __name__ == "__main__":
    from rag.cli import main

    main(["serve", *sys.argv[1:]])
