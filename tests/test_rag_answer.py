"""The assistant from question to answer, with the readable embedder and scripted models."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT, by_signs
from fastapi.responses import JSONResponse
from llm_server import Cut, event

from index import Filters, Library
from index.errors import EmptyLibrary, InputError, LibraryError, NotInLibrary
from rag import Assistant
from rag.prompt import REFUSAL
from rag.types import Quote, Reading


class Unsure:
    """A reader that is not sure enough of any words; it takes some of the last passage, or none."""

    name = "unsure"

    def __init__(self, library: Library, *, takes: bool) -> None:
        self.library = library
        self.takes = takes
        self.taken: Reading | None = None

    def read(self, question, hits):
        if not self.takes:
            return []
        last = hits[-1].passage
        part = min(last.slices, key=lambda part: part.end - part.start)
        quote = Quote(last.transcript, part.turn, part.start, part.start + 4)
        (turn,) = self.library.turns(last.transcript, part.turn, part.turn)
        heading = self.library.headings([last.transcript])[last.transcript]
        self.taken = Reading(quote, turn, heading, "", 0.2)
        return [self.taken]


@pytest.fixture
def assistant(library) -> Assistant:
    return by_signs(library)


def test_a_library_that_cannot_be_brought_up_to_date_is_asked_as_it_is(
    library, embedder, monkeypatch
):
    """A full disk is no reason not to answer, but a reason to say so; damage is one."""

    def full(*_: object, **__: object) -> None:
        raise LibraryError("the disk is full")

    monkeypatch.setattr(Library, "sync", full)
    assistant = by_signs(library.path, embedder)
    assert assistant.report.notes == ("the disk is full",)
    assert assistant.ask("How much does the tram cost?").short == "240 million"
    (library.path / "empty").mkdir()
    with pytest.raises(LibraryError, match="the disk is full"):
        Assistant.open(library.path / "empty", embedder=embedder)


def test_an_answer_is_a_checked_quote(assistant, library):
    """The short answer, the sentence with its speaker and marker, the place in the turn."""
    answer = assistant.ask("How much does the tram cost?")
    assert answer.answered
    assert answer.short == "240 million"
    assert answer.text == "Anna Lind: “The tram costs 240 million kronor.” [1]"
    (citation,) = answer.citations
    turn = library.transcript("council.txt").turns[citation.turn]
    assert citation.quote == turn.text[citation.start : citation.end]
    assert (citation.speaker, citation.date) == ("Anna Lind", "2025-05-05")
    assert answer.nearest == ()
    assert set(answer.timings_ms) == {"search", "read", "total"}


def test_a_refusal_says_what_was_searched_and_offers_the_nearest(assistant):
    """No citation, no short answer, and the closest passages as exact words."""
    answer = assistant.ask("Who won the Olympic marathon in Tokyo?")
    assert not answer.answered
    assert answer.short is None
    assert answer.text == f"{REFUSAL} Searched 3 transcripts."
    assert answer.citations == ()
    assert answer.nearest
    for nearest in answer.nearest:
        turn = assistant.library.transcript(nearest.transcript).turns[nearest.turn]
        assert nearest.quote == turn.text[nearest.start : nearest.end]


def test_a_refusal_shows_first_what_the_reader_would_have_taken(library):
    """Then the passages that were found first."""
    asked = "Who won the Olympic marathon in Tokyo?"
    found = Assistant(library, reader=Unsure(library, takes=False)).ask(asked).nearest
    reader = Unsure(library, takes=True)
    first, *rest = Assistant(library, reader=reader).ask(asked).nearest
    assert reader.taken
    assert (first.quote, first.score) == (reader.taken.text, 0.2)
    assert len(found) == 3
    assert [near.quote for near in rest] == [near.quote for near in found[:2]]
    assert [near.marker for near in (first, *rest)] == [1, 2, 3]


def test_a_refusal_within_somebodys_words_says_so(assistant):
    """The reader learns that only Per Holm was looked through."""
    answer = assistant.ask("What did Per Holm say about the harbour fees of Bergen in 1998?")
    assert answer.text == f"{REFUSAL} Searched 3 transcripts for what Per Holm said."


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("When was the council meeting held?", "May 5, 2025"),
        ("Where did the harbour board meet?", "Bergen"),
    ],
)
def test_the_heading_answers_when_and_where(assistant, question, short):
    """Date and place of a transcript, with a sentence of it beside."""
    answer = assistant.ask(question)
    assert answer.short == short
    assert (
        answer.citations[0].quote
        in assistant.library.transcript(answer.citations[0].transcript)
        .turns[answer.citations[0].turn]
        .text
    )


def test_the_json_of_an_answer_is_the_documented_one(assistant):
    """Names and nesting that others script against."""
    document = json.loads(json.dumps(assistant.ask("How much does the tram cost?").as_json()))
    assert list(document) == [
        "question", "answered", "short", "text", "citations", "nearest", "timings_ms",
    ]  # fmt: skip
    assert list(document["citations"][0]) == [
        "marker", "quote", "speaker", "transcript", "title", "date", "turn", "start", "end",
        "start_seconds", "score",
    ]  # fmt: skip


def test_the_stream_ends_in_the_answer(assistant):
    """Status first, then text, then the answer that `ask` returns."""
    events = list(assistant.stream("How much does the tram cost?"))
    assert [event.kind for event in events] == ["status", "status", "text", "answer"]
    assert events[-1].answer.short == "240 million"


def test_the_stream_says_where_the_question_says_to_look_and_looks_beyond_it(assistant):
    """Whose words are asked for is a limit of the question, until it is told to look beyond."""
    asked = "What did Per Holm say about the tram in May 2025?"
    limits = [e.limits for e in assistant.stream(asked) if e.kind == "limits"]
    assert limits[0] == Filters(("Per Holm",), (), "2025-05-01", "2025-05-31")
    beyond = [e.limits for e in assistant.stream(asked, beyond=["speakers"]) if e.kind == "limits"]
    assert beyond[0] == Filters((), (), "2025-05-01", "2025-05-31")
    both = assistant.stream(asked, beyond=["speakers", "dates"])
    assert [e for e in both if e.kind == "limits"] == []
    mine = assistant.stream(asked, filters=Filters(("Anna Lind",), since="2025-01-01"))
    assert [e for e in mine if e.kind == "limits"] == []


def test_filters_are_kept(assistant):
    """What another document says is no answer."""
    only = Filters(documents=("choir.md",))
    assert not assistant.ask("How much does the tram cost?", filters=only).answered


def test_a_speaker_filter_never_quotes_another(assistant):
    """Not in the answer and not among the nearest, though they share a passage."""
    only = Filters(speakers=("Per Holm",))
    answer = assistant.ask("How much does the tram cost?", filters=only)
    cited = [*answer.citations, *answer.nearest]
    assert cited
    assert {citation.speaker for citation in cited} == {"Per Holm"}


@pytest.mark.parametrize("question", ["When will the council meet?", "Who was not present?"])
def test_the_heading_tells_nothing_of_what_is_to_come_or_was_not(assistant, question):
    """A meeting's date is no answer to the next one's."""
    assert assistant.ask(question).short != "May 5, 2025"
    assert "records" not in assistant.ask(question).text


def test_filters_that_name_nothing_are_refused(assistant):
    """With the closest name as a hint."""
    with pytest.raises(NotInLibrary, match="did you mean Anna Lind"):
        assistant.ask("What?", filters=Filters(speakers=("Ana Lind",)))
    with pytest.raises(NotInLibrary, match=r"nope\.txt is not in this library"):
        assistant.ask("What?", filters=Filters(documents=("nope.txt",)))


def test_an_empty_library_says_how_to_begin(tmp_path, embedder):
    """Nothing to ask is an error with the next command."""
    library = Library.open(tmp_path, embedder)
    library.sync()
    with pytest.raises(EmptyLibrary, match="add some with: turncite add FILE"):
        by_signs(library).ask("What?")


def test_an_empty_question_is_refused(assistant):
    """Before anything is searched."""
    with pytest.raises(InputError, match="the question is empty"):
        assistant.ask("   ")


def test_open_syncs_what_changed(folder, embedder):
    """A file put in the folder can be asked at once."""
    (folder / "zoo.txt").write_text("Zed: The zoo has nine music schools.\nYan: Good.\n")
    assistant = by_signs(folder, embedder)
    assert assistant.report.count("read") == 4
    assert assistant.ask("How many schools has the zoo?").short == "nine"


def test_examples_are_questions_that_are_answered(assistant):
    """A newcomer's click never meets a refusal."""
    for question in assistant.examples():
        assert assistant.ask(question).answered


