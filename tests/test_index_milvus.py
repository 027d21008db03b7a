"""What is Milvus' own: escaping, several writers, writers and servers that are killed, errors."""

from __future__ import annotations

import importlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent import futures
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LibraryError
from index.types import Document, Filters, Origin, Passage, Person, Slice, Transcript, Turn

pytest_plugins = ("milvus_server",)
pytestmark = pytest.mark.milvus

ROOT = Path(__file__).parents[1]
MODEL = "milvus-tests@4"
QUESTION = np.array([1, 0, 0, 0], np.float32)


def connect(url: str, dense_index: str = "FLAT", **options):
    from index.milvus import MilvusBackend

    return MilvusBackend(url, "unnamed", dense_index=dense_index, **options)


@pytest.fixture
def url(milvus) -> str:
    """Of a library that no other test uses."""
    return f"{milvus.url}/{uuid.uuid4().hex}"


@pytest.fixture
def backend(url) -> Iterator:
    made = connect(url)
    yield made
    made.close()


def document(name: str, word: str, turns: int = 5) -> tuple:
    """Transcript, passages and vectors (turns, 4) of a document whose every turn holds `word`."""
    said = tuple(Turn(n, "Bo", f"{word} {name} {n}") for n in range(turns))
    transcript = Transcript(name, word, said, "2025-05-05", people=(Person("Bo"),))
    passages = [Passage(name, (Slice(t.position, 0, len(t.text)),), ("Bo",), t.text) for t in said]
    vectors = np.random.default_rng(turns).standard_normal((turns, 4)).astype(np.float32)
    return transcript, passages, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def put(backend, name: str, word: str, turns: int = 5, model: str = MODEL) -> None:
    transcript, passages, vectors = document(name, word, turns)
    backend.put(transcript, Origin(word, "reader", model), passages, vectors)


def found(backend, name: str, k: int = 99) -> list[str]:
    hits = backend.dense(QUESTION, k, Filters(documents=(name,)))
    return sorted(hit.passage.text for hit in hits)


def rows_of(backend, kind: str) -> list[dict]:
    """What lies in Milvus of the library, seen or not."""
    from index.milvus_library import collection, model_of

    rows = backend._rows
    return rows.cluster.select(collection(model_of(MODEL), kind), rows.mine, ["version"])


# Expressions and pieces


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_a_literal_is_what_was_meant(text):
    """Milvus Lite's own parser reads back every string, and nothing beside it."""
    tokens = pytest.importorskip("milvus_lite.search.filter.tokens")
    from index.milvus_rows import literal

    read = tokens.tokenize(literal(text))
    assert [token.value for token in read[:-1]] == [text]


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=200), st.integers(4, 20))
def test_pieces_join_to_the_text(text, most):
    """No piece is longer than allowed, and none divides a character."""
    from index import milvus_rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(milvus_rows, "PIECE_BYTES", most)
        pieces = list(milvus_rows.cut(text))
    assert "".join(pieces) == text
    assert all(0 < len(piece.encode()) <= most for piece in pieces)


def test_terms_are_ascii_words():
    """Whatever the script, so that every analyser splits them alike."""
    from index.milvus_rows import passage_terms, query_terms

    both = "ue4bda0e5a5bd"
    said = "The children said it Rained 你好 in a café"
    assert passage_terms(said, None) == f"children said rain {both} ue4bda0 ue5a5bd cafe"
    assert passage_terms("Die Häuser", "de-AT") == "haus"
    assert query_terms("rain RAINS the rain 你好", ["english"]) == f"rain {both}"
    assert query_terms("Möglichkeiten", ["english", "german"]) == "moglichkeiten moglich possibl"


def test_words_are_found_in_the_language_of_their_document(backend):
    """As the rows of documents say it; those written before there was one are English."""
    assert backend.languages() == ["english"]
    for name, word, language in (("a", "Sitzungen", "de"), ("b", "这次会议上", None)):
        transcript, passages, vectors = document(name, word, turns=1)
        origin = Origin(word, "reader", MODEL)
        backend.put(replace(transcript, language=language), origin, passages, vectors)
    backend.publish(MODEL)
    assert backend.languages() == ["english", "german"]
    for question, name in (("Sitzung", "a"), ("会议", "b"), ("会", "b")):
        assert [hit.passage.transcript for hit in backend.lexical(question, 9, None)] == [name]


