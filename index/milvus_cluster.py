"""A Milvus deployment as this library uses it. The only importer of pymilvus.

Collections are made when first written to; what goes wrong is told in one line that names the
address, the fault and the next step.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import Any
from urllib.parse import unquote, urlsplit

from .errors import LibraryError
from .milvus_rows import MAX_BYTES, Row

# Both are read at import: pymilvus would take settings from a file `.env` around it, and gRPC
# print what it does about slow connections among our messages.
os.environ.setdefault("PYTHON_DOTENV_DISABLED", "1")
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
try:
    import grpc
    from pymilvus import DataType, Function, FunctionType, MilvusClient, MilvusException
except ImportError as error:
    raise LibraryError(
        "a library on Milvus needs pymilvus, which is not installed: pip install 'pymilvus>=3,<4'"
    ) from error

_CONNECT_SECONDS = 5
_CALL_SECONDS = 60
# Rows in one request; at the most that is 17 MB, and Milvus takes 64.
_BLOCK = 128
# Rows in one answer; those of a transcript's text are up to 32 kB each.
_PAGE = 500
# MilvusException.code: no such collection, and one that isn't in memory.
_NO_COLLECTION, _NOT_LOADED = 100, 101
# What says that the user is refused, and that nobody answers: gRPC's codes, and words of the
# client's own messages.
_REFUSED = (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED)
_REFUSED_WORDS = ("auth check", "unauthenticated", "permission", "privilege")
_UNANSWERED = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
_UNANSWERED_WORDS = ("fail connecting", "unavailable", "deadline exceeded", "retry timeout")
# Milvus wants a vector in every collection.
_UNUSED = {"unused": [0.0, 0.0]}

DOCUMENTS, TEXTS, PASSAGES = "documents", "texts", "passages"
LIBRARIES, LEASES = "libraries", "leases"


class Cluster:
    """For any number of threads. Names of collections are whole; `kind` is one of the above."""

    def __init__(self, address: str, token: str | None, dense_index: str) -> None:
        # It would print each failed call with its stack.
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL + 1)
        self.address = address
        self._indexes = {**_INDEXES, "vector": {"index_type": dense_index, "metric_type": "IP"}}
        self._ready: set[str] = set()
        self._lock = threading.Lock()
        with self._told():
            self._client = MilvusClient(uri=address, token=token or "", timeout=_CONNECT_SECONDS)

    def close(self) -> None:
        self._client.close()

    def version(self) -> str:
        with self._told():
            return str(self._client.get_server_version(timeout=_CALL_SECONDS))

    def collections(self, prefix: str) -> list[str]:
        with self._told():
            names = self._client.list_collections(timeout=_CALL_SECONDS)
        return sorted(name for name in names if name.startswith(prefix))

    def has(self, name: str) -> bool:
        """Whether the collection exists; it is then ready to be asked."""
        if name in self._ready:
            return True
        with self._told():
            if not self._client.has_collection(name, timeout=_CALL_SECONDS):
                return False
            self._load(name)
        return True

    def make(self, name: str, kind: str, dimensions: int = 2) -> None:
        """Make the collection with its indexes, as far as it isn't there."""
        if name in self._ready:
            return
        with self._lock, self._told():
            if not self._client.has_collection(name, timeout=_CALL_SECONDS):
                try:
                    schema = _schema(kind, dimensions)
                    self._client.create_collection(name, schema=schema, timeout=_CALL_SECONDS)
                except MilvusException:
                    # Another writer may have made it meanwhile.
                    if not self._client.has_collection(name, timeout=_CALL_SECONDS):
                        raise
            self._load(name)

    def put(self, name: str, rows: Iterable[Row]) -> None:
        """Insert the rows, or replace those with their ids."""
        rest = iter(rows)
        with self._told():
            while block := list(islice(rest, _BLOCK)):
                filled = [row if "vector" in row else {**row, **_UNUSED} for row in block]
                self._client.upsert(name, filled, timeout=_CALL_SECONDS)

    def delete(self, name: str, where: str) -> None:
        with self._told():
            self._client.delete(name, filter=where, timeout=_CALL_SECONDS)

    def get(
        self, name: str, ids: Sequence[str], fields: Sequence[str], *, latest: bool = False
    ) -> list[Row]:
        """The rows with these ids, those that exist; see `select` for `latest`."""
        rows: list[Row] = []
        for start in range(0, len(ids), _PAGE):
            block = list(ids[start : start + _PAGE])
            rows += self._asked(
                name, "get", ids=block, output_fields=list(fields), **_consistency(latest)
            )
        return rows

    def select(
        self, name: str, where: str, fields: Sequence[str], *, latest: bool = False
    ) -> list[Row]:
        """All rows within the expression.

        `latest` waits for what any writer has written; else it is what this process wrote, and
        what others wrote up to a moment ago.
        """
        rows: list[Row] = []
        with self._told():
            pages = self._retried(
                name,
                self._client.query_iterator,
                filter=where,
                output_fields=list(fields),
                batch_size=_PAGE,
                **_consistency(latest),
            )
            while page := pages.next():
                rows += page
            pages.close()
        return rows

    def search(
        self,
        name: str,
        field: str,
        query: list[float] | str,
        k: int,
        where: str,
        fields: Sequence[str],
    ) -> list[tuple[Row, float]]:
        """The `k` best rows within the expression, with scores: higher is better.

        `field` is "vector", for cosines, or "sparse", for BM25.
        """
        found = self._asked(
            name,
            "search",
            data=[query],
            anns_field=field,
            limit=k,
            filter=where,
            output_fields=list(fields),
            **_consistency(latest=False),
        )[0]
        # The one place where a distance becomes a score: Milvus Lite negates BM25, Milvus not.
        return [
            (dict(hit["entity"]), abs(hit["distance"]) if field == "sparse" else hit["distance"])
            for hit in found
        ]

    def _asked(self, name: str, verb: str, **request: Any) -> Any:
        with self._told():
            return self._retried(name, getattr(self._client, verb), **request)

    def _retried(self, name: str, verb: Any, **request: Any) -> Any:
        """Once more where the collection had left memory, as after a restart."""
        try:
            return verb(name, timeout=_CALL_SECONDS, **request)
        except MilvusException as error:
            if error.code != _NOT_LOADED:
                raise
        self._load(name)
        return verb(name, timeout=_CALL_SECONDS, **request)

    def _load(self, name: str) -> None:
        """Index and load the collection; a writer that was killed may have left that undone."""
        wanted = self._client.prepare_index_params()
        for field in self._client.describe_collection(name, timeout=_CALL_SECONDS)["fields"]:
            index = self._indexes.get(field["name"])
            # One of another type may be there, which whoever runs Milvus prefers.
            if index and not self._client.list_indexes(name, field_name=field["name"]):
                wanted.add_index(field_name=field["name"], index_name=field["name"], **index)
        if len(wanted):
            # Not waited for: there is nothing in them yet.
            self._client.create_index(name, wanted, timeout=_CALL_SECONDS, sync=False)
        self._client.load_collection(name, timeout=_CALL_SECONDS)
        self._ready.add(name)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (MilvusException, grpc.RpcError, OSError) as error:
            raise LibraryError(self._message(error)) from error

    def _message(self, error: Exception) -> str:
        call = error.__cause__ if isinstance(error.__cause__, grpc.RpcError) else error
        if isinstance(call, grpc.Call):
            code, why = call.code(), (call.details() or "").rpartition(": ")[2]
        else:
            code, why = None, str(getattr(call, "message", call))
        why = " ".join(why.split())[:200]
        if code in _REFUSED or any(word in why.lower() for word in _REFUSED_WORDS):
            return (
                f"{self.address}: Milvus refuses this user ({why}); "
                "set TURNCITE_STORE_TOKEN to user:password or to an API key"
            )
        if code in _UNANSWERED or any(word in why.lower() for word in _UNANSWERED_WORDS):
            return (
                f"{self.address}: no Milvus answers there ({why}); start it, or unset "
                "TURNCITE_STORE to use the index in the folder"
            )
        return f"{self.address}: Milvus failed ({why}); look at its log, then try again"


