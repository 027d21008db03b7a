"""The page without a browser: HTML from data, the conversation, and the named endpoint."""

from __future__ import annotations

import asyncio
import gc
import html
import ipaddress
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

import httpx
import huggingface_hub.constants
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

import app
from index.errors import DamagedIndex, InputError, NotInLibrary, UnreadableFile
from index.types import (
    Document,
    FileResult,
    Filters,
    Progress,
    SyncReport,
    Transcript,
    Turn,
    UnreadLine,
)
from rag.types import Answer, Citation, Event

# What gradio 6.31 leaves behind: the event loops of utils.safe_get_lock with their self-pipes,
# and two habits that pandas 3 deprecates (queueing.py).
GRADIO_LEAVES = [
    pytest.mark.filterwarnings("ignore:unclosed event loop:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:unclosed <socket.socket fd=.*family=1,:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]
pytestmark = GRADIO_LEAVES

EVIL = (
    "<img src=http://evil.example/a.png onerror=alert(1)> <script>alert(1)</script> **bold** "
    "[link](http://evil.example) www.evil.example a@b.co [1] `code` $$x$$ ${1+1} {{value}}\n\n"
    '# head\n- list &amp; <a class="cite" href="#m1-1">[1]</a> \' " \\ |'
)
HARBOUR = Transcript(
    id="harbour.vtt",
    title="Harbour meeting",
    date="2024-02-29",
    place="Bergen",
    turns=(
        Turn(0, "Ada", "We open the meeting.", 0.0, 3.0),
        Turn(1, "Bo", "Thank you.", 3.0, 4.0),
        Turn(2, "Ada", "The quay costs $4 million [1], and it is late.", 3725.0, 3730.0),
        Turn(3, None, "Late again.", 3730.0, 3731.0),
        Turn(4, "Bo", "Agreed.", 3731.0, 3733.0),
        Turn(5, "Cy", "Closed.", 3733.0, 3735.0),
    ),
)


def cite(transcript: Transcript, turn: int, words: str, marker: int = 1) -> Citation:
    said = transcript.turns[turn]
    start = said.text.index(words)
    return Citation(
        marker=marker,
        quote=words,
        speaker=said.speaker,
        transcript=transcript.id,
        title=transcript.title,
        date=transcript.date,
        turn=turn,
        start=start,
        end=start + len(words),
        start_seconds=said.start_seconds,
        score=0.9,
    )


COST = cite(HARBOUR, 2, "The quay costs $4 million [1]")
ANSWER = Answer(
    question="What does the quay cost?",
    answered=True,
    short="$4 million",
    text="Ada: “The quay costs $4 million [1]” [1]. It is late [2], says [7].",
    citations=(COST, cite(HARBOUR, 3, "Late again", 2)),
)
REFUSAL = Answer(
    question="Who won?",
    answered=False,
    short=None,
    text="The transcripts do not say [1].",
    nearest=(cite(HARBOUR, 5, "Closed."),),
)


class FakeLibrary:
    """A library in memory; `added` keeps what it was given."""

    path = Path("/fake/library")

    def __init__(self, *transcripts: Transcript) -> None:
        self.held = {transcript.id: transcript for transcript in transcripts}
        self.added: list[list[str]] = []

    def documents(self) -> list[Document]:
        return [
            Document(t.id, t.title, t.date, t.place, ("Ada", "Bo"), len(t.turns), 3, 0, None)
            for t in self.held.values()
        ]

    def transcript(self, document_id: str) -> Transcript:
        if document_id not in self.held:
            raise NotInLibrary(f"{document_id} is not in the library")
        return self.held[document_id]

    def add(self, paths: Sequence[Path], *, on_progress=None) -> SyncReport:
        for path in paths:
            if path.name.startswith("bad"):
                raise UnreadableFile(path, "it is empty")
        self.added.append([path.name for path in paths])
        return SyncReport(tuple(FileResult(path.name, "read", turns=2) for path in paths))


class FakeAssistant:
    """Answers "quay", refuses the rest, and fails on demand; keeps what it was asked."""

    def __init__(self, *transcripts: Transcript) -> None:
        self.library = FakeLibrary(*transcripts)
        self.asked: list[tuple[str, Filters | None, tuple[tuple[str, str], ...]]] = []

    def examples(self) -> list[str]:
        return ["What does the quay cost?"]

    def ask(self, question, *, filters=None, history=()) -> Answer:
        self.asked.append((question, filters, tuple(history)))
        if len(question) > 1000:
            raise InputError("The question is too long; the limit is 1,000 characters.")
        if "crash" in question:
            raise RuntimeError("secret: /home/someone/key")
        return ANSWER if "quay" in question else REFUSAL

    def stream(self, question, *, filters=None, history=()) -> Iterator[Event]:
        yield Event("status", "Reading 3 passages")
        answer = self.ask(question, filters=filters, history=history)
        yield Event("text", answer.text[:10])
        yield Event("answer", answer=answer)


class Seen(HTMLParser):
    """What a browser would make of HTML: its tags, links, text, and the text in <mark>."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.text = self.marked = ""
        self._in_mark = False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._in_mark |= tag == "mark"
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_endtag(self, tag):
        self._in_mark &= tag != "mark"

    def handle_data(self, data):
        self.text += data
        self.marked += data if self._in_mark else ""


@pytest.fixture(autouse=True, scope="module")
def swept() -> Iterator[None]:
    """Gradio's leavings are collected here, under the filters above, not in another test."""
    yield
    asyncio.set_event_loop(None)
    gc.collect()


@pytest.fixture(autouse=True, scope="module")
def offline() -> Iterator[None]:
    """Fails a module that looks up or connects to anything but this machine."""
    outside: list[object] = []
    lookup, connect = socket.getaddrinfo, socket.socket.connect

    def is_local(host: object) -> bool:
        name = host.decode() if isinstance(host, bytes) else host
        if name in (None, "", "localhost"):
            return True
        try:
            address = ipaddress.ip_address(str(name))
        except ValueError:
            return False
        return address.is_loopback or address.is_unspecified

    def guarded_lookup(host, *rest, **named):
        if not is_local(host):
            outside.append(host)
            raise OSError(f"the test looked up {host}")
        return lookup(host, *rest, **named)

    def guarded_connect(self, address):
        if isinstance(address, tuple) and not is_local(address[0]):
            outside.append(address)
            raise OSError(f"the test connected to {address}")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", guarded_lookup)
        patch.setattr(socket.socket, "connect", guarded_connect)
        # The client of gradio asks the hub who calls it, unless this was set before its import.
        patch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
        yield
    assert outside == []


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant(HARBOUR)


@pytest.fixture(scope="module")
def page(assistant):
    page = app.launch(assistant, port=0)
    yield page
    page.close()


@pytest.fixture(scope="module")
def client(page) -> Client:
    return Client(page.local_url, verbose=False, analytics_enabled=False)


# Escaping ---------------------------------------------------------------------------------


def test_escaped_text_is_read_back_exactly_and_holds_no_ascii_sign():
    escaped = app.escape(EVIL)
    assert html.unescape(escaped) == EVIL
    assert re.sub(r"&#\d+;", "", escaped).isascii()
    assert not re.search(r"[^\w\s]", re.sub(r"&#\d+;", "", escaped))


def test_escape_keeps_every_script_and_replaces_what_html_cannot_hold():
    assert app.escape("Қазақ 中文 – “né”") == "Қазақ 中文 – “né”"
    assert app.escape("a\x00b\ud800c") == "a\ufffdb\ufffdc"


@pytest.mark.parametrize(
    "make",
    [
        lambda: app.reply_html(app.Exchange("q", answer=evil_answer()), 1),
        lambda: app.reply_html(app.Exchange("q", partial=EVIL), 1),
        lambda: app.reply_html(app.Exchange("q", status=EVIL), 1),
        lambda: app.reply_html(app.Exchange("q", error=EVIL), 1),
        lambda: app.reply_html(app.Exchange("q", note=EVIL, answer=evil_answer()), 1),
        lambda: app.chat_messages([app.Exchange(EVIL)])[0]["content"],
        lambda: app.evidence_html(evil_transcript(), cite(evil_transcript(), 0, EVIL), EVIL),
        lambda: app.stale_html(cite(evil_transcript(), 0, EVIL), EVIL),
        lambda: app.documents_html([Document(EVIL, EVIL, EVIL, EVIL, (EVIL,), 1, 1, 1, None)]),
        lambda: app.report_html(SyncReport((FileResult(EVIL, "failed", why=EVIL),), (EVIL,))),
        lambda: app.progress_html(Progress(EVIL, 1, 2)),
        lambda: app.chips_html([EVIL]),
    ],
)
def test_hostile_text_reaches_the_page_as_text_and_nothing_else(make):
    seen = Seen(make())
    assert not {"img", "script"} & set(seen.tags)
    assert EVIL in seen.text
    assert set(seen.links) <= {"#m1-1"}
    assert "\n\n" not in make()  # a blank line would let Markdown back in


def evil_transcript() -> Transcript:
    return Transcript(EVIL, EVIL, (Turn(0, EVIL, EVIL),), date=EVIL, place=EVIL)


def evil_answer() -> Answer:
    citation = cite(evil_transcript(), 0, EVIL)
    return Answer("q", True, "<script>alert(1)</script>", f"{EVIL} [1]", (citation,))


# Answers ----------------------------------------------------------------------------------


def test_markers_become_links_but_not_those_in_quotes_or_without_a_source():
    markup = app.answer_text_html(ANSWER, 3)
    assert Seen(markup).links == ["#m3-1", "#m3-2"]
    assert Seen(markup).text == ANSWER.text
    assert '<a class="cite" href="#m3-1">&#91;1&#93;</a>&#46; It is late' in markup


def test_the_short_answer_is_bold_where_it_occurs():
    markup = app.answer_text_html(ANSWER, 1)
    assert markup.count("<strong>") == 1
    assert f"costs <strong>{app.escape('$4 million')}</strong>" in markup


def test_a_short_answer_that_does_not_occur_changes_nothing():
    answer = Answer("q", True, "four million", "It is 4 million [1].", (COST,))
    assert "<strong>" not in app.answer_text_html(answer, 1)


def test_sources_name_the_speaker_the_date_and_the_title():
    seen = Seen(app.sources_html(ANSWER.citations, 2))
    assert seen.text == (
        "1 Ada February 29, 2024 · Harbour meeting"
        "2 Unnamed speaker February 29, 2024 · Harbour meeting"
    )
    assert seen.links == ["#m2-1", "#m2-2"]


def test_a_refusal_is_muted_and_offers_the_nearest_passages_as_sources():
    markup = app.reply_html(app.Exchange("Who won?", answer=REFUSAL), 4)
    seen = Seen(markup)
    assert 'class="reply refused"' in markup
    assert seen.text == (
        "The transcripts do not say [1].Nearest passages1 Cy February 29, 2024 · Harbour meeting"
    )
    assert seen.links == ["#m4-1"]


# Evidence ---------------------------------------------------------------------------------


def test_evidence_marks_exactly_the_cited_words():
    seen = Seen(app.evidence_html(HARBOUR, COST, "What does the quay cost?"))
    assert seen.marked == HARBOUR.turns[2].text[COST.start : COST.end] == COST.quote


def test_evidence_shows_two_turns_each_side_and_where_they_are():
    seen = Seen(app.evidence_html(HARBOUR, COST, "What does the quay cost?"))
    assert "Source 1 for “What does the quay cost?”" in seen.text
    assert "Harbour meeting" in seen.text
    assert "Ada · February 29, 2024 · Bergen · at 1:02:05 · turn 3 of 6" in seen.text
    assert "We open the meeting." in seen.text
    assert "Agreed." in seen.text
    assert "Closed." not in seen.text
    assert "Unnamed speaker" in seen.text


def test_every_span_of_a_turn_is_marked_exactly():
    text = "a\n<b>&\u0301 é 中 $x$ [1]"
    transcript = Transcript("t", "T", (Turn(0, "Ada", text),))
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            citation = Citation(1, text[start:end], "Ada", "t", "T", None, 0, start, end, None, 1.0)
            assert Seen(app.evidence_html(transcript, citation)).marked == text[start:end]


def test_a_very_long_turn_is_cut_around_the_words_never_in_them():
    text = "before " * 100_000 + "the exact words" + " after" * 100_000
    transcript = Transcript("t", "T", (Turn(0, "Ada", text),))
    markup = app.evidence_html(transcript, cite(transcript, 0, "the exact words"))
    seen = Seen(markup)
    assert seen.marked == "the exact words"
    assert "… before before" in seen.text
    assert seen.text.endswith("after after …")
    assert len(markup) < 20_000


def test_words_that_changed_since_are_said_to_have_changed():
    changed = Transcript("harbour.vtt", "Harbour meeting", (Turn(0, "Ada", "Other words."),))
    seen = Seen(app.evidence_html(changed, COST))
    assert "The transcript has changed since this answer" in seen.text
    assert COST.quote in seen.text
    assert seen.marked == ""


def test_speakers_keep_a_colour_of_their_own():
    turns = [Turn(n, f"Speaker {n}", "x") for n in range(app.SPEAKER_COLOURS)]
    colours = app.speaker_colours(turns)
    assert sorted(colours.values()) == list(range(app.SPEAKER_COLOURS))
    assert app.speaker_colours(turns) == colours


def test_find_evidence_answers_any_key_a_browser_sends():
    library = FakeLibrary(HARBOUR)
    past = [app.Exchange("q", answer=ANSWER), app.Exchange("r", answer=REFUSAL)]
    assert Seen(app.find_evidence(library, past, "m1-2")).marked == "Late again"
    assert Seen(app.find_evidence(library, past, "m2-1")).marked == "Closed."
    for key in (None, 7, "", "m0-1", "m3-1", "m1-1x", "m-1-1", "m1-" + "9" * 50, ["m1-1"]):
        assert "earlier visit" in app.find_evidence(library, past, key)
    assert "not part of the answer" in app.find_evidence(library, past, "m1-9")


def test_a_removed_transcript_leaves_the_quote():
    seen = Seen(app.find_evidence(FakeLibrary(), [app.Exchange("q", answer=ANSWER)], "m1-1"))
    assert "This transcript has left the library" in seen.text
    assert COST.quote in seen.text


# The conversation -------------------------------------------------------------------------


def test_converse_shows_status_then_text_then_the_answer():
    steps = list(app.converse(FakeAssistant(HARBOUR), "the quay?", [], Filters()))
    assert [(s[-1].status, s[-1].partial, s[-1].answer) for s in steps] == [
        ("Searching the library", "", None),
        ("Reading 3 passages", "", None),
        ("Reading 3 passages", ANSWER.text[:10], None),
        ("Reading 3 passages", ANSWER.text[:10], ANSWER),
    ]


def test_a_note_of_the_assistant_is_kept_beside_its_answer():
    class Noting(FakeAssistant):
        def stream(self, question, *, filters=None, history=()):
            yield Event("note", "The model is away. **Quotes** instead.")
            yield Event("answer", answer=ANSWER)

    *_, last = app.converse(Noting(HARBOUR), "the quay?", [], Filters())
    assert last[-1].answer is ANSWER
    seen = Seen(app.reply_html(last[-1], 1)).text
    assert "The model is away. **Quotes** instead." in seen


def test_converse_passes_filters_and_the_answered_history():
    assistant = FakeAssistant(HARBOUR)
    past = [app.Exchange("one", answer=ANSWER), app.Exchange("two", error="no")]
    list(app.converse(assistant, "who won?", past, Filters(speakers=("Ada",))))
    assert assistant.asked == [
        ("who won?", Filters(speakers=("Ada",)), (("one", ANSWER.text),)),
    ]


def test_a_rejected_question_shows_its_reason_and_is_clipped():
    *_, last = app.converse(FakeAssistant(HARBOUR), "x" * 10_000_000, [], Filters())
    assert last[-1].error == "The question is too long; the limit is 1,000 characters."
    assert last[-1].question == "x" * app.ECHO_CHARS + " …"


def test_a_fault_of_ours_is_logged_and_not_shown(caplog):
    *_, last = app.converse(FakeAssistant(HARBOUR), "crash", [], Filters())
    assert last[-1].error == app.UNEXPECTED
    assert "secret: /home/someone/key" in caplog.text


# The library ------------------------------------------------------------------------------


def test_the_header_counts_the_library():
    documents = FakeLibrary(HARBOUR).documents()
    assert "1 transcript, 6 turns" in Seen(app.header_html(documents)).text
    assert "The library is empty" in Seen(app.header_html([])).text


def test_an_empty_library_says_how_to_add_the_first_transcript():
    welcome = Seen(app.welcome_html([])).text
    assert "Open the Library tab and drop in your first transcript" in welcome
    assert "No transcripts yet" in app.documents_html([])


def test_the_table_has_unread_lines_only_where_there_are_some():
    plain = Document("a", "A", "2024-02-29", None, ("Ada",), 1200, 3, 0, None)
    torn = Document("b", "B", None, None, ("Bo",), 1, 1, len([UnreadLine(1, "x", "y")]), None)
    assert "Unread lines" not in Seen(app.documents_html([plain])).text
    seen = Seen(app.documents_html([plain, torn])).text
    assert "Unread lines" in seen
    assert "AFebruary 29, 2024Ada1,2003BBo111" in seen


def test_the_report_says_what_was_read_skipped_and_failed_and_why():
    report = SyncReport(
        (
            FileResult("a.txt", "read", turns=1, passages=2, unread=3),
            FileResult("b.png", "skipped", why="not a transcript"),
            FileResult("c.txt", "failed", why="it is empty"),
            FileResult("d.txt", "unchanged"),
        ),
        ("The model changed.",),
    )
    assert Seen(app.report_html(report)).text == (
        "1 read, 1 unchanged, 1 skipped, 1 failedThe model changed.What was done"
        "FileStateHoldsNotes"
        "a.txtread1 turn, 2 passages3 unread lines"
        "b.pngskippednot a transcript"
        "c.txtfailedit is empty"
    )
    assert Seen(app.report_html(SyncReport())).text == "Nothing to do"


def test_good_files_of_a_drop_are_added_and_the_bad_ones_reported():
    library = FakeLibrary()
    paths = [Path("good.txt"), Path("bad.txt"), Path("bad2.txt"), Path("fine.txt")]
    report = app.add_readable(library, paths, lambda step: None)
    assert library.added == [["good.txt", "fine.txt"]]
    assert [(f.id, f.state, f.why) for f in report.files] == [
        ("good.txt", "read", ""),
        ("fine.txt", "read", ""),
        ("bad.txt", "failed", "it is empty"),
        ("bad2.txt", "failed", "it is empty"),
    ]


def test_follow_yields_progress_then_the_report_and_passes_errors_on():
    report = SyncReport((FileResult("a", "read"),))

    def work(on_progress):
        on_progress(Progress("a", 0, 1))
        return report

    assert list(app.follow(work))[-1] is report

    def fail(on_progress):
        raise DamagedIndex("the index is broken; run: turncite sync --rebuild")

    with pytest.raises(DamagedIndex, match="the index is broken"):
        list(app.follow(fail))


def test_dates_and_times_are_written_for_people():
    assert app.long_date("2025-10-10") == "October 10, 2025"
    assert app.long_date("spring 1994") == "spring 1994"
    assert app.long_date(None) == ""
    assert app.clock(3725.9) == "1:02:05"


# The server -------------------------------------------------------------------------------


def test_the_ask_endpoint_returns_the_document_of_ask_json(client, assistant):
    asked = len(assistant.asked)
    result = client.predict("What does the quay cost?", ["Ada"], api_name="/ask")
    assert result["short"] == "$4 million"
    assert result["citations"][0]["quote"] == "The quay costs $4 million [1]"
    assert result["citations"][0]["speaker"] == "Ada"
    assert assistant.asked[asked][1] == Filters(speakers=("Ada",))


def test_the_ask_endpoint_gives_the_reason_and_no_stack_trace(client):
    with pytest.raises(AppError, match="too long; the limit is 1,000 characters"):
        client.predict("x" * 2000, api_name="/ask")
    with pytest.raises(AppError) as crash:
        client.predict("crash", api_name="/ask")
    assert "secret" not in str(crash.value)


def test_ask_is_the_only_public_endpoint(client):
    endpoints = client.view_api(return_format="dict", print_info=False)
    assert list(endpoints["named_endpoints"]) == ["/ask"]
    assert endpoints["unnamed_endpoints"] == {}


def test_the_page_names_no_outside_font_or_script(page):
    with httpx.Client(base_url=page.local_url, trust_env=False) as web:
        texts = [web.get("/").text, web.get("/theme.css").text]
    assert "Turncite" in texts[0]
    for text in texts:
        assert "fonts.g" not in text
        assert "cdn" not in text.lower()


def test_the_page_hands_out_no_file_of_the_machine(page):
    with httpx.Client(base_url=page.local_url, trust_env=False) as web:
        for path in (app.__file__, "/etc/passwd", str(Path(app.__file__).parent / "data")):
            assert web.get(f"/gradio_api/file={path}").status_code in (403, 404)


def test_importing_the_page_loads_no_model_library():
    heavy = "{'torch', 'sentence_transformers', 'transformers'}"
    code = f"import sys, app; sys.exit(str({heavy} & set(sys.modules)))"
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=Path(app.__file__).parent, capture_output=True, text=True)
    assert done.stderr == "set()\n"


def test_a_taken_port_is_one_clear_line(page):
    port = page.server_port
    with pytest.raises(InputError, match=f"port {port}: Address already in use. Choose .*--port"):
        app.serve(FakeAssistant(HARBOUR), port=port)


def test_an_impossible_host_or_port_is_one_clear_line():
    with pytest.raises(InputError, match=r"Cannot listen on 127\.0\.0\.1, port 99999"):
        app.free_port("127.0.0.1", 99999)


def test_a_proxy_never_carries_the_page_elsewhere(monkeypatch):
    """Gradio asks its own server whether it is up, through httpx, which obeys proxies."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    page = app.launch(FakeAssistant(HARBOUR), port=0)
    try:
        assert page.local_url.startswith("http://127.0.0.1:")
    finally:
        page.close()
