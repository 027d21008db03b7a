"""What `turncite doctor` looks at: versions, the model, the index, and what to do next."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from index import Library
from index.embed import Embedder
from index.errors import TurnciteError

from .reader.span_model import SpanModel

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
) -> Iterator[Check]:
    """Look at everything a question needs, in the order in which it is needed."""
    yield Check("python", f"{platform.python_version()} on {platform.system()}", True)
    for package in ("turncite", *_PACKAGES):
        try:
            yield Check(package, version(package), True)
        except PackageNotFoundError:
            yield Check(package, "not installed; run: make run, or pip install turncite", False)
    yield _model(embedder)
    yield _reader(reader)
    yield from _library(path, embedder, store, store_token)


def _model(embedder: Embedder) -> Check:
    try:
        limit = embedder.max_tokens
    except TurnciteError as error:
        return Check("embedding model", str(error), False)
    return Check("embedding model", f"{embedder.fingerprint}, passages to {limit} tokens", True)


def _reader(reader: SpanModel) -> Check:
    try:
        reader.load()
    except TurnciteError as error:
        return Check("reader", str(error), False)
    return Check("reader", reader.fingerprint, True)


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
