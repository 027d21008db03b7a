"""A Milvus Lite server in a process of its own, for the tests of index/milvus.py.

It speaks Milvus' protocol, so what is tested goes through the same client and network as with a
cluster. docs/scale-out.md says what it does not show.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

# It hands out numbers of writes without a lock, so two requests at once could get the same one.
_WORKERS = 1
# So small that tests see both halves of a store: what was just written and what was put away.
_BYTES_IN_MEMORY = 300_000
_START_SECONDS = 60


class MilvusServer:
    """Listens on one port of this machine, over one folder, through any number of restarts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            *(sys.executable, "-c", "from milvus_lite.cmdline import main; main()", "server"),
            *("--data-dir", str(self._folder / "data"), "--host", "127.0.0.1"),
            *("--port", str(self.port), "--max-workers", str(_WORKERS)),
        ]
        settings = {"MILVUS_LITE_MEMTABLE_MEMORY_LIMIT_BYTES": str(_BYTES_IN_MEMORY)}
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, **settings}
            )
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        self.kill()
        pytest.fail(f"Milvus Lite did not start: {(self._folder / 'log').read_text()[-2000:]}")

    def kill(self) -> None:
        """At once, as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="session")
def milvus(tmp_path_factory) -> Iterator[MilvusServer]:
    """A running server. Tests share it, each with a library of its own."""
    missing = [name for name in ("pymilvus", "milvus_lite") if find_spec(name) is None]
    if missing:
        why = f"{' and '.join(missing)} not installed: pip install pymilvus milvus-lite"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    started = MilvusServer(tmp_path_factory.mktemp("milvus"))
    started.start()
    yield started
    started.kill()