def test_a_document_of_before_roles_is_read():
    """It has none until it is written again."""
    from index.milvus_rows import read_document

    body = (
        '{"id":"a.txt","title":"A","date":null,"place":null,"speakers":["Bo"],"turns":1,'
        '"passages":1,"unread":0,"seconds":null}'
    )
    assert read_document(body) == Document("a.txt", "A", None, None, ("Bo",), 1, 1, 0, None)


def test_a_date_that_breaks_out_finds_nothing_more(backend):
    """What is in a filter is compared, never read as an expression."""
    put(backend, "a", "tram")
    backend.publish(MODEL)
    for text in ('" or date != "', "\\", "9' or '1", "\n"):
        assert backend.dense(QUESTION, 9, Filters(until=text, since="9999")) == []


# One deployment, several libraries


def test_libraries_do_not_see_each_other(milvus, backend, url):
    """The same document in two libraries of one server is two documents."""
    other = connect(f"{milvus.url}/{uuid.uuid4().hex}")
    put(backend, "a", "tram")
    put(other, "a", "ferry", turns=3)
    for one in (backend, other):
        one.publish(MODEL)
    assert found(backend, "a") == [f"tram a {n}" for n in range(5)]
    assert found(other, "a") == [f"ferry a {n}" for n in range(3)]
    assert backend.lexical("ferry", 9, None) == []
    other.delete("a")
    assert (other.documents(), len(backend.documents())) == ([], 1)
    again = connect(url)
    assert again.transcript("a") == backend.transcript("a")
    again.close()
    other.close()


def test_the_folder_names_the_library_where_the_url_does_not(milvus):
    """A path in the URL does, whatever is in it."""
    from index.milvus import MilvusBackend

    for address, name in (("", "board"), ("/", "board"), ("/b%C3%B6ard%2Fx", "böard/x")):
        backend = MilvusBackend(milvus.url + address, "board")
        assert backend.health() == {
            "store": f"Milvus milvus_lite-3.2.2 at {milvus.url}",
            "library": name,
            "documents": "0",
            "passages": "0",
            "embedded by": "nothing yet",
        }
        backend.close()


def test_more_rows_than_one_answer_holds(backend, monkeypatch):
    """Lists are read in pages."""
    from index import milvus_cluster

    monkeypatch.setattr(milvus_cluster, "_PAGE", 3)
    monkeypatch.setattr(milvus_cluster, "_BLOCK", 2)
    names = [f"{n:02}" for n in range(11)]
    for name in names:
        put(backend, name, "tram")
    backend.publish(MODEL)
    assert [d.id for d in backend.documents()] == list(backend.origins()) == names
    assert list(backend.headings(names)) == names
    assert len(rows_of(backend, "passages")) == 55


def test_the_list_is_read_again_only_when_something_changed(backend, url, monkeypatch):
    """Another process's writes show within seconds, one's own at once."""
    from index import milvus

    other = connect(url)
    put(other, "a", "tram")
    other.publish(MODEL)
    assert [d.id for d in backend.documents()] == ["a"]
    monkeypatch.setattr(backend._rows, "select_documents", lambda model: pytest.fail("read again"))
    assert [d.id for d in backend.documents()] == ["a"]
    put(other, "b", "tram")
    assert [d.id for d in backend.documents()] == ["a"]
    assert [d.id for d in other.documents()] == ["a", "b"]
    monkeypatch.undo()
    monkeypatch.setattr(milvus, "_LIST_SECONDS", 0.0)
    assert [d.id for d in backend.documents()] == ["a", "b"]
    other.close()


# Versions


def _killed(backend, monkeypatch, name: str, word: str, turns: int = 5) -> None:
    """Write a document up to the moment before it would count."""
    real = backend._cluster.put

    def put_or_die(collection, rows):
        if collection.endswith("_documents"):
            raise KeyboardInterrupt
        real(collection, rows)

    with monkeypatch.context() as patch:
        patch.setattr(backend._cluster, "put", put_or_die)
        with pytest.raises(KeyboardInterrupt):
            put(backend, name, word, turns)


