"""The web page: gradio's components over an Assistant, and the server. With tabs/ the only importer
of gradio.

It puts the tabs together. What the page does and how it looks is page/'s.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from page.network import (
    free_port,
    is_loopback,
    names_address,
    offline_settings,
    private_folder,
)

os.environ.update(offline_settings(os.environ))  # gradio reads them once, when it is imported

import gradio as gr
from gradio.context import LocalContext

from index.parse import SUFFIXES
from page.conversation import explain
from page.examples import Examples
from page.html import header_html
from page.links import spot_linked
from page.plain import escape
from serving.around import Serving, around
from serving.audit import Audited
from serving.gate import user_of
from serving.line import AT_ONCE, MOST_WAITING, WRITING_AT_ONCE, Line
from serving.login import account_html
from serving.memory import give_back, keep_little
from serving.patience import patient
from serving.waiting import Asker, Waiting, asker_named
from tabs import PRIVATE
from tabs.api import endpoints
from tabs.ask import AskTab
from tabs.explore import ExploreTab
from tabs.library import LibraryTab
from tabs.media import serve_recordings
from tabs.sessions import forgetting
from tabs.transcript import TranscriptTab, choices_of

if TYPE_CHECKING:
    from rag import Assistant

# Files without an ending are read too, and an archive holds more than one.
UPLOADED = SUFFIXES | {"", ".zip"}
# Each question that waits has a thread.
OTHER_THREADS = 60
# What a visit leaves in memory is 0.25 to 0.8 MB, and so many are remembered at most.
MOST_VISITS = 300
# That wait until another click is done; questions have a line of their own.
MOST_CLICKS = 1000
LEAVING_SECONDS = 2.0
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]


def page_file(name: str) -> str:
    return resources.files("page").joinpath(name).read_text(encoding="utf-8")


class Page(gr.Blocks):
    """Gradio's page, which fetches nothing for who asks it, and says what went wrong. `examples`
    stand beside its chat."""

    examples: Examples

    async def preprocess_data(self, block_fn, inputs, *rest, **named):
        if names_address(inputs):
            raise gr.Error("Send the file; addresses are not fetched.", print_exception=False)
        return await super().preprocess_data(block_fn, inputs, *rest, **named)

    async def call_function(self, *given, **named):
        try:
            return await super().call_function(*given, **named)
        except gr.Error:
            raise
        except Exception as error:
            raise gr.Error(escape(explain(error)), print_exception=False) from error


def build(assistant: Assistant, logout: str = "") -> Page:
    """The page over an assistant; nothing listens until it is launched. `logout` is the address
    where who is logged in can log out."""
    library = assistant.library
    now = library.documents()  # what the page opens with; each visit asks for the newest
    script = "".join(map(page_file, ("script.js", "reader.js", "talks.js", "browse.js")))
    with Page(title="Turncite", delete_cache=(3600, 3600)) as blocks:
        blocks.examples = Examples(assistant)
        address = gr.Textbox(visible=False)
        header = gr.HTML(header_html(now), elem_id="header")
        links = gr.HTML(elem_id="links", js_on_load=script + "listenForPlaces(trigger);")
        with gr.Tabs() as tabs:
            reading = TranscriptTab(library, tabs, script)
            asking = AskTab(assistant, reading, blocks.examples, script, page_file("save.js"))
            reading.build()
            exploring = ExploreTab(library, tabs, script)
            keeping = LibraryTab(assistant, reading, script)
        inputs = [*asking.inputs, *keeping.kept]
        shown_by = [reading.choice, *exploring.chosen, *inputs]
        views = [header, reading.choice, *asking.views, *exploring.views, *keeping.views]

        def refresh(*values):
            """Everything that shows the library."""
            asked, kept = values[: len(asking.inputs)], values[len(asking.inputs) :]
            try:
                held = library.documents()
                yield {
                    header: account_html(page_user(), logout) + header_html(held),
                    reading.choice: gr.update(choices=choices_of(held)),
                    **asking.shown(held, *asked),
                    **exploring.shown(held),
                    **keeping.shown(held, *kept),
                }
            except Exception as error:
                gr.Warning(escape(explain(error)))

        def change(read, words, speaker, *values):
            """The same after a change of the library, when an address has long been followed."""
            yield {**exploring.renewed(words, speaker), **reading.shelf(read)}
            yield from refresh(*values)

        def opened(query):
            """What an address of the page names."""
            named = dict(parse_qsl(str(query or "").removeprefix("?")))
            if spot := spot_linked(named):
                return reading.opened(spot)
            if named.get("speaker") or named.get("said"):
                return exploring.opened(named)
            return {tabs: gr.skip()}

        def arrive(query):
            return {**exploring.again(), **reading.shelf(), **opened(query)}

        def follow(event: gr.EventData):
            return opened(event._data.get("query"))

        def narrow(event: gr.EventData, *chosen):
            return {
                tabs: gr.update(selected="ask"),
                **asking.narrowed(str(event._data.get("speaker") or ""), *chosen),
            }

        places = list(dict.fromkeys([*reading.outputs, *exploring.outputs]))
        endpoints(assistant)  # first: their names are theirs
        blocks.load(arrive, address, places, js="() => [location.search]", **PRIVATE)
        links.select(follow, None, places, trigger_mode="multiple", **PRIVATE)
        exploring.found.select(
            narrow, asking.chosen, [tabs, asking.filters, *asking.chosen], **PRIVATE
        )
        asking.wire(blocks)
        refreshed = asking.loaded.then(refresh, inputs, views, **PRIVATE)  # after what was kept
        changed = keeping.wire(
            change, shown_by, [exploring.found, reading.shown, reading.reader, *views]
        )
        # Examples take answers: nobody who wants to change the library waits for those.
        for event in (refreshed, *changed):
            event.then(
                asking.find_examples,
                None,
                asking.chips,
                trigger_mode="multiple",
                concurrency_id="examples",
                **PRIVATE,
            )
    return blocks


def launch(
    assistant: Assistant,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    serving: Serving | None = None,
) -> Page:
    """Starts the page in the background; `local_url` tells where, `close()` stops it."""
    serving = serving or Serving()
    port = free_port(host, port)
    answering = WRITING_AT_ONCE if assistant.model else AT_ONCE
    assistant = Waiting(assistant, Line(answering), page_asker)
    if serving.audit is not None:
        assistant = Audited(assistant, serving.audit, page_user)
    settings = around(assistant, serving, host=host, port=port, read=UPLOADED)
    login = serving.users is not None
    if not os.environ.get("GRADIO_TEMP_DIR"):  # by itself a folder that all programs share
        os.environ["GRADIO_TEMP_DIR"] = private_folder()
    blocks = build(assistant, f"{serving.base_path}/logout")
    lifespan = forgetting(blocks, settings.get("lifespan"), each_minute=give_back)
    blocks.queue(default_concurrency_limit=8, max_size=MOST_CLICKS)
    with _without_proxies():
        blocks.launch(
            server_name=f"[{host}]" if ":" in host else host,
            server_port=port,
            root_path=serving.base_path,
            app_kwargs={**settings, "lifespan": lifespan},
            auth_dependency=(lambda request: user_of(request.scope)) if login else None,
            prevent_thread_lock=True,
            max_threads=MOST_WAITING + OTHER_THREADS,
            state_session_capacity=MOST_VISITS,
            quiet=True,
            share=False,
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
            enable_monitoring=False,
            run_history=False,
            footer_links=[],
            max_file_size=serving.max_upload,
            favicon_path=str(resources.files("page").joinpath("favicon.svg")),
            css=page_file("style.css"),
            theme=gr.themes.Default(
                primary_hue="blue",
                neutral_hue="stone",
                font=FONTS,
                font_mono=["ui-monospace", "Liberation Mono", "monospace"],
            ),
        )
    serve_recordings(blocks.app, assistant.library)
    config = blocks.server.config
    config.http_protocol_class = patient(config.http_protocol_class)
    return blocks


@contextmanager
def _without_proxies() -> Iterator[None]:
    """Gradio asks its own server whether it is up. No proxy may carry that elsewhere, nor end it:
    httpx reads them all, also where none is to be used, and fails at a kind that it doesn't know.
    """
    before = os.environ.get("no_proxy")
    os.environ["no_proxy"] = "*"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("no_proxy", None)
        else:
            os.environ["no_proxy"] = before


def page_user() -> str | None:
    """Who is logged in and sent what gradio is doing now."""
    return getattr(LocalContext.request.get(None), "username", None)


def page_asker() -> Asker:
    """Who sent what gradio is doing now, and whether their connection is still there."""
    request, blocks = LocalContext.request.get(None), LocalContext.blocks.get(None)
    number = LocalContext.event_id.get(None)
    if request is None or blocks is None:
        return Asker()
    event = blocks._queue.event_ids_to_events.get(number)
    # A program that names no session has a new one with each question, of that question's name.
    session = None if request.session_hash == number else request.session_hash
    name = asker_named(request.username, request.client, session)
    return Asker(name, lambda: event is not None and not event.alive)


def serve(
    assistant: Assistant,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    serving: Serving | None = None,
) -> None:
    """Serves the page until Ctrl-C. Raises InputError where the port is taken."""
    keep_little()
    blocks = launch(assistant, host=host, port=port, serving=serving)
    if not is_loopback(host) and not (serving and serving.users):
        print(
            f"Warning: the page listens on {host}; anyone who can reach it can read, add and "
            "remove transcripts. With --auth FILE only who logs in can",
            file=sys.stderr,
        )
    print(f"Turncite is at {blocks.local_url} (Ctrl-C stops it)", flush=True)
    leaving = threading.Event()
    warming = threading.Thread(target=warm, args=[assistant, blocks.examples, leaving], daemon=True)
    warming.start()
    blocks.block_thread()
    leaving.set()
    warming.join(LEAVING_SECONDS)
    if warming.is_alive():  # models that load abort a process that ends in the usual way
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def warm(assistant: Assistant, examples: Examples, leaving: threading.Event) -> None:
    """Has the first question answered quickly, and the first page full; what is wrong is said, as
    it will be to a user."""
    try:
        assistant.warm()
        for _ in examples.of(assistant.library.documents()):
            if leaving.is_set():
                return
    except Exception as error:
        print(f"turncite: {explain(error)}", file=sys.stderr)


if __name__ == "__main__":
    from rag.cli import main

    main(["serve", *sys.argv[1:]])
