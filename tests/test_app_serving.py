"""The real server over a fake assistant, asked over HTTP: hosts, sites, uploads, health, audit."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

import app  # first: it keeps the model hub's client silent

# isort: split
import httpx
from gradio_client import Client
from test_app import HARBOUR, FakeAssistant

from index.errors import DamagedIndex, InputError, ModelError
from index.parse import SUFFIXES
from index.types import Filters, SyncReport
from page.examples import Examples
from serving.around import Serving
from serving.audit import Audited, AuditLog
from serving.gate import Hosts
from serving.health import Health

QUAY = "What does the quay cost?"


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant(HARBOUR)


@pytest.fixture(scope="module")
def audit(tmp_path_factory) -> AuditLog:
    return AuditLog(tmp_path_factory.mktemp("audit") / "questions.jsonl")


@pytest.fixture(scope="module")
def page(assistant, audit):
    page = app.launch(
        assistant,
        port=0,
        serving=Serving(hosts=("Team.Example",), max_upload="10kb", audit=audit),
    )
    yield page
    page.close()


@pytest.fixture
def web(page) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=page.local_url, trust_env=False, timeout=30) as web:
        yield web


def asked(web: httpx.Client, **headers: str) -> httpx.Response:
    """A question sent as a web page would."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.post("/gradio_api/call/ask", json={"data": [QUAY]}, headers=named)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.0.0.1:1", "[::1]:9", "team.example"]
)
def test_a_name_of_this_machine_or_an_allowed_one_is_served(web, host):
    assert web.get("/config", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[", "10.0.0.1"]
)
def test_another_name_that_leads_here_is_refused(web, host):
    """DNS rebinding: a site whose name is changed to this machine's address."""
    for path in ("/", "/config", "/health", "/gradio_api/info", "/gradio_api/startup-events"):
        refused = web.get(path, headers={"Host": host})
        assert refused.status_code == 403, path
        assert "--allow-host" in refused.text
        assert "Harbour" not in refused.text
    assert asked(web, Host=host).status_code == 403


def test_a_page_of_its_own_and_programs_may_ask(web, page):
    own = f"http://127.0.0.1:{page.server_port}"
    assert asked(web).status_code == 200
    assert asked(web, Origin=own).status_code == 200
    assert asked(web, Origin="https://team.example").status_code == 200
    assert asked(web, Origin="https://team.example", Host="team.example").status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://localhost:3000",  # another server on this machine
        "http://127.0.0.1",
        "https://evil.example?team.example",
        "https://team.example.evil.example",
        "file://",
        "http://[",
    ],
)
def test_pages_of_other_sites_are_refused(web, assistant, origin):
    before = len(assistant.asked)
    for refused in (
        asked(web, Origin=origin),
        web.post(
            "/gradio_api/upload", files={"files": ("a.txt", b"A: x")}, headers={"Origin": origin}
        ),
        web.get("/config", headers={"Origin": origin}),
        web.get("/gradio_api/call/ask/x", headers={"Origin": origin}),
    ):
        assert refused.status_code == 403
        assert "takes no requests from pages of" in refused.text
    assert len(assistant.asked) == before


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_site_may_link_here_and_not_embed(web, site):
    """A page of another port of this machine is of the same site."""

    def sent(mode: str) -> int:
        fetched = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
        return web.get("/", headers=fetched).status_code

    assert sent("navigate") == 200
    assert sent("no-cors") == 403
    own = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors"}
    assert web.get("/", headers=own).status_code == 200


def test_a_site_that_asks_first_gets_no_leave(web):
    """A preflight, which gradio answers: no header lets the other site read or send."""
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = web.options("/gradio_api/call/ask", headers=asks)
    assert "access-control-allow-origin" not in answer.headers


