"""Passwords, sessions and keys are nowhere to be read: all that the command `turncite`, in a
process of its own, writes and sends back is looked through."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import COUNCIL, ROOT, write
from fastapi.responses import JSONResponse
from llm_server import KEY, Cut, event

from serving.users import add_user

TRAM = "What does the tram cost?"
RIGHT, WRONG, BASIC = "quayside-1843", "quayside-1844", "harbour-lights"
# A server that fails may well repeat what it was sent.
REPEATED = {"error": {"message": f"The key {KEY} is not known here."}}
FAULTS: dict[str, Any] = {
    "it refuses the key (401)": JSONResponse(REPEATED, 401),
    "it failed (500): The key *** is not known here": JSONResponse(REPEATED, 500),
    "the answer broke off before its end": [event("The tram "), Cut],
}


@dataclass
class Served:
    """A `turncite serve` and what it wrote; `end` stops it."""

    url: str
    end: Callable[[], str]
    audit: Path

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, trust_env=False, timeout=60)


def turncite(folder: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    named = {"TURNCITE_LIBRARY": str(folder), "TURNCITE_TRACE": "1", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", str(ROOT / "tests" / "fake_turncite.py"), *words],
        env={**os.environ, **named, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def small(tmp_path) -> Path:
    write(tmp_path / "library" / "council.txt", COUNCIL)
    return tmp_path / "library"


@pytest.fixture
def served(small, tmp_path, server, monkeypatch) -> Iterator[Served]:
    """With users, an audit, and a language model that has a key."""
    monkeypatch.setattr("serving.users._LOG_N", 10)  # quick to guess at
    for name, password in (("ada", RIGHT), ("bo", BASIC)):
        add_user(tmp_path / "users", name, password)
    files = ("--auth", str(tmp_path / "users"), "--audit", str(tmp_path / "audit"))
    model = ("--llm", "tiny", "--llm-url", server.url)
    process = turncite(small, "serve", "--port", "0", *files, *model, TURNCITE_LLM_KEY=KEY)
    with process:
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Turncite is at "):
                break

        def end() -> str:
            process.terminate()
            return "".join(said) + process.stdout.read()

        try:
            yield Served(said[-1].split()[3], end, tmp_path / "audit")
        finally:
            process.kill()


def ask(web: httpx.Client, question: str, written: bool = True, **more: Any) -> str:
    """What comes back for a question."""
    data = [question, [], [], None, None, written]
    sent = web.post("/gradio_api/call/ask", json={"data": data}, **more)
    return web.get(f"/gradio_api/call/ask/{sent.json()['event_id']}", **more).text


def outcomes(audit: Path) -> list[str]:
    return [json.loads(line)["outcome"] for line in audit.read_text("utf-8").splitlines()]


@pytest.mark.thorough
def test_passwords_sessions_and_keys_are_in_no_log(served, server):
    """Whoever logs in, or fails to, in each way; whatever crashes; whatever the model does."""
    basic, came = ("bo", BASIC), []
    with served.client() as web, served.client() as program:
        form = {"username": "ada", "next": "/"}
        came.append(web.post("/login", data={**form, "password": WRONG}).text)
        came.append(web.get("/login", params={**form, "password": WRONG}).text)
        came.append(web.post("/login", json={**form, "password": RIGHT}).text)
        came.append(program.get("/config", auth=("bo", WRONG)).text)
        entered = web.post("/login", data={**form, "password": RIGHT})
        assert entered.status_code == 303
        ((cookie, session),) = web.cookies.items()
        assert re.fullmatch(r"[\w-]{43}", session)
        came.append(web.get("/").text)
        came.append(web.get("/config").text)
        came.append(ask(program, TRAM, written=False, auth=basic))
        assert "240 million kronor" in came[-1]
        came.append(ask(web, "Did the tram crash?"))
        assert "Something went wrong inside Turncite" in came[-1]
        for fault, reply in FAULTS.items():
            server.replies = [reply]
            came.append(ask(web, TRAM))
            assert fault in came[-1]
            assert server.headers[-1]["authorization"] == f"Bearer {KEY}"
        came.append(web.get("/logout").text)
        web.cookies.set(cookie, session)
        assert web.get("/config").status_code == 401
    logged, kept = served.end(), served.audit.read_text(encoding="utf-8")
    assert "nobody foresaw this" in logged
    # Where the model fails, exact quotes answer.
    assert outcomes(served.audit) == ["answered", "failed", *["answered"] * len(FAULTS)]
    coded = base64.b64encode(":".join(basic).encode()).decode()
    texts = {"its output": logged, "the audit": kept, "an answer": "\n".join(came)}
    found = [
        f"{secret} in {where}"
        for secret in (RIGHT, WRONG, BASIC, coded, session, KEY)
        for where, text in texts.items()
        if secret in text
    ]
    assert found == []