def test_examples_ask_no_language_model(tmp_path, embedder, server):
    """They are answered from quotes, so that opening the page costs nothing."""
    library = Library.open(tmp_path, embedder)
    library.add([ROOT / "data" / "dushanbe-2025-10-10.txt"])
    assert [*by_signs(library, llm=server.says("Yes.")).examples()]
    assert server.requests == []


def test_a_models_words_are_checked_and_cited(library, server):
    """A supported claim gets its quote; an invented figure is marked."""
    model = server.says("The tram costs 240 million kronor [1]. It carries 9000 people [1].")
    answer = by_signs(library, llm=model).ask("How much does the tram cost?")
    assert answer.text == (
        "The tram costs 240 million kronor. [1] "
        "It carries 9000 people. (not supported by the transcripts)"
    )
    assert answer.short == "240 million"
    assert answer.citations[0].quote == "The tram costs 240 million kronor."
    assert "How much does the tram cost?" in server.requests[0]["messages"][-1]["content"]
    shown = answer.as_json()
    assert shown["model"] == "tiny"
    assert [(row["supported"], row["markers"], row["fault"]) for row in shown["sentences"]] == [
        (True, (1,), ""),
        (False, (), "no quote holds “9000”"),
    ]


def test_exact_quotes_are_given_where_no_written_answer_is_wanted(library, server):
    """The model is not asked, and the document is the one without a model."""
    assistant = by_signs(library, llm=server.says("Bananas."))
    answer = assistant.ask("How much does the tram cost?", written=False)
    assert answer.text == "Anna Lind: “The tram costs 240 million kronor.” [1]"
    assert server.requests == []
    assert not {"model", "sentences", "note"} & set(answer.as_json())