def test_a_document_counts_when_its_row_is_there(backend, monkeypatch):
    """What a writer left that was killed just before is seen by nobody."""
    _killed(backend, monkeypatch, "new", "ferry")
    put(backend, "a", "tram")
    backend.publish(MODEL)
    _killed(backend, monkeypatch, "a", "ferry", turns=9)
    assert found(backend, "a") == [f"tram a {n}" for n in range(5)]
    assert found(backend, "new") == backend.lexical("ferry", 9, None) == []
    assert backend.transcript("a") == document("a", "tram")[0]
    assert [d.id for d in backend.documents()] == list(backend.origins()) == ["a"]
    assert len(rows_of(backend, "passages")) == 5 + 5 + 9


def test_what_counts_is_found_behind_what_does_not(backend, monkeypatch):
    """Left-over passages take no place among the k best."""
    put(backend, "a", "tram")
    backend.publish(MODEL)
    for word in ("ferry", "harbour", "music"):
        _killed(backend, monkeypatch, "a", word)
    best = backend.dense(QUESTION, 1, None)
    assert [hit.passage.text[:4] for hit in best] == ["tram"]
    assert len(found(backend, "a", k=5)) == 5


def test_the_next_write_deletes_what_was_left(backend, monkeypatch):
    """Of the version it replaces at once; of killed writers when they can't be alive."""
    from index import milvus

    put(backend, "a", "tram", turns=7)
    _killed(backend, monkeypatch, "a", "ferry", turns=9)
    put(backend, "a", "music", turns=5)
    assert len(rows_of(backend, "passages")) == 5 + 9
    monkeypatch.setattr(milvus, "LEFT_OVER_SECONDS", -1)
    put(backend, "a", "music", turns=5)
    backend.publish(MODEL)
    assert len(rows_of(backend, "passages")) == 5
    assert found(backend, "a") == [f"music a {n}" for n in range(5)]
    backend.delete("a")
    assert [rows_of(backend, kind) for kind in ("documents", "passages", "texts")] == [[], [], []]


def test_a_slower_writer_loses_nothing(url, backend, monkeypatch):
    """Two write a document at once: the one that ends last counts, and is whole."""
    other = connect(url)
    put(backend, "a", "tram")
    real = other._cluster.put

    def put_late(collection, rows):
        if collection.endswith("_documents"):
            put(backend, "a", "music", turns=3)
        real(collection, rows)

    monkeypatch.setattr(other._cluster, "put", put_late)
    put(other, "a", "ferry", turns=4)
    backend.publish(MODEL)
    assert backend.transcript("a") == document("a", "ferry", 4)[0]
    assert found(backend, "a") == [f"ferry a {n}" for n in range(4)]
    other.close()


WRITER = """
import sys
sys.path[:0] = sys.argv[1].split(":")
from test_index_milvus import MODEL, connect, put
backend = connect(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for word in sys.argv[3].split(","):
    for name in sys.argv[4].split(","):
        if not backend.claim(name):
            put(backend, name, word, int(sys.argv[5]))
            print(name, flush=True)
backend.publish(MODEL)
"""