def parse_url(url: str, library: str) -> tuple[str, str]:
    """The deployment's address, and the library's name: the path in the URL, else `library`."""
    try:
        parts = urlsplit(url)
        port = parts.port or 19530
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise LibraryError(
            f"TURNCITE_STORE is {_without_user(url)!r}, which is no address of Milvus; "
            "set it to one such as http://host:19530 or http://host:19530/library"
        )
    if parts.username or parts.password:
        raise LibraryError(
            "TURNCITE_STORE holds a password, which would be shown; "
            "set TURNCITE_STORE_TOKEN to user:password instead"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}", unquote(parts.path.strip("/")) or library


def _without_user(url: str) -> str:
    """An address as it may be shown: a password in it is not, whatever signs that has."""
    return f"…@{url.rpartition('@')[2]}" if "@" in url else url


def _consistency(latest: bool) -> dict[str, str]:
    return {"consistency_level": "Strong" if latest else "Session"}


# By name of the field, in whichever collection.
_INDEXES: dict[str, dict[str, Any]] = {
    "unused": {"index_type": "FLAT", "metric_type": "IP"},
    "sparse": {
        "index_type": "SPARSE_INVERTED_INDEX",
        "metric_type": "BM25",
        "params": {"bm25_k1": 1.2, "bm25_b": 0.75},
    },
    **{name: {"index_type": "INVERTED"} for name in ("document", "version", "digest")},
}


