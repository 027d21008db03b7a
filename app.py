"""The web page: gradio's components over an Assistant, and the server. With tabs/ the only importer
of gradio.

It puts the tabs together. What the page does and how it looks is page/'s.
"""

from __future__ import annotations

import os
import sys
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from page.network import free_port, is_loopback, offline_settings

os.environ.update(offline_settings(os.environ))  # gradio reads them once, when it is imported

import gradio as gr

from page.conversation import explain
from page.html import header_html
from page.links import spot_linked
from page.plain import escape
from tabs import PRIVATE
from tabs.api import endpoints
from tabs.ask import AskTab
from tabs.library import LibraryTab
from tabs.transcript import TranscriptTab, choices_of

if TYPE_CHECKING:
    from rag import Assistant

MAX_UPLOAD = "256mb"
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]


def page_file(name: str) -> str:
    return resources.files("page").joinpath(name).read_text(encoding="utf-8")


def build(assistant: Assistant) -> gr.Blocks:
    """The page over an assistant; nothing listens until it is launched."""
    library = assistant.library
    script = "".join(map(page_file, ("script.js", "reader.js", "talks.js")))
    with gr.Blocks(title="Turncite", delete_cache=(3600, 3600)) as blocks:
        address = gr.Textbox(visible=False)
        header = gr.HTML(elem_id="header")
        with gr.Tabs() as tabs:
            reading = TranscriptTab(library, tabs, script)
            asking = AskTab(assistant, reading, script, page_file("save.js"))
            reading.build()
            keeping = LibraryTab(assistant, reading, script)
        inputs = [*asking.inputs, *keeping.kept]
        views = [header, reading.choice, *asking.views, *keeping.views]

        def refresh(*values):
            """Everything that shows the library; the examples, which take answers, come last."""
            asked, kept = values[: len(asking.inputs)], values[len(asking.inputs) :]
            try:
                held = library.documents()
                yield {
                    header: header_html(held),
                    reading.choice: gr.update(choices=choices_of(held)),
                    **asking.shown(held, *asked),
                    **keeping.shown(held, *kept),
                }
                yield asking.examples_shown(held)
            except Exception as error:
                gr.Warning(escape(explain(error)))

        def arrive(query):
            """Opens what the page's address names."""
            spot = spot_linked(dict(parse_qsl(str(query or "").removeprefix("?"))))
            return reading.opened(spot) if spot else {tabs: gr.skip()}

        endpoints(assistant)  # first: their names are theirs
        blocks.load(arrive, address, reading.outputs, js="() => [location.search]", **PRIVATE)
        asking.wire(blocks)
        asking.loaded.then(refresh, inputs, views, **PRIVATE)  # what the browser kept comes first
        keeping.wire(refresh, inputs, views)
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
        favicon_path=str(resources.files("page").joinpath("favicon.svg")),
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
