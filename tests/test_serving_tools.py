"""The tools for programs, called by a real client of the Model Context Protocol: over HTTP beside
the page, with and without users, and over stdin and stdout of the command itself."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

import app  # first: it keeps the model hub's client silent

# isort: split
from conftest import ROOT
from test_app import HARBOUR, FakeAssistant

from serving.around import Serving
from serving.audit import AuditLog
from serving.users import Users, add_user

pytest.importorskip("mcp", reason="the tools are an extra: pip install 'turncite[mcp]'")

import httpx2
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from serving.tools import _shown

QUAY = "What does the quay cost?"
ADA = ("ada", "quay side 1843")


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant(HARBOUR)


@pytest.fixture(scope="module")
def page(assistant):
    page = app.launch(assistant, port=0, serving=Serving(tools=True))
    yield page
    page.close()


@asynccontextmanager
async def connected(url: str, mode: str = "auto", **given: Any):
    """A client of the tools at an address of the page."""
    async with (
        httpx2.AsyncClient(trust_env=False, timeout=60, **given) as web,
        Client(streamable_http_client(f"{url}mcp", http_client=web), mode=mode) as client,
    ):
        yield client


def calling(url: str, work: Callable[[Client], Awaitable[Any]], **given: Any) -> Any:
    async def run() -> Any:
        async with connected(url, **given) as client:
            return await work(client)

    return asyncio.run(run())


def test_the_tools_only_read_and_are_those_of_the_guide(page):
    tools = calling(page.local_url, lambda client: client.list_tools()).tools
    assert [tool.name for tool in tools] == ["ask", "search", "list", "show"]
    assert all(tool.annotations.read_only_hint for tool in tools)
    assert tools[0].input_schema["required"] == ["question"]
    assert "the exact words, who said them and where" in tools[0].description
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8").split("## Tools")[1]
    for tool in tools:
        row = f"| `{tool.name}` | {', '.join(tool.input_schema['properties'])} |"
        assert row in guide, row


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_question_is_answered_with_its_citations(page, assistant, mode):
    answer = calling(
        page.local_url,
        lambda client: client.call_tool("ask", {"question": QUAY, "speakers": ["Ada"]}),
        mode=mode,
    )
    assert not answer.is_error
    said = answer.structured_content
    assert (said["answered"], said["short"]) == (True, "$4 million")
    assert said["citations"][0]["quote"] == "The quay costs $4 million [1]"
    assert json.loads(answer.content[0].text) == said
    assert assistant.asked[-1][1].speakers == ("Ada",)


def test_a_transcript_is_listed_and_read_in_parts(page):
    async def work(client: Client) -> list[Any]:
        return [
            await client.call_tool("list", {}),
            await client.call_tool("show", {"document": "harbour.vtt", "first": 2, "last": 3}),
            await client.call_tool("show", {"document": "harbour.vtt"}),
            await client.call_tool("show", {"document": "gone.txt"}),
        ]

    listed, part, whole, gone = calling(page.local_url, work)
    assert [row["id"] for row in listed.structured_content["documents"]] == ["harbour.vtt"]
    shown = part.structured_content
    assert [turn["position"] for turn in shown["turns"]] == [2, 3]
    assert (shown["of"], shown["unread"]) == (6, 0)
    assert len(whole.structured_content["turns"]) == 6
    assert gone.is_error
    assert gone.content[0].text.endswith("gone.txt is not in the library")


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [(0, None, range(6)), (-3, 1, range(2)), (4, 99, range(4, 6)), (3, 2, []), (0, -1, []),
     (0, -2, [])],
)  # fmt: skip
def test_a_part_of_a_transcript_is_from_first_to_last(assistant, first, last, shown):
    part = _shown(assistant.library, "harbour.vtt", first, last)
    assert [turn["position"] for turn in part["turns"]] == [*shown]


def test_what_is_wrong_is_one_line_without_a_secret(page):
    async def work(client: Client) -> list[str]:
        calls = ({"question": "x" * 2000}, {"question": "crash"})
        answers = [await client.call_tool("ask", call) for call in calls]
        assert all(answer.is_error for answer in answers)
        return [answer.content[0].text for answer in answers]

    long, crash = calling(page.local_url, work)
    assert "the limit is 1,000 characters" in long
    assert "Something went wrong inside Turncite" in crash
    assert "secret" not in crash


def test_pages_of_other_sites_reach_no_tool(page):
    with httpx2.Client(trust_env=False) as web:
        for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
            sent = web.post(f"{page.local_url}mcp", json={}, headers=headers)
            assert sent.status_code == 403


def test_the_tools_are_at_the_path_of_a_proxy_too():
    serving = Serving(tools=True, base_path="/turncite")
    page = app.launch(FakeAssistant(HARBOUR), port=0, serving=serving)
    try:
        for url in (page.local_url, f"{page.local_url}turncite/"):
            listed = calling(url, lambda client: client.call_tool("list", {}))
            assert len(listed.structured_content["documents"]) == 1
    finally:
        page.close()


def test_without_the_option_there_are_no_tools():
    page = app.launch(FakeAssistant(HARBOUR), port=0)
    try:
        with httpx2.Client(trust_env=False) as web:
            assert web.post(f"{page.local_url}mcp", json={}).status_code in (404, 405)
    finally:
        page.close()


def test_with_users_the_tools_need_a_login_and_know_who_asks(tmp_path):
    add_user(tmp_path / "users", *ADA)
    log = AuditLog(tmp_path / "log")
    serving = Serving(users=Users(tmp_path / "users"), audit=log, tools=True)
    page = app.launch(FakeAssistant(HARBOUR), port=0, serving=serving)
    try:
        with httpx2.Client(trust_env=False) as web:
            for auth in (None, ("ada", "guess")):
                refused = web.post(f"{page.local_url}mcp", json={}, auth=auth)
                assert refused.status_code == 401
        answer = calling(
            page.local_url, lambda client: client.call_tool("ask", {"question": QUAY}), auth=ADA
        )
        assert answer.structured_content["short"] == "$4 million"
    finally:
        page.close()
    (row,) = [json.loads(line) for line in log.path.read_text(encoding="utf-8").splitlines()]
    assert (row["user"], row["question"], row["outcome"]) == ("ada", QUAY, "answered")


def test_a_missing_package_is_one_clear_line(monkeypatch, tmp_path):
    code = "import sys; sys.modules['mcp'] = None; from rag.cli import main; main(sys.argv[1:])"
    for command in (["mcp"], ["serve", "--mcp"]):
        run = [sys.executable, "-c", code, *command, "--library", str(tmp_path)]
        done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            "turncite: the tools for programs need mcp, which is not installed: "
            "pip install 'mcp>=2.3,<3'\n"
        )


@pytest.mark.model
def test_the_command_is_a_server_on_stdin_and_stdout(sample, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / sample.name).write_bytes(sample.read_bytes())
    code = "from rag.cli import main; main(['mcp', '--library', 'data'])"
    starts = StdioServerParameters(
        command=sys.executable,
        args=["-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    async def run() -> Any:
        with (tmp_path / "stderr").open("w") as errors:
            async with Client(stdio_client(starts, errlog=errors), mode="legacy") as client:
                question = {"question": "What trade target was mentioned?"}
                asked = await client.call_tool("ask", question)
                found = await client.call_tool("search", {"words": "nuclear power", "k": 2})
                return asked.structured_content, found.structured_content

    asked, found = asyncio.run(run())
    assert asked["short"] == "$30 billion"
    assert asked["citations"][0]["speaker"] == "Kassym-Jomart Tokayev"
    assert len(found["hits"]) == 2
    assert (tmp_path / "stderr").read_text() == ""
