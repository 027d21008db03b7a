"""What every backend keeps to, asked of each in the same words; and that both find the same."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.backend import Backend, Place
from index.store import text_digest
from index.types import (
    Document,
    Filters,
    Heading,
    Hit,
    Origin,
    Passage,
    Person,
    Slice,
    TimeMark,
    Transcript,
    Turn,
    UnreadLine,
)

pytest_plugins = ("milvus_server",)

MODEL, OTHER_MODEL = "words@3", "other@4"
TOWN = Transcript(
    id="sub/town.txt",
    title="Town hall",
    turns=(
        Turn(0, "Anna Lind", "Hello. 你好 \0 é\u2028\n\\", 1.5, 3.0,
             (TimeMark(0, 1.5), TimeMark(7, 2.0))),
        Turn(1, None, "It rained.", 3.0),
    ),
    date="2025-05-05",
    place="Oslo",
    language="en",
    people=(Person("Anna Lind", "Mayor", ("Mayor Anna Lind", "Anna Lind")), Person("Bo")),
    unread=(UnreadLine(1, "Share", "page furniture"), UnreadLine(7, "x", "y")),
)  # fmt: skip
BOARD = Transcript("board.txt", "Board", (Turn(0, "Bo", "The budget."),), people=(Person("Bo"),))
# Three passages, two of them of TOWN, whose cosines with (1, 0, 0) tell them apart.
CLOSE, NEAR, FAR = (0.8, 0.6, 0.0), (0.6, 0.8, 0.0), (0.0, 0.6, 0.8)
QUESTION = np.array([1, 0, 0], np.float32)


def make_local(path: Path) -> Backend:
    from index.local import LocalBackend

    return LocalBackend.open(path)


def make_milvus(url: str) -> Backend:
    """Of a library that no other test uses, with the index that is exact as the local one is."""
    from index.milvus import MilvusBackend

    return MilvusBackend(url, uuid.uuid4().hex, dense_index="FLAT")


def _made(kind: str, request: pytest.FixtureRequest) -> Iterator[Backend]:
    if kind == "local":
        made = make_local(request.getfixturevalue("tmp_path"))
    else:
        made = make_milvus(request.getfixturevalue("milvus").url)
    yield made
    made.close()


@pytest.fixture(params=["local", pytest.param("milvus", marks=pytest.mark.milvus)])
def backend(request) -> Iterator[Backend]:
    yield from _made(request.param, request)


def passages_of(transcript: Transcript) -> list[Passage]:
    """A passage for each turn."""
    return [
        Passage(
            transcript.id,
            (Slice(turn.position, 0, len(turn.text)),),
            (turn.speaker,) if turn.speaker else (),
            turn.text,
        )
        for turn in transcript.turns
    ]


def write(
    backend: Backend,
    transcript: Transcript,
    vectors: Sequence[Sequence[float]],
    sha256: str = "1",
    model: str = MODEL,
    publish: bool = True,
) -> None:
    passages = passages_of(transcript)
    with backend.writing(0):
        assert backend.claim(transcript.id) == ""
        rows = np.array(vectors, np.float32) if passages else np.zeros((0, 0), np.float32)
        backend.put(transcript, Origin(sha256, "reader 1", model), passages, rows)
        if publish:
            assert backend.publish(model) == ""


def write_both(backend: Backend) -> None:
    write(backend, TOWN, [CLOSE, FAR], publish=False)
    write(backend, BOARD, [NEAR])


def texts(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage.text for hit in hits]


def test_an_empty_library(backend):
    """Every question has its empty answer."""
    assert backend.read_only is False
    assert backend.embedder is None
    assert (backend.documents(), backend.speakers(), backend.origins()) == ([], [], {})
    assert (backend.transcript("x"), backend.stored("x")) == (None, None)
    assert (backend.turns("x", 0, 9), backend.headings(["x"])) == ([], {})
    assert backend.dense(QUESTION, 5, None) == backend.lexical("budget", 5, None) == []
    assert backend.known_vectors([b"\0" * 32], MODEL) == {}
    assert backend.candidates(QUESTION, "budget", 5, None) == []
    assert backend.survey([Place("x", 0)], QUESTION, "budget", None, []) == []
    assert backend.passages([Place("x", 0)]) == {}
    assert backend.health()["documents"] == "0"
    with backend.writing(0):
        backend.delete("x")
        assert backend.publish(MODEL) == ""
    assert (backend.embedder, backend.documents()) == (MODEL, [])


def test_a_document_comes_back_as_it_was(backend):
    """Every field of a transcript, its turns, times, people and unread lines, byte for byte."""
    write_both(backend)
    assert backend.transcript(TOWN.id) == backend.stored(TOWN.id) == TOWN
    assert backend.transcript("town.txt") is None
    assert backend.documents() == [
        Document("board.txt", "Board", None, None, ("Bo",), 1, 1, 0, None),
        Document(
            "sub/town.txt",
            "Town hall",
            "2025-05-05",
            "Oslo",
            ("Anna Lind", "Bo"),
            2,
            2,
            2,
            3.0,
            "en",
            (("Anna Lind", "Mayor"),),
        ),
    ]  # fmt: skip
    assert backend.origins() == {
        "board.txt": Origin("1", "reader 1", MODEL),
        "sub/town.txt": Origin("1", "reader 1", MODEL),
    }
    assert backend.embedder == MODEL
    assert backend.health()["documents"] == "2"
    assert backend.health()["embedded by"] == MODEL


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.none() | TEXT, TEXT), max_size=4), TEXT, st.none() | TEXT)
def test_any_text_comes_back(backend, turns, title, place):
    """Whatever the characters, what was put is what is read and found."""
    transcript = Transcript(
        "x", title, tuple(Turn(n, who, what) for n, (who, what) in enumerate(turns)), place=place
    )
    write(backend, transcript, [[1, 0, 0]] * len(turns), sha256=uuid.uuid4().hex)
    assert backend.transcript("x") == transcript
    found = [hit.passage for hit in backend.dense(QUESTION, 9, None)]
    assert sorted(found, key=lambda p: p.turns) == passages_of(transcript)


def test_texts_of_any_length_come_back(backend):
    """A turn of megabytes, a passage and a list of speakers past 65 kB, of one to four bytes."""
    names = [f"Speaker {n} 𝒳é" for n in range(6_000)]
    transcript = Transcript(
        "long.txt",
        "L" * 70_000,
        (
            Turn(0, "Bo", "short"),
            Turn(1, "Bo", "aé你𝒳\n" * 200_000),
            Turn(2, None, "你" * 70_000),
            *(Turn(n, names[n], f"word {n} " * 20) for n in range(3, 400)),
        ),
        people=tuple(Person(name, "role " * 9, (name,)) for name in names),
        unread=tuple(UnreadLine(n, "line " * 30, "why") for n in range(1_000)),
    )
    passages = [Passage("long.txt", (Slice(2, 0, 70_000),), (names[0],), "你" * 70_000)]
    passages += passages_of(transcript)[3:]
    with backend.writing(0):
        vectors = np.tile(np.array(FAR, np.float32), (len(passages), 1))
        vectors[0] = CLOSE
        backend.put(transcript, Origin("1", "r", MODEL), passages, vectors)
        backend.publish(MODEL)
    assert backend.transcript("long.txt") == transcript
    assert backend.turns("long.txt", 1, 2) == list(transcript.turns[1:3])
    assert backend.turns("long.txt", 200, 202) == list(transcript.turns[200:203])
    assert backend.dense(QUESTION, 1, None)[0].passage == passages[0]
    assert backend.documents()[0].speakers == tuple(names)
    assert backend.headings(["long.txt"])["long.txt"].title == transcript.title


def test_turns_headings_and_speakers(backend):
    """The parts of documents that citations and pages ask for."""
    write_both(backend)
    assert backend.turns(TOWN.id, 1, 9) == [TOWN.turns[1]]
    assert backend.turns(TOWN.id, 0, 0) == [TOWN.turns[0]]
    assert backend.turns("gone", 0, 9) == []
    assert backend.headings([TOWN.id, "gone", BOARD.id]) == {
        TOWN.id: Heading("Town hall", "2025-05-05", "Oslo", "en"),
        BOARD.id: Heading("Board", None, None),
    }
    assert backend.speakers() == ["Bo", "Anna Lind"]


def test_turns_that_hold_a_part_of_a_text(backend):
    """In whatever case and script, within the filters; signs of a pattern are plain letters."""
    write_both(backend)

    def found(part: str, filters: Filters | None = None) -> list[tuple[str, int]]:
        return [(document, turn.position) for document, turn in backend.turns_with(part, filters)]

    assert found("RAIN") == [(TOWN.id, 1)]
    assert found("É") == found("你") == found("\\") == [(TOWN.id, 0)]
    assert found("%") == found("h_llo") == found("ü") == []
    assert sorted(found("t")) == [("board.txt", 0), (TOWN.id, 1)]
    assert found("t", Filters(speakers=("Bo",))) == [("board.txt", 0)]
    assert found("t", Filters(since="2025-01-01")) == [(TOWN.id, 1)]
    assert found("t", Filters(documents=(TOWN.id,), until="2024-01-01")) == []


def test_a_document_without_passages(backend):
    """It is listed and read, and found by nothing."""
    empty = Transcript("empty.txt", "Empty", ())
    write(backend, empty, [])
    assert backend.transcript("empty.txt") == empty
    assert [d.passages for d in backend.documents()] == [0]
    assert backend.dense(QUESTION, 5, None) == []


def test_dense_gives_cosines_best_first(backend):
    """With fewer than `k` passages all of them, and none for k = 0."""
    write_both(backend)
    hits = backend.dense(QUESTION, 9, None)
    assert texts(hits) == [TOWN.turns[0].text, "The budget.", "It rained."]
    assert [hit.score for hit in hits] == pytest.approx([0.8, 0.6, 0.0], abs=1e-5)
    assert hits[0].passage == passages_of(TOWN)[0]
    assert texts(backend.dense(QUESTION, 1, None)) == [TOWN.turns[0].text]
    assert backend.dense(QUESTION, 0, None) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("RAIN", ["It rained."]),
        ("budgets, and what else?", ["The budget."]),
        ("e\u0301", [TOWN.turns[0].text]),
        ("你好", [TOWN.turns[0].text]),
        ("the of and", []),
        ("", []),
        ('"budget AND (', ["The budget."]),
        ("never said", []),
    ],
)
def test_lexical_finds_words(backend, words, found):
    """Stemmed and folded as written and as asked; no query syntax; scores are above zero."""
    write_both(backend)
    hits = backend.lexical(words, 9, None)
    assert texts(hits) == found
    assert all(hit.score > 0 for hit in hits)
    assert backend.lexical(words, 0, None) == []


def test_lexical_prefers_the_rarer_and_the_more_frequent(backend):
    """Higher is better."""
    turns = [
        Turn(0, "Bo", "ferry ferry ferry"),
        Turn(1, "Bo", "ferry harbour"),
        *(Turn(n, "Bo", "harbour basin") for n in range(2, 6)),
    ]
    write(backend, Transcript("x", "X", tuple(turns)), [[1, 0, 0]] * 6)
    hits = backend.lexical("ferry harbour", 9, None)
    assert set(texts(hits[:2])) == {"ferry harbour", "ferry ferry ferry"}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert texts(backend.lexical("ferry", 1, None)) == ["ferry ferry ferry"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), ["Hello", "The budget.", "It rained."]),
        (Filters(speakers=("Bo",)), ["The budget."]),
        (Filters(speakers=("Anna Lind", "Bo")), ["Hello", "The budget."]),
        (Filters(speakers=("Anna",)), []),
        (Filters(documents=("sub/town.txt",)), ["Hello", "It rained."]),
        (Filters(documents=("sub/town.txt", "board.txt")), ["Hello", "The budget.", "It rained."]),
        (Filters(since="2025-05-05"), ["Hello", "It rained."]),
        (Filters(since="2025-05-06"), []),
        (Filters(until="2025-05-05"), ["Hello", "It rained."]),
        (Filters(until="2025-05-04"), []),
        (Filters(since="2025-05-01", until="2025-05-31"), ["Hello", "It rained."]),
        (Filters(speakers=("Anna Lind",), documents=("board.txt",)), []),
        (
            Filters(("Anna Lind",), ("sub/town.txt",), "2025-05-05", "2025-05-05"),
            ["Hello"],
        ),
        (Filters(documents=("x' OR 1 --", '"] or id != "')), []),
    ],
)
def test_filters(backend, filters, found):
    """They narrow together, dates are inclusive, and a document without one has none."""
    write_both(backend)
    assert [text[:11].split(".")[0] for text in texts(backend.dense(QUESTION, 9, filters))] == [
        text.split(".")[0] for text in found
    ]
    matched = texts(backend.lexical("hello budget rained", 9, filters))
    assert {text[:5] for text in matched} == {text[:5] for text in found}


def test_filters_narrow_before_the_best_are_taken(backend):
    """The one passage within them is found though a hundred others are closer."""
    turns = tuple(Turn(n, "Cy", "the ferry") for n in range(100))
    write(backend, Transcript("many.txt", "Many", turns), [CLOSE] * 100, publish=False)
    write(backend, Transcript("one.txt", "One", (Turn(0, "Di", "the ferry"),)), [FAR])
    for filters in (Filters(speakers=("Di",)), Filters(documents=("one.txt",))):
        assert [h.passage.transcript for h in backend.dense(QUESTION, 1, filters)] == ["one.txt"]
        assert [h.passage.transcript for h in backend.lexical("ferry", 1, filters)] == ["one.txt"]


HOSTILE = (
    'a"b', "a'b", "a\\", '\\"', "a\nb\rc\td", "\x7f\x1b", "{name}", "%s %_ *", "']",
    '"]) or 1', "你好 𝒳 é e\u0301", "\u202egnp", "\u2028", " ",
    "x" * 5_000, "$meta", "null", "1", "a,b",
)  # fmt: skip


def test_names_of_any_characters_are_filters(backend):
    """Speakers and documents whose names hold quotes, backslashes, line ends and other scripts."""
    for n, name in enumerate(HOSTILE):
        transcript = Transcript(f"{name[:200]}.txt", name, (Turn(0, name, f"word{n}"),))
        write(backend, transcript, [CLOSE], publish=n == len(HOSTILE) - 1)
    for n, name in enumerate(HOSTILE):
        assert texts(backend.dense(QUESTION, 9, Filters(speakers=(name,)))) == [f"word{n}"]
        assert texts(backend.lexical(f"word{n}", 9, Filters(speakers=(name,)))) == [f"word{n}"]
        document = f"{name[:200]}.txt"
        assert texts(backend.dense(QUESTION, 9, Filters(documents=(document,)))) == [f"word{n}"]
        assert backend.turns(document, 0, 0) == [Turn(0, name, f"word{n}")]
    everyone = backend.dense(QUESTION, 99, Filters(speakers=HOSTILE))
    assert len(everyone) == len(HOSTILE)


def test_putting_again_replaces(backend):
    """The old turns, passages and unread lines go with the old document."""
    write_both(backend)
    new = Transcript(TOWN.id, "New", (Turn(0, "Cy", "Only this."),), people=(Person("Cy"),))
    write(backend, new, [NEAR], sha256="2")
    assert backend.transcript(TOWN.id) == new
    assert sorted(texts(backend.dense(QUESTION, 9, None))) == ["Only this.", "The budget."]
    assert backend.lexical("hello rained", 9, None) == []
    assert backend.turns(TOWN.id, 0, 9) == list(new.turns)
    assert backend.origins()[TOWN.id] == Origin("2", "reader 1", MODEL)
    assert [d.title for d in backend.documents()] == ["Board", "New"]
    assert backend.speakers() == ["Bo", "Cy"]


def test_putting_the_same_again_changes_nothing(backend):
    """A write that is repeated, as after a lost answer, is the same write."""
    write_both(backend)
    before = (backend.documents(), texts(backend.dense(QUESTION, 9, None)))
    write_both(backend)
    assert (backend.documents(), texts(backend.dense(QUESTION, 9, None))) == before


def test_a_deleted_document_is_gone(backend):
    """Its text, turns, origin and hits."""
    write_both(backend)
    with backend.writing(0):
        backend.delete(TOWN.id)
        backend.publish(MODEL)
    assert backend.transcript(TOWN.id) is backend.stored(TOWN.id) is None
    assert texts(backend.dense(QUESTION, 9, None)) == ["The budget."]
    assert backend.lexical("hello rained", 9, None) == []
    assert list(backend.origins()) == [d.id for d in backend.documents()] == ["board.txt"]
    write(backend, TOWN, [CLOSE, FAR])
    assert backend.transcript(TOWN.id) == TOWN


def test_known_vectors_are_those_of_the_model(backend):
    """By digest of the text, of one embedding model only."""
    from index.store import text_digest

    write_both(backend)
    wanted = [text_digest("The budget."), text_digest("It rained."), text_digest("never said")]
    known = backend.known_vectors(wanted, MODEL)
    assert {digest: vector.tolist() for digest, vector in known.items()} == {
        wanted[0]: pytest.approx(NEAR),
        wanted[1]: pytest.approx(FAR),
    }
    assert backend.known_vectors(wanted, OTHER_MODEL) == {}


def test_candidates_are_of_both_searches(backend):
    """Each passage once, with its cosine also where only its words were found."""
    write_both(backend)
    found = backend.candidates(QUESTION, "budget", 1, None)
    at = {one.at: (round(one.cosine, 4), one.bm25 > 0) for one in found}
    nearest = backend.dense(QUESTION, 1, None)[0]
    worded = backend.lexical("budget", 1, None)[0]
    assert len(at) == len({nearest.passage, worded.passage})
    read = backend.passages(list(at))
    assert {read[place] for place in at} == {nearest.passage, worded.passage}
    for place, (cosine, has_words) in at.items():
        (vector,) = backend.known_vectors([text_digest(read[place].text)], MODEL).values()
        assert cosine == pytest.approx(float(vector @ QUESTION), abs=1e-4)
        assert has_words == ("budget" in read[place].text.casefold())


def test_a_survey_is_of_whole_transcripts(backend):
    """Every passage in order: its length, its cosine, its words, who speaks, what is allowed."""
    write_both(backend)
    (speaker,) = passages_of(TOWN)[0].speakers
    (survey,) = backend.survey(
        [Place(TOWN.id, 1)], QUESTION, "rained", Filters(speakers=(speaker,)), []
    )
    assert (survey.transcript, survey.first) == (TOWN.id, 0)
    assert survey.sizes.tolist() == [len(turn.text.encode()) for turn in TOWN.turns]
    expected = np.array([CLOSE, FAR], np.float32) @ QUESTION
    assert survey.cosines == pytest.approx(expected, abs=1e-4)
    assert [score > 0 for score in survey.bm25.sum(axis=1)] == [
        "rained" in turn.text for turn in TOWN.turns
    ]
    assert survey.allowed.tolist() == [turn.speaker == speaker for turn in TOWN.turns]


def test_a_survey_of_several_leaves_out_what_is_not_there(backend):
    write_both(backend)
    places = [Place(BOARD.id, 0), Place("gone", 0), Place(TOWN.id, 0)]
    surveys = backend.survey(places, QUESTION, "", None, [])
    assert [survey.transcript for survey in surveys] == [BOARD.id, TOWN.id]
    assert [survey.bm25.any() for survey in surveys] == [False, False]


def test_the_share_that_people_speak(backend):
    """By the lines of a passage, each of which begins with its speaker."""
    talk = Transcript("talk.txt", "Talk", (Turn(0, "Anna", "Yes."), Turn(1, "Bo", "No, never.")))
    both = Passage("talk.txt", (Slice(0, 0, 4), Slice(1, 0, 10)), ("Anna", "Bo"),
                   "Anna: Yes.\nBo: No, never.")  # fmt: skip
    with backend.writing(0):
        assert backend.claim(talk.id) == ""
        backend.put(talk, Origin("1", "reader 1", MODEL), [both], np.array([NEAR], np.float32))
        assert backend.publish(MODEL) == ""
    (survey,) = backend.survey([Place("talk.txt", 0)], QUESTION, "", None, ["Anna"])
    assert survey.spoken.tolist() == [pytest.approx(10 / 24)]


def test_of_a_long_transcript_the_surroundings_are_surveyed(backend, monkeypatch):
    """As many passages as are surveyed at most, around the place, and at the ends no fewer."""
    monkeypatch.setattr("index.backend.SURVEYED_PASSAGES", 4)
    long = Transcript("long.txt", "Long", tuple(Turn(n, "Di", f"word {n}") for n in range(10)))
    write(backend, long, [NEAR] * 10)
    for near, first in ((0, 0), (5, 3), (9, 6)):
        (survey,) = backend.survey([Place("long.txt", near)], QUESTION, "word", None, [])
        assert (survey.first, len(survey.sizes), survey.bm25.all()) == (first, 4, True)


def test_passages_by_their_places(backend):
    """Those that exist; of a replaced document, the new ones."""
    write_both(backend)
    places = [Place(TOWN.id, 1), Place(TOWN.id, 99), Place("gone", 0)]
    assert backend.passages(places) == {places[0]: passages_of(TOWN)[1]}


def test_another_model_is_seen_when_it_is_published(backend):
    """Until then readers have the old vectors, and after that only the new, of other length."""
    write_both(backend)
    write(backend, TOWN, [[1, 0, 0, 0], [0, 1, 0, 0]], model=OTHER_MODEL, publish=False)
    write(backend, BOARD, [[0, 0, 1, 0]], model=OTHER_MODEL, publish=False)
    assert backend.embedder == MODEL
    assert [hit.score for hit in backend.dense(QUESTION, 9, None)] == pytest.approx(
        [0.8, 0.6, 0.0], abs=1e-5
    )
    assert {origin.embedder for origin in backend.origins().values()} == {OTHER_MODEL}
    with backend.writing(0):
        assert backend.publish(OTHER_MODEL) == ""
    assert backend.embedder == OTHER_MODEL
    question = np.array([0, 0, 1, 0], np.float32)
    assert texts(backend.dense(question, 1, None)) == ["The budget."]
    assert texts(backend.lexical("budget", 9, None)) == ["The budget."]
    assert len(backend.documents()) == 2


def test_a_claim_is_for_the_one_who_has_it(backend):
    """Claiming again is no quarrel with oneself."""
    with backend.writing(0):
        assert backend.claim("x") == backend.claim("x") == ""


# Both at once


def _library(seed: int) -> list[tuple[Transcript, np.ndarray]]:
    """Transcripts of made-up words, with random vectors (turns, 16) of length 1."""
    words = [f"word{n}" for n in range(200)]
    choose = random.Random(seed)
    made = []
    for n in range(30):
        speakers = choose.sample(["Anna", "Bo", "Cy", "Di", "Ed"], 3)
        turns = tuple(
            Turn(place, choose.choice(speakers), " ".join(choose.choices(words, k=12)))
            for place in range(choose.randint(1, 12))
        )
        people = tuple(Person(name) for name in speakers)
        date = choose.choice([None, f"2025-0{choose.randint(1, 9)}-10"])
        transcript = Transcript(f"{n:02}.txt", f"Title {n}", turns, date, people=people)
        vectors = np.random.default_rng(seed + n).standard_normal((len(turns), 16))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        made.append((transcript, vectors.astype(np.float32)))
    return made


@pytest.mark.milvus
def test_both_find_the_same(tmp_path, milvus):
    """Dense: the same passages in the same order, cosines within 1e-4. Lexical: the same passages
    match; their order may differ, as Milvus Lite counts how rare a word is by segment.
    """
    local, other = make_local(tmp_path), make_milvus(milvus.url)
    for transcript, vectors in _library(7):
        for backend in (local, other):
            write(backend, transcript, vectors, model="random@16", publish=False)
    for backend in (local, other):
        with backend.writing(0):
            assert backend.publish("random@16") == ""
    assert local.documents() == other.documents()
    assert local.speakers() == other.speakers()
    assert local.origins() == other.origins()
    choose = random.Random(1)
    for n in range(40):
        question = np.random.default_rng(n).standard_normal(16).astype(np.float32)
        question /= np.linalg.norm(question)
        filters = choose.choice(
            [None, Filters(speakers=("Anna", "Di")), Filters(since="2025-03-01"),
             Filters(speakers=("Bo",), until="2025-06-30"), Filters(documents=("03.txt", "07.txt"))]
        )  # fmt: skip
        ours, theirs = local.dense(question, 20, filters), other.dense(question, 20, filters)
        assert [hit.passage for hit in ours] == [hit.passage for hit in theirs]
        assert [h.score for h in ours] == pytest.approx([h.score for h in theirs], abs=1e-4)
        near = [Place(f"{n:02}.txt", 0) for n in range(8)]
        for one, two in zip(
            local.survey(near, question, "", filters, ["Bo"]),
            other.survey(near, question, "", filters, ["Bo"]),
            strict=True,
        ):
            assert (one.transcript, one.first) == (two.transcript, two.first)
            assert one.cosines == pytest.approx(two.cosines, abs=1e-4)
            assert one.sizes.tolist() == two.sizes.tolist()
            assert one.spoken.tolist() == two.spoken.tolist()
            assert one.allowed.tolist() == two.allowed.tolist()
        words = " ".join(f"word{choose.randrange(200)}" for _ in range(4))
        found = [set(texts(b.lexical(words, 500, filters))) for b in (local, other)]
        assert found[0] == found[1]
    for backend in (local, other):
        backend.close()