@pytest.mark.parametrize(
    ("reply", "note"),
    [
        (JSONResponse({"error": {"message": "no memory"}}, 500), "it failed (500): no memory, 3"),
        (JSONResponse({}, 401), "it refuses the key (401): give the key of this server."),
        ([event("The tram "), Cut], "the answer broke off before its end: ask again."),
        ("Bananas are yellow.", "Nothing the model said is supported; here are exact quotes."),
    ],
)
def test_a_model_that_fails_gives_way_to_exact_quotes(library, server, reply, note):
    """The answer in quotes, and a note that says why, in the answer too."""
    server.replies = [reply]
    events = list(by_signs(library, llm=server.model()).stream("How much does the tram cost?"))
    answer = events[-1].answer
    assert answer.text == "Anna Lind: “The tram costs 240 million kronor.” [1]"
    assert any(event.kind == "note" and note in event.text for event in events)
    assert note in answer.as_json()["note"]


@pytest.mark.parametrize(
    "said",
    [
        REFUSAL,
        "The passages do not mention what the tram costs.",
        "<think>Hm.</think>I cannot say.",
    ],
)
def test_a_models_refusal_is_a_refusal(library, server, said):
    """In our words or its own: what was searched, and the nearest passages."""
    answer = by_signs(library, llm=server.says(said)).ask("How much does the tram cost?")
    assert not answer.answered
    assert answer.text == f"{REFUSAL} Searched 3 transcripts."
    assert answer.nearest
    assert answer.citations == ()


def test_what_a_model_found_beside_its_refusal_stands_nearest(library, server):
    """The quote of what it says instead comes before the passages that were found."""
    said = "The passages do not mention the fare. The tram costs 240 million kronor [1]."
    answer = by_signs(library, llm=server.says(said)).ask("What is the fare of the tram?")
    assert not answer.answered
    assert answer.nearest[0].quote == "The tram costs 240 million kronor."
    assert [citation.marker for citation in answer.nearest] == [1, 2, 3]


def test_a_draft_holds_no_thoughts_and_an_early_end_closes_the_request(library, server):
    """What is streamed is what may be shown; whoever leaves ends the model's work."""
    server.replies = [[event("<think>secret"), event("</think>The "), event("tram "), 0.1] * 50]
    drafts = []
    stream = by_signs(library, llm=server.model()).stream("How much does the tram cost?")
    for step in stream:
        if step.kind == "draft":
            drafts.append(step.text)
        if len(drafts) == 3:
            stream.close()
    assert drafts == ["", "The", "The tram"]


def test_a_transcript_that_changes_between_search_and_reading(library, embedder):
    """The answer is of one moment: old places are never read in new text."""
    assistant = by_signs(library)
    events = assistant.stream("What will sail twice a day?")
    assert next(events).kind == "status"
    assert next(events).text.startswith("Reading")
    text = "Dina Moe: Unbelievable nonsense was said yesterday.\nCy Berg: The ferry is no more.\n"
    (library.path / "harbour.txt").write_text(text)
    library.sync()
    *_, last = events
    for citation in (*last.answer.citations, *last.answer.nearest):
        turn = library.transcript(citation.transcript).turns[citation.turn]
        assert turn.text[citation.start : citation.end] == citation.quote
        assert turn.speaker == citation.speaker
        assert citation.quote.endswith((".", "?", "!", "kronor"))


def test_what_seemed_a_place_is_looked_for_elsewhere(tmp_path, embedder):
    """A transcript of that title holds nothing on it, another does; the answer says so."""
    (tmp_path / "harbour ferry.txt").write_text(
        "Cy Dahl: We sang with the school and had much music all day long.\n", encoding="utf-8"
    )
    (tmp_path / "council.txt").write_text(
        "Anna Lind: The budget of the ferry is 12 million kronor for the year.\n", encoding="utf-8"
    )
    assistant = by_signs(tmp_path, embedder)
    answer = assistant.ask("How much is the budget in the harbour ferry interview?")
    assert answer.answered
    assert answer.citations[0].transcript == "council.txt"
    assert answer.text.startswith("Searched 1 transcript (harbour ferry). Not there, but")


def test_a_warm_assistant_has_embedded_and_read(library, embedder, tmp_path):
    """So that the models are there; in an empty library there is nothing to ask."""
    by_signs(library).warm()
    assert any("pay" in asked for asked in embedder.asked_since())
    empty = tmp_path / "empty"
    empty.mkdir()
    by_signs(Library.open(empty, embedder)).warm()
    assert embedder.asked_since() == []
