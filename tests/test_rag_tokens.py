"""Counting tokens: exact where the model's ranks are at hand, else high, and never online."""

from __future__ import annotations

import base64
import hashlib
import socket
from pathlib import Path

import pytest
import tiktoken.load
import tiktoken.registry
from hypothesis import given
from hypothesis import strategies as st

from rag import tokens
from rag.tokens import RANKS, SAFETY, count_messages, count_tokens, own_counter

CL100K_FILE = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
O200K_FILE = "fb374d419588a4632f3f557e76b4b70aebbca790"

# A sentence and what the true encodings count for it: cl100k_base, o200k_base.
TRUE_COUNTS = [
    (
        "The two leaders agreed to raise trade to five hundred million dollars by 2030, and "
        "signed a road map for cooperation in energy, transport and agriculture.",
        31,
        31,
    ),
    (
        "Вчера министры обсудили строительство новой железной дороги и договорились "
        "увеличить товарооборот между двумя странами в три раза.",
        61,
        27,
    ),
    (
        "Ayer los ministros hablaron de la nueva línea de ferrocarril y acordaron triplicar "
        "el comercio entre los dos países antes de que termine la década.",
        40,
        33,
    ),
    (
        "Gestern sprachen die Minister über die neue Eisenbahnstrecke und vereinbarten, den "
        "Handel zwischen den beiden Ländern zu verdreifachen.",
        37,
        30,
    ),
    ("昨天两国部长讨论了新的铁路线，并同意在十年内将两国贸易额增加两倍。", 36, 25),
]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to connect fails the test."""

    def refuse(*arguments: object) -> None:
        raise AssertionError(f"a connection was tried: {arguments}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder where tiktoken would keep its ranks."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    return tmp_path


@given(st.text())
def test_any_text_survives_the_shipped_ranks(text: str) -> None:
    """Encoding and decoding gives back any text, whatever its script."""
    encoding = own_counter().encoding
    assert encoding.decode(encoding.encode_ordinary(text)) == text


@given(st.binary(max_size=60))
def test_any_bytes_have_ranks(data: bytes) -> None:
    """Even bytes that are no text are encoded and come back."""
    encoding = own_counter().encoding
    assert encoding.decode_bytes(encoding._encode_bytes(data)) == data


def test_the_shipped_ranks_are_whole() -> None:
    """Ranks run from 0 without a gap, start with the 256 bytes, and each merge can be made."""
    lines = [line.split() for line in RANKS.read_bytes().splitlines()]
    pieces = [base64.b64decode(token) for token, _ in lines]
    assert [int(rank) for _, rank in lines] == list(range(len(lines)))
    assert pieces[:256] == [bytes([value]) for value in range(256)]
    known = set(pieces[:256])
    for piece in pieces[256:]:
        assert any(piece[:cut] in known and piece[cut:] in known for cut in range(1, len(piece)))
        known.add(piece)
    assert len(known) == len(pieces)


def test_the_shipped_count_is_pinned() -> None:
    """A changed rank file or factor is noticed: the count of one sentence, by hand."""
    encoding = own_counter().encoding
    ids = encoding.encode_ordinary("The trade target was 500 million.")
    words = [encoding.decode([each]) for each in ids]
    assert words == ["The", " trade", " target", " was", " ", "500", " million", "."]
    assert SAFETY == 1.07
    assert count_tokens("The trade target was 500 million.") == 9
    assert count_tokens("") == 0


@pytest.mark.parametrize(("text", "cl100k", "o200k"), TRUE_COUNTS)
def test_the_shipped_count_is_not_too_low(text: str, cl100k: int, o200k: int) -> None:
    """In five languages the count reaches the true ones, and stays under three times them."""
    assert cl100k <= count_tokens(text) <= 3 * o200k


def test_control_words_of_models_are_plain_text() -> None:
    """<|endoftext|> in a transcript is counted as what it is, letters, and raises nothing."""
    assert count_tokens("<|endoftext|>") > 3
    assert count_tokens("\ud83d") >= 1  # half a character, as a broken file may hold


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("model", ["gpt-4o", "openai/gpt-4", "gpt-oss-20b", "gpt2", "llama3.1"])
def test_nothing_is_fetched(model: str, cache: Path) -> None:
    """With an empty cache each model is counted with the shipped ranks, and offline."""
    assert count_tokens("Good morning, everyone.", model) == count_tokens("Good morning, everyone.")
    assert list(cache.iterdir()) == []


@pytest.mark.usefixtures("no_network")
def test_a_damaged_cache_is_left_alone(cache: Path) -> None:
    """A cache file with other contents, which tiktoken would delete and fetch, is not touched."""
    damaged = cache / CL100K_FILE
    damaged.write_bytes(b"not ranks")
    assert count_tokens("Good morning.", "gpt-4") == count_tokens("Good morning.")
    assert damaged.read_bytes() == b"not ranks"


@pytest.mark.usefixtures("no_network")
def test_a_cache_turned_off_means_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty TIKTOKEN_CACHE_DIR makes tiktoken fetch each time, so its ranks are not used."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")
    assert tokens.cached_ranks("cl100k_base") is None
    assert count_tokens("Good morning.", "gpt-4") == count_tokens("Good morning.")


@pytest.mark.usefixtures("no_network")
def test_the_ranks_of_the_model_are_used_when_whole(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ranks in the cache with the right hash count, unraised, and control words stay text."""
    letters = b"".join(base64.b64encode(bytes([value])) + b" %d\n" % value for value in range(256))
    (cache / CL100K_FILE).write_bytes(letters)
    sha256 = hashlib.sha256(letters).hexdigest()
    monkeypatch.setitem(tokens._RANKS_OF, "cl100k_base", ("cl100k_base", sha256))
    monkeypatch.setattr(
        tiktoken,
        "get_encoding",
        lambda name: tiktoken.Encoding(
            name,
            pat_str=tokens.PATTERN,
            mergeable_ranks=tiktoken.load.load_tiktoken_bpe(str(cache / CL100K_FILE)),
            special_tokens={"<|endoftext|>": 256},
        ),
    )
    assert count_tokens("Good morning.", "gpt-4") == 13
    assert count_tokens("<|endoftext|>", "anyone/gpt-4") == 13
    assert count_tokens("Good morning.", "gpt-4o") == count_tokens("Good morning.")


