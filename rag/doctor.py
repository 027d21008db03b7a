"""What `turncite doctor` looks at: versions, the model, the index, and what to do next."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from index import Hit, Library, Passage
from index.embed import Embedder
from index.errors import TurnciteError
from index.types import Slice

from .checking.said import claims_of, plain, spoken
from .prompt import build_messages
from .reader.span_model import SpanModel

if TYPE_CHECKING:
    from .llm import LLM

# What a language model is asked: words of our own, nobody's transcript.
_PASSAGE = "The new tram opens in March. It costs 240 million crowns."
_QUESTION = "What does the tram cost?"

_PACKAGES = ("sentence-transformers", "torch", "faiss-cpu", "tantivy", "gradio", "tiktoken")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what it is, what was found (with the next step), whether it is well."""

    what: str
    found: str
    ok: bool


def examine(
    path: Path,
    embedder: Embedder,
    reader: SpanModel,
    store: str | None = None,
    store_token: str | None = None,
    llm: LLM | None = None,
) -> Iterator[Check]:
    """Look at everything a question needs, in the order in which it is needed; of a language model
    ask one, with words of our own."""
    yield Check("python", f"{platform.python_version()} on {platform.system()}", True)
    for package in ("turncite", *_PACKAGES):
        try:
            yield Check(package, version(package), True)
        except PackageNotFoundError:
            yield Check(package, "not installed; run: make run, or pip install turncite", False)
    yield _model(embedder)
    yield _reader(reader)
    if llm is not None:
        yield from examine_model(llm)
    yield from _library(path, embedder, store, store_token)


def _model(embedder: Embedder) -> Check:
    try:
        limit = embedder.max_tokens
        embedder.embed_questions([_QUESTION])
    except TurnciteError as error:
        return Check("embedding model", str(error), False)
    return Check("embedding model", f"{embedder.fingerprint}, passages to {limit} tokens", True)


def _reader(reader: SpanModel) -> Check:
    try:
        reader.load()
    except TurnciteError as error:
        return Check("reader", str(error), False)
    return Check("reader", reader.fingerprint, True)


def examine_model(llm: LLM) -> Iterator[Check]:
    """Whether the model answers a question from a passage, and how long that takes."""
    what = "language model"
    where = f"{llm.model} at {llm.host}"
    passage = Passage(
        "test", (Slice(0, 0, len(_PASSAGE)),), ("Ada Byron",), f"Ada Byron: {_PASSAGE}"
    )
    messages, _ = build_messages(
        _QUESTION, [Hit(passage, 1.0)], {}, model=llm.model, max_tokens=1_000
    )
    begun = time.perf_counter()
    first: float | None = None
    raw = ""
    try:
        for piece in llm.stream(messages):
            raw += piece
            if first is None and piece:
                first = time.perf_counter() - begun
    except TurnciteError as error:
        yield Check(what, f"{error} The recipes are in docs/llm.md", False)
        others = llm.models()
        if others and llm.model not in others:
            yield Check(
                "its models", f"it lists {', '.join(others[:8])}; name one with --llm", False
            )
        return
    seconds = time.perf_counter() - begun
    pace = f"first word after {first or seconds:.1f} s, done after {seconds:.1f} s"
    said = claims_of(plain(spoken(raw)))
    if not any("240" in claim.text for claim in said):
        found = "answers, but not from the passage it is given; its sentences will mostly be marked"
        yield Check(what, f"{where} {found}: choose a larger model ({pace})", False)
    elif not any(claim.numbers for claim in said):
        found = "answers without markers: Turncite looks for the quotes itself"
        yield Check(what, f"{where} {found} ({pace})", True)
    else:
        yield Check(what, f"{where} answers and cites ({pace})", True)


def _library(
    path: Path, embedder: Embedder, store: str | None, store_token: str | None
) -> Iterator[Check]:
    try:
        library = Library.open(path, embedder, store=store, store_token=store_token)
        health = library.health()
    except TurnciteError as error:
        yield Check("library", str(error), False)
        return
    state = "cannot be written: asked as it was last indexed" if library.read_only else "writable"
    where = store or path.resolve()
    yield Check("library", f"{where} ({state})", True)
    for name, found in health.items():
        yield Check(name, found, name != "database" or found == "ok")
    if health["documents"] == "0":
        step = "index what the folder holds: turncite sync, or add a transcript: turncite add FILE"
        yield Check("next", step, True)
    else:
        yield Check("next", 'ask: turncite ask "What was decided?", or turncite serve', True)
    library.close()