def test_on_a_network_other_sites_may_not_come():
    hosts = Hosts("0.0.0.0", others="local")
    assert hosts.refuse({"host": "192.168.1.7:7860"}) == ""
    assert hosts.refuse({"host": "box:7860", "origin": "http://box:7860"}) == ""
    assert hosts.refuse({"host": "box", "origin": "https://box:443"}) == ""
    assert "no requests from pages of http://evil" in hosts.refuse(
        {"host": "box:7860", "origin": "http://evil"}
    )
    assert "box:7861" in hosts.refuse({"host": "box:7860", "origin": "http://box:7861"})


def test_no_site_can_show_the_page_inside_its_own(web):
    headers = web.get("/").headers
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def upload(web: httpx.Client, **files: bytes) -> httpx.Response:
    sent = [("files", (name, content)) for name, content in files.items()]
    return web.post("/gradio_api/upload", files=sent)


def test_a_file_that_can_be_read_is_taken(web):
    taken = upload(web, **{"board.TXT": b"Ada: Hello."})
    assert taken.status_code == 200
    assert taken.json()[0].endswith("board.TXT")


def test_a_file_of_another_kind_is_refused_by_name(web):
    refused = upload(web, **{"photo.png": b"\x89PNG"})
    assert refused.status_code == 400
    assert refused.text.startswith("photo.png: not added, as Turncite reads files that end in .")
    assert all(suffix in refused.text for suffix in SUFFIXES)
    many = upload(web, **{"a.exe": b"MZ", "b.exe": b"MZ"})
    assert many.text.startswith("a.exe and 1 more: not added")


def test_among_others_it_is_left_to_the_library_to_say_why(web):
    assert upload(web, **{"photo.png": b"\x89PNG", "board.txt": b"Ada: Hi."}).status_code == 200


def test_a_file_beyond_the_limit_is_refused(web):
    assert upload(web, **{"board.txt": b"x" * 9_000}).status_code == 200
    refused = upload(web, **{"board.txt": b"x" * 11_000})
    assert refused.status_code == 413
    assert "maximum allowed size of 10240 bytes" in refused.text


def test_a_body_that_is_no_upload_has_a_limit_too(web):
    body = b'{"data": ["' + b"x" * (33 * 1024 * 1024) + b'"]}'
    announced = web.post("/gradio_api/call/ask", content=body)
    assert announced.status_code == 413
    assert "at most 32 MB" in announced.text
    pieces = (body[at : at + 1_000_000] for at in range(0, len(body), 1_000_000))
    assert web.post("/gradio_api/call/ask", content=pieces).status_code == 413


@pytest.mark.parametrize("size", ["", "0mb", "big", "10", "1pb", "-1mb"])
def test_a_size_that_is_none_is_one_clear_line(size):
    with pytest.raises(InputError, match="is no size such as 500kb, 256mb or 2gb"):
        Serving(max_upload=size)


@pytest.mark.parametrize("path", ["turncite", "/a b", "/../x", "//x", "http://x/y", "/x?y"])
def test_a_base_path_that_is_none_is_one_clear_line(path):
    with pytest.raises(InputError, match="is no path such as /turncite"):
        Serving(base_path=path)
    assert Serving(base_path="/turncite/").base_path == "/turncite"


def test_health_counts_documents_and_tells_nothing_else(web):
    health = web.get("/health")
    assert health.status_code == 200
    told = health.json()
    assert told.pop("version")
    assert told == {"status": "ok", "documents": 1}


def test_health_says_why_there_is_none(caplog):
    class Broken:
        def documents(self):
            raise DamagedIndex("/home/ada/secret/.turncite is damaged")

    status, told = Health(Broken()).tell()
    assert status == 503
    assert told.pop("version")
    assert told == {"status": "unavailable", "reason": "the index is damaged"}
    assert "/home/ada/secret" in caplog.text  # for who runs it


def rows(audit: AuditLog) -> list[dict]:
    return [json.loads(line) for line in audit.path.read_text(encoding="utf-8").splitlines()]


