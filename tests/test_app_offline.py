"""The proof that serving is offline: the real server in a Python that can't leave this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from test_app_browser import TRADE, Visitor, browser, library

pytestmark = [pytest.mark.browser, pytest.mark.model]
__all__ = ["browser", "library"]  # fixtures of this module too

# An audit hook sees what Python's own socket calls do, by whichever library, and can't be undone.
SITECUSTOMIZE = """
import ipaddress, os, sys

def is_local(host):
    name = os.fsdecode(host) if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(name).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified

def guard(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None  # else a Unix socket
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = args[0]
    else:
        return
    if not is_local(host):
        with open(os.environ["TURNCITE_TEST_OUTSIDE"], "a") as outside:
            outside.write(f"{event} {host}\\n")
        raise OSError(f"forbidden: {event} {host}")

sys.addaudithook(guard)
with open(os.environ["TURNCITE_TEST_GUARDED"], "a") as guarded:
    guarded.write(f"{os.getpid()}\\n")
"""


@dataclass(frozen=True)
class Guarded:
    """How to start a Python that can't leave this machine, and what it tried."""

    environ: dict[str, str]
    outside: Path
    guarded: Path

    def tried(self) -> str:
        return self.outside.read_text() if self.outside.exists() else ""


@pytest.fixture
def guarded(tmp_path) -> Guarded:
    outside, pids = tmp_path / "outside.txt", tmp_path / "guarded.txt"
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(SITECUSTOMIZE)
    # What would hush the libraries from outside is taken away: Turncite has to do it itself.
    hushed = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "GRADIO_ANALYTICS_ENABLED")
    environ = {name: value for name, value in os.environ.items() if name not in hushed}
    environ |= {
        "PYTHONPATH": str(tmp_path / "guard"),
        "TURNCITE_TEST_OUTSIDE": str(outside),
        "TURNCITE_TEST_GUARDED": str(pids),
        "HF_HOME": str(tmp_path / "hub"),
        "PYTHONUNBUFFERED": "1",
    }
    return Guarded(environ, outside, pids)


@pytest.fixture
def url(guarded, library, tmp_path) -> Iterator[str]:
    """The address of `turncite serve`, the command itself, started in that Python."""
    command = [str(Path(sys.executable).with_name("turncite")), "serve"]
    with subprocess.Popen(
        [*command, "--library", str(library), "--port", "0"],
        env=guarded.environ,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            line = server.stdout.readline()
            assert line.startswith("Turncite is at http://127.0.0.1:"), line
            assert str(server.pid) in guarded.guarded.read_text().split()
            yield line.split()[3]
        finally:
            server.terminate()


@pytest.mark.parametrize(
    "reach",
    [
        "import socket; socket.create_connection(('192.0.2.1', 9))",
        "import socket; socket.socket().connect_ex(('192.0.2.1', 9))",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 9))",
        "import socket; socket.getaddrinfo('example.org', 443)",
        "import httpx; httpx.get('https://example.org')",
    ],
)
def test_the_guard_forbids_and_keeps_what_leaves_this_machine(guarded, reach):
    """So that the empty file below proves something."""
    run = [sys.executable, "-c", reach]
    done = subprocess.run(run, env=guarded.environ, capture_output=True, text=True)
    assert "forbidden: socket." in done.stderr
    assert guarded.tried().startswith("socket.")


def test_a_server_that_cannot_leave_this_machine_answers_and_never_tries(guarded, url, browser):
    visitor = Visitor(browser, url, width=1440, height=900, scheme="light")
    assert "$30 billion" in visitor.ask(TRADE).inner_text()
    assert "$30 billion" in visitor.marked("$30 billion")
    visitor.wait_for_examples()
    visitor.page.close()
    with httpx.Client(base_url=f"{url}gradio_api/call/ask", trust_env=False, timeout=60) as web:
        asked = web.post("", json={"data": [TRADE, [], [], None, None, True]}).json()["event_id"]
        event, data = web.get(f"/{asked}").text.strip().split("\n")
    assert event == "event: complete"
    (answer,) = json.loads(data.removeprefix("data: "))
    assert answer["citations"][0]["speaker"] == "Kassym-Jomart Tokayev"
    assert guarded.tried() == ""