def test_cache_files_are_named_as_tiktoken_names_them(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file looked for is the one tiktoken opens, for each encoding and each variable."""
    assert tokens.cached_ranks("cl100k_base") == cache / CL100K_FILE
    assert tokens.cached_ranks("o200k_base") == cache / O200K_FILE
    assert tokens.cached_ranks("o200k_harmony") == cache / O200K_FILE
    assert tokens.cached_ranks("gpt2") is None
    opened: list[tuple[str, str | None]] = []

    def note(url: str, sha256: str | None = None) -> bytes:
        opened.append((hashlib.sha1(url.encode()).hexdigest(), sha256))
        return base64.b64encode(b"a") + b" 0\n"

    monkeypatch.setattr(tiktoken.load, "read_file_cached", note)
    for name in ("cl100k_base", "o200k_base"):
        tiktoken.registry._find_constructors()
        constructors = tiktoken.registry.ENCODING_CONSTRUCTORS
        assert constructors is not None
        constructors[name]()
    assert opened == [
        (CL100K_FILE, tokens._RANKS_OF["cl100k_base"][1]),
        (O200K_FILE, tokens._RANKS_OF["o200k_base"][1]),
    ]
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR")
    monkeypatch.setenv("DATA_GYM_CACHE_DIR", "/somewhere")
    assert tokens.cached_ranks("o200k_base") == Path("/somewhere") / O200K_FILE
    monkeypatch.delenv("DATA_GYM_CACHE_DIR")
    found = tokens.cached_ranks("o200k_base")
    assert found is not None
    assert found.parent.name == "data-gym-cache"


def test_messages_cost_more_than_their_words() -> None:
    """A chat request counts its words, 4 tokens for each message and 3 for the reply."""
    messages = [
        {"role": "system", "content": "Answer."},
        {"role": "user", "content": "Who spoke first?"},
    ]
    words = count_tokens("Answer.") + count_tokens("Who spoke first?")
    assert count_messages(messages) == words + 4 + 4 + 3
    assert count_messages([]) == 3