@cache
def _schema(kind: str, dimensions: int) -> Any:
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)

    def add_text(*names: str, bytes_at_most: int = 64, **more: Any) -> None:
        for name in names:
            schema.add_field(name, DataType.VARCHAR, max_length=bytes_at_most, **more)

    def add_numbers(*names: str) -> None:
        for name in names:
            schema.add_field(name, DataType.INT64)

    add_text("id", bytes_at_most=128, is_primary=True)
    # Rows of one library lie together, apart from other libraries'.
    add_text("library", is_partition_key=True)
    if kind in (DOCUMENTS, TEXTS, PASSAGES):
        add_text("version")
        add_numbers("started")
    if kind in (TEXTS, PASSAGES):
        add_text("document")
        add_numbers("place")
    if kind == DOCUMENTS:
        add_text("name", "origin", "body", bytes_at_most=MAX_BYTES)
    elif kind == TEXTS:
        add_text("kind")
        add_numbers("first", "last")
        add_text("text", bytes_at_most=MAX_BYTES)
    elif kind == LIBRARIES:
        add_text("name", "value", bytes_at_most=MAX_BYTES)
    elif kind == LEASES:
        add_text("holder", bytes_at_most=MAX_BYTES)
        add_numbers("expires")
    if kind != PASSAGES:
        schema.add_field("unused", DataType.FLOAT_VECTOR, dim=2)
        return schema
    add_text("date", bytes_at_most=MAX_BYTES)
    schema.add_field(
        "speakers",
        DataType.ARRAY,
        element_type=DataType.VARCHAR,
        max_length=64,
        max_capacity=4096,
    )
    add_text("digest")
    add_text("body", bytes_at_most=MAX_BYTES)
    add_text(
        "terms",
        bytes_at_most=MAX_BYTES,
        enable_analyzer=True,
        analyzer_params={"tokenizer": "standard"},
    )
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions)
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(
        Function(
            name="bm25",
            function_type=FunctionType.BM25,
            input_field_names=["terms"],
            output_field_names=["sparse"],
        )
    )
    return schema