class Writer:
    """A process that claims and puts documents, once for each word, and publishes."""

    def __init__(self, url: str, words: list[str], names: list[str], turns: int) -> None:
        path = f"{ROOT}:{ROOT / 'tests'}"
        self._process = subprocess.Popen(
            [sys.executable, "-c", WRITER, path, url, ",".join(words), ",".join(names), str(turns)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout.readline() == "ready\n"

    def go(self) -> None:
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def wait(self) -> list[str]:
        """The documents it put."""
        out, _ = self._process.communicate(timeout=120)
        assert self._process.returncode == 0
        return out.split()


def test_a_killed_writer_leaves_whole_documents(backend, url):
    """Killed at six random instants while it replaces documents over and over."""
    names, turns = ["a", "b", "c"], 40
    for name in names:
        put(backend, name, "word0", turns)
    backend.publish(MODEL)
    choose = random.Random(5)
    for attempt in range(6):
        words = [f"word{attempt}x{n}" for n in range(1, 300)]
        writer = Writer(url, words, names, turns)
        writer.go()
        time.sleep(choose.uniform(0.02, 0.6))
        writer.kill()
        for name in names:
            transcript = backend.transcript(name)
            assert transcript == document(name, transcript.title, turns)[0]
            assert found(backend, name) == sorted(turn.text for turn in transcript.turns)
    for name in names:
        put(backend, name, "last", turns)
        assert found(backend, name) == sorted(f"last {name} {n}" for n in range(turns))


# Several writers


def test_a_lease(backend, url, monkeypatch):
    """Held against others until it is over; ended by writing or deleting the document."""
    from index import milvus

    other = connect(url)
    assert (backend.claim("a"), backend.claim("a")) == ("", "")
    assert other.claim("a").startswith(f"{socket.gethostname()}:{os.getpid()}:")
    assert other.claim("b") == ""
    put(backend, "a", "tram")
    assert other.claim("a") == ""
    assert backend.claim("a") == other._me
    other.delete("a")
    assert backend.claim("a") == ""
    with monkeypatch.context() as patch:
        patch.setattr(milvus, "LEASE_SECONDS", -1)
        assert backend.claim("c") == ""
    assert other.claim("c") == ""
    assert backend.claim("c") == other._me
    other.close()


def test_of_two_at_once_one_wins(backend, url, monkeypatch):
    """Both find it free, both write: what is read back then names one."""
    other = connect(url)
    put(backend, "x", "tram")
    backend.claim("warm")
    real = backend._cluster.put

    def put_then_other(collection, rows):
        real(collection, rows)
        monkeypatch.undo()
        lease = {
            "id": backend._rows.key("a"),
            "library": backend._rows.library,
            "holder": other._me,
        }
        real(collection, [{**lease, "expires": int(time.time() * 1000) + 60_000}])

    monkeypatch.setattr(backend._cluster, "put", put_then_other)
    assert backend.claim("a") == other._me
    assert other.claim("a") == ""
    other.close()


def test_writers_never_wait(backend, url):
    """The right to write is not exclusive."""
    other = connect(url)
    with backend.writing(0), other.writing(0):
        put(backend, "a", "tram")
        put(other, "b", "tram")
        backend.publish(MODEL)
    assert [d.id for d in backend.documents()] == ["a", "b"]
    other.close()


def test_several_machines_fill_one_library(backend, url):
    """Three processes, a shard each and a third of the next one's: all documents, once."""
    names = [f"{n:02}" for n in range(24)]
    shards = [[names[(start + n) % 24] for n in range(12)] for start in (0, 8, 16)]
    writers = [Writer(url, ["tram"], shard, 6) for shard in shards]
    for writer in writers:
        writer.go()
    written = [name for writer in writers for name in writer.wait()]
    assert sorted(set(written)) == names
    assert [d.id for d in backend.documents()] == names
    hits = backend.dense(QUESTION, 1_000, None)
    assert sorted(hit.passage.text for hit in hits) == sorted(
        f"tram {name} {n}" for name in names for n in range(6)
    )
    assert len(rows_of(backend, "passages")) == 24 * 6


# Models


def test_a_model_is_published_when_it_has_embedded_all(backend, url):
    """With several machines the last one switches, and the old model's rows go then."""
    for name in ("a", "b"):
        put(backend, name, "tram")
    backend.publish(MODEL)
    put(backend, "a", "tram", model="next@4")
    note = backend.publish("next@4")
    assert note == (
        "documents not yet embedded by next@4: 1, such as b; until they are, questions are "
        f"answered from what {MODEL} embedded: let the other machines finish, or run: "
        "turncite sync"
    )
    assert (backend.embedder, len(backend.documents())) == (MODEL, 2)
    assert backend.origins() == {
        "a": Origin("tram", "reader", "next@4"),
        "b": Origin("tram", "reader", MODEL),
    }
    other = connect(url)
    put(other, "b", "ferry", model="next@4")
    assert other.publish("next@4") == ""
    assert backend.embedder == "next@4"
    assert found(backend, "b") == [f"ferry b {n}" for n in range(5)]
    assert rows_of(backend, "documents") == rows_of(backend, "passages") == []
    assert backend.stored("b") == document("b", "ferry")[0]
    other.close()


def test_a_document_deleted_does_not_hold_a_model_back(backend):
    """It is deleted for every model."""
    for name in ("a", "b"):
        put(backend, name, "tram")
    backend.publish(MODEL)
    put(backend, "a", "tram", model="next@4")
    backend.delete("b")
    assert backend.publish("next@4") == ""
    assert [d.id for d in backend.documents()] == ["a"]


def test_an_index_that_approximates_finds_nearly_all(milvus):
    """With AUTOINDEX, here HNSW over segments: at least 95 of 100 of the ten closest."""
    backend = connect(f"{milvus.url}/{uuid.uuid4().hex}", dense_index="AUTOINDEX")
    vectors = np.random.default_rng(3).standard_normal((2_000, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for start in range(0, 2_000, 200):
        transcript, passages, _ = document(f"{start}", "tram", 200)
        origin = Origin("1", "reader", "random@32")
        backend.put(transcript, origin, passages, vectors[start : start + 200])
    backend.publish("random@32")
    right = 0
    for question in np.random.default_rng(4).standard_normal((20, 32)).astype(np.float32):
        best = np.argsort(-(vectors @ question))[:10]
        hits = backend.dense(question, 10, None)
        there = {int(h.passage.transcript) + h.passage.turns[0] for h in hits}
        right += len(there & set(best.tolist()))
    assert right >= 190
    backend.close()


# Faults


def test_a_server_killed_has_lost_nothing(tmp_path, milvus):
    """What was written is there after it starts again, for the same client and for a new one."""
    milvus = type(milvus)(tmp_path)
    milvus.start()
    try:
        backend = connect(f"{milvus.url}/x")
        for n in range(20):
            put(backend, f"{n:02}", "tram", turns=20)
        backend.publish(MODEL)
        before = backend.documents()
        milvus.kill()
        milvus.start()
        assert found(backend, "07") == sorted(f"tram 07 {n}" for n in range(20))
        again = connect(f"{milvus.url}/x")
        assert again.documents() == before
        assert again.transcript("19") == document("19", "tram", 20)[0]
        assert len(again.lexical("tram", 999, None)) == 400
        put(again, "07", "ferry")
        assert found(backend, "07") == [f"ferry 07 {n}" for n in range(5)]
        milvus.kill()
        started = time.monotonic()
        with pytest.raises(LibraryError, match="no Milvus answers there") as caught:
            backend.dense(QUESTION, 1, None)
        assert time.monotonic() - started < 70
        assert "\n" not in str(caught.value)
        for opened in (backend, again):
            opened.close()
    finally:
        milvus.kill()


def test_nobody_answers(milvus):
    """Within seconds, in one line that says where and what to do."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    started = time.monotonic()
    with pytest.raises(LibraryError) as caught:
        connect(address)
    assert time.monotonic() - started < 15
    message = str(caught.value)
    assert message.startswith(f"{address}: no Milvus answers there (Connection refused); ")
    assert message.endswith("start it, or unset TURNCITE_STORE to use the index in the folder")
    assert "\n" not in message


def test_something_else_answers(milvus):
    """A port where no Milvus listens is told as one where nobody does, in bounded time."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        started = time.monotonic()
        with pytest.raises(LibraryError, match="no Milvus answers there"):
            connect(f"http://127.0.0.1:{mute.getsockname()[1]}")
    assert time.monotonic() - started < 15


def test_a_wrong_token(milvus):
    """It says how to give the right one, and doesn't show the wrong one."""
    import grpc

    class Refusing(grpc.GenericRpcHandler):
        def service(self, call):
            def refuse(request, context):
                context.abort(grpc.StatusCode.UNAUTHENTICATED, "auth check failure, please check")

            return grpc.unary_unary_rpc_method_handler(refuse)

    refusing = grpc.server(futures.ThreadPoolExecutor(1), handlers=[Refusing()])
    port = refusing.add_insecure_port("127.0.0.1:0")
    refusing.start()
    try:
        with pytest.raises(LibraryError) as caught:
            connect(f"http://127.0.0.1:{port}", token="root:secret")
        assert "Milvus refuses this user (auth check failure, please check)" in str(caught.value)
        assert str(caught.value).endswith(
            "set TURNCITE_STORE_TOKEN to user:password or to an API key"
        )
        assert "secret" not in str(caught.value)
    finally:
        refusing.stop(None).wait()


@pytest.mark.parametrize(
    "url",
    ["http://root:hush@host:19530", "http://root:hush/hush@host", "root:hush@host:19530",
     "milvus://root:x@hush@host:19530"],
)  # fmt: skip
def test_a_password_in_the_address_is_not_shown(url):
    """Wherever it stands, and whatever signs it has."""
    with pytest.raises(LibraryError, match="TURNCITE_STORE ") as caught:
        connect(url)
    assert "hush" not in str(caught.value)


def test_without_the_client(milvus, monkeypatch):
    """What to install, where a library on Milvus is asked for and pymilvus is not there."""
    for name in [name for name in sys.modules if name.startswith("index.milvus_c")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(LibraryError, match="pip install 'pymilvus>=3,<4'"):
        importlib.import_module("index.milvus_cluster")


@pytest.mark.parametrize("url", ["milvus", "host:19530", "ftp://host", "http://", "http://h:port"])
def test_no_address(milvus, url):
    """What it should look like."""
    with pytest.raises(LibraryError, match="http://host:19530 or http://host:19530/library"):
        connect(url)


def test_a_password_in_the_url_is_refused(milvus):
    """It would be printed with every error; there is a place for it."""
    with pytest.raises(LibraryError, match="TURNCITE_STORE_TOKEN") as caught:
        connect("http://root:secret@127.0.0.1:19530")
    assert "secret" not in str(caught.value)


def test_nothing_is_printed_of_errors(backend, capfd):
    """Milvus' client would log each failed call with its stack."""
    put(backend, "a", "tram")
    backend.publish(MODEL)
    with pytest.raises(LibraryError, match="Milvus failed"):
        backend.dense(np.zeros(9, np.float32), 1, None)
    assert capfd.readouterr() == ("", "")


# The whole library


def test_a_folder_is_synced_to_milvus_and_asked_without_its_files(tmp_path, folder, embedder, url):
    """Two shards fill it; a machine that has no file of it finds and reads everything."""
    from index import Library
    from index.sync import Shard

    for part in range(2):
        library = Library.open(folder, embedder, store=url)
        library.sync(shard=Shard(part, 2))
        library.close()
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()
    asked = Library.open(nowhere, embedder, store=url)
    assert [document.id for document in asked.documents()] == [
        "choir.md",
        "council.txt",
        "harbour.txt",
    ]
    assert asked.backend.lexical("ferries", 9, Filters(speakers=("Cy Berg",)))[0].passage.speakers
    assert asked.transcript("council.txt").date == "2025-05-05"
    library = Library.open(folder, embedder, store=url)
    assert library.sync().count("unchanged") == 3
    for opened in (asked, library):
        opened.close()


def test_documents_with_the_terms_of_an_earlier_turncite_are_written_again(folder, embedder, url):
    """Rows hold terms, and those of two versions would not find each other; vectors are kept."""
    from index import Library
    from index.sync import sync_files

    library = Library.open(folder, embedder, store=url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.sync.READER", "parser 3, chunker 2")
        patch.setattr("index.milvus_rows.passage_terms", lambda text, language: "earlier")
        list(sync_files(folder, library.backend, embedder, lambda _: None))
        library.backend.publish(embedder.fingerprint)
    assert (len(library.lexical("earlier", 9)), library.lexical("basin", 9)) == (6, [])
    assert library.health()["read by an earlier Turncite"] == "3 documents; run: turncite sync"
    embedder.asked.clear()
    assert library.sync().count("read") == 3
    assert (library.lexical("earlier", 9), len(library.lexical("basin", 9))) == ([], 2)
    assert embedder.asked == []
    assert library.sync().count("unchanged") == 3
    library.close()
