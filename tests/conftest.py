"""What every test may use: no network, an embedder that a person can read, and folders."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from llm_server import Server, running_server

from index import Filters, Library
from index.types import SyncReport
from rag import Assistant
from rag.reader.signs import SignReader

# Machines are slow at times; a slow example is no fault.
settings.register_profile("turncite", deadline=None)
settings.load_profile("turncite")

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

COUNCIL = """Uppsala city council
Mayor Anna Lind: The new tram opens on the third of March. The tram costs 240 million kronor.
Per Holm: Thank you, that is good news for the schools along the route.
Anna Lind: The council will pay half of the budget.
May 5, 2025, Uppsala
"""
HARBOUR = """Harbour board
Cy Berg: The ferry will sail twice a day. The harbour needs a deeper basin.
Dina Moe: Who pays for the basin? The budget is 28 million.
Cy Berg: The harbour fees pay for it.
February 29, 2024, Bergen
"""
CHOIR = """The choir met in the school on Monday.

Nobody could find the music, and the ferry was late.
"""


def by_signs(library: Library | Path, embedder: Any = None, **more: Any) -> Assistant:
    """An assistant whose reader has no network: of a library, or of a folder, which is synced."""
    if isinstance(library, Library):
        return Assistant(library, reader=SignReader(library), **more)
    opened = Assistant.open(library, embedder=embedder)
    return Assistant(opened.library, reader=SignReader(opened.library), report=opened.report)


@pytest.fixture(scope="session")
def _running_model() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(_running_model: Server) -> Server:
    """A language model's server on loopback, which says what a test sets."""
    _running_model.clear()
    return _running_model


def _is_local(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(name))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@pytest.fixture(scope="session", autouse=True)
def _guarded_sockets() -> Iterator[list[object]]:
    """Refuses whatever leaves this machine, and keeps what was tried."""
    outside: list[object] = []
    lookup = socket.getaddrinfo
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def refuse_unless_local(host: object, what: object) -> None:
        if not _is_local(host):
            outside.append(what)
            raise OSError(f"a test reached for the network: {what}")

    def guarded_lookup(host: Any, *rest: Any, **named: Any) -> Any:
        refuse_unless_local(host, host)
        return lookup(host, *rest, **named)

    def guarded(method: Any) -> Any:
        def call(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                refuse_unless_local(address[0], address)
            return method(self, address)

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", guarded_lookup)
        patch.setattr(socket.socket, "connect", guarded(connect))
        patch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
        yield outside


@pytest.fixture(autouse=True)
def outside(_guarded_sockets: list[object]) -> Iterator[list[object]]:
    """The hosts this test reached for; one that is left here fails the test.

    So it does where the code swallowed the error, as update checks do.
    """
    yield _guarded_sockets
    tried = list(_guarded_sockets)
    _guarded_sockets.clear()
    assert tried == [], "nothing may leave this machine"


WORDS = ("tram", "school", "harbour", "ferry", "budget", "music", "thank")


@dataclass
class WordEmbedder:
    """An Embedder whose vectors are counts of WORDS, scaled to length 1, by eye.

    The last dimension is for texts with none of them. `asked` keeps every text embedded.
    """

    words: tuple[str, ...] = WORDS
    max_tokens: int = 24
    name: str = "words"
    asked: list[str] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        return f"{self.name}@{len(self.words)}"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 2 for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.asked.extend(texts)
        return self.embed_questions(texts)

    def embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), len(self.words) + 1), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.casefold()):
                if word.removesuffix("s") in self.words:
                    row[self.words.index(word.removesuffix("s"))] += 1
            row[-1] = not row.any()
            row /= np.linalg.norm(row)
        return rows

    def vector(self, text: str) -> np.ndarray:
        """(dimensions,) of one question."""
        return self.embed_questions([text])[0]

    def asked_since(self) -> list[str]:
        """The texts embedded since the last call of this."""
        asked, self.asked = self.asked, []
        return asked


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture(scope="session")
def sample() -> Path:
    """The sample transcript that comes with Turncite."""
    return ROOT / "data" / "dushanbe-2025-10-10.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library folder of three small transcripts."""
    library = tmp_path / "library"
    library.mkdir()
    (library / "choir.md").write_text(CHOIR, encoding="utf-8")
    (library / "council.txt").write_text(COUNCIL, encoding="utf-8")
    (library / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    return library


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real transcripts beside the repository, not part of it."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here: the real transcripts are not part of the repository")
    return SHARED


@pytest.fixture
def library(folder, embedder) -> Library:
    """Synced; what was embedded for that is forgotten."""
    library = Library.open(folder, embedder)
    library.sync()
    embedder.asked_since()
    return library


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def states(report: SyncReport) -> dict[str, str]:
    return {result.id: result.state for result in report.files}


def reasons(report: SyncReport) -> dict[str, str]:
    return {result.id: result.why for result in report.files if result.why}


def found(library: Library, words: str, filters: Filters | None = None) -> list[str]:
    return [hit.passage.transcript for hit in library.lexical(words, 9, filters)]


def lock(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make files and folders of this name impossible to open, for the root user too."""
    opened, scandir = Path.open, os.scandir

    def refuse(path: object) -> None:
        if Path(str(path)).name == name:
            raise PermissionError(13, "Permission denied", str(path))

    def open_file(path: Path, *rest: Any, **named: Any) -> Any:
        refuse(path)
        return opened(path, *rest, **named)

    def open_folder(path: Any) -> Any:
        refuse(path)
        return scandir(path)

    monkeypatch.setattr(Path, "open", open_file)
    monkeypatch.setattr(os, "scandir", open_folder)