def test_every_question_is_kept_with_what_it_cites(page, audit):
    client = Client(page.local_url, verbose=False, analytics_enabled=False)
    before = len(rows(audit))
    client.predict(QUAY, ["Ada"], [], "2024-01-01", api_name="/ask")
    client.predict("Who won?", api_name="/ask")
    with pytest.raises(Exception, match="went wrong"):
        client.predict("crash", api_name="/ask")
    client.predict(api_name="/list")
    answered, refused, failed = rows(audit)[before:]
    assert answered.pop("time").endswith("+00:00")
    assert answered.pop("ms") >= 0
    assert answered == {
        "question": QUAY,
        "filters": {"speakers": ["Ada"], "since": "2024-01-01"},
        "outcome": "answered",
        "documents": ["harbour.vtt"],
    }
    assert (refused["outcome"], refused["documents"], refused["filters"]) == ("refused", [], {})
    assert failed["outcome"] == "failed"
    assert stat.S_IMODE(audit.path.stat().st_mode) == 0o600


def test_an_answer_that_is_stopped_is_kept_as_that(assistant, tmp_path):
    log = AuditLog(tmp_path / "log")
    steps = Audited(assistant, log, lambda: "ada").stream(QUAY, filters=Filters(until="2025-01-01"))
    next(steps)
    steps.close()
    (row,) = rows(log)
    assert (row["user"], row["outcome"], row["filters"]) == (
        "ada", "stopped", {"until": "2025-01-01"},
    )  # fmt: skip


def test_the_log_is_written_anew_where_it_was_moved_away(tmp_path):
    log = AuditLog(tmp_path / "log")
    log.write({"question": "one"})
    log.path.rename(tmp_path / "log.1")
    log.write({"question": "two\nlines"})
    assert rows(log) == [{"question": "two\nlines"}]


def test_lines_of_many_at_once_are_whole(tmp_path):
    log = AuditLog(tmp_path / "log")
    writers = [
        threading.Thread(target=lambda: [log.write({"question": "ö" * 3000}) for _ in range(50)])
        for _ in range(8)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert rows(log) == [{"question": "ö" * 3000}] * 400


def test_a_log_that_cannot_be_written_stops_no_answer_and_is_told_once(assistant, tmp_path, capsys):
    folder = tmp_path / "logs"
    folder.mkdir()
    log = AuditLog(folder / "log")
    (folder / "log").unlink()
    folder.rmdir()
    audited = Audited(assistant, log, lambda: None)
    assert audited.ask(QUAY).short == "$4 million"
    assert audited.ask(QUAY).short == "$4 million"
    told = capsys.readouterr().err.splitlines()
    assert told == [
        f"turncite: questions are not kept in {log.path} (No such file or directory); they are "
        "answered all the same"
    ]
    folder.mkdir()
    audited.ask(QUAY)
    assert len(rows(log)) == 1
    with pytest.raises(InputError, match=r"--audit .*nowhere/log cannot be written \(No such"):
        AuditLog(tmp_path / "nowhere" / "log")


def test_an_audited_assistant_is_the_same_in_all_else(assistant, tmp_path):
    audited = Audited(assistant, AuditLog(tmp_path / "log"), lambda: None)
    assert [*audited.examples()] == [*assistant.examples()]
    assert audited.library is assistant.library
    assert audited.report == SyncReport()
    assert rows(audited._log) == []


def test_the_models_are_loaded_once_the_page_is_up(monkeypatch, capsys):
    """And what is wrong with them is said, while the page is served."""
    done = threading.Event()

    class Cold(FakeAssistant):
        def warm(self) -> None:
            done.set()
            raise ModelError("the embedding model x cannot be loaded")

    up = SimpleNamespace(
        local_url="http://somewhere/",
        block_thread=lambda: done.wait(10),
        examples=Examples(Cold(HARBOUR)),
    )
    monkeypatch.setattr(app, "launch", lambda assistant, **more: up)
    app.serve(Cold(HARBOUR))
    for thread in threading.enumerate():
        if thread.name.startswith("warm"):
            thread.join(10)
    printed = capsys.readouterr()
    assert printed.err == "turncite: the embedding model x cannot be loaded\n"
    assert printed.out.startswith("Turncite is at http://somewhere/")
