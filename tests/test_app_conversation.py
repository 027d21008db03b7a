"""What the page does, apart from gradio: conversation, evidence, work on the library."""

from __future__ import annotations

import threading

import pytest
from test_app import ANSWER, COST, HARBOUR, REFUSAL, FakeAssistant, FakeLibrary

from index.errors import DamagedIndex
from index.types import FileResult, Filters, Progress, SyncReport, Transcript, Turn
from page.conversation import (
    ECHO_CHARS,
    STOPPED,
    UNEXPECTED,
    Conversation,
    Doing,
    Evidence,
    Exchange,
    converse,
    find_evidence,
    follow,
    newest_evidence,
)
from rag.types import Event


def test_converse_shows_status_then_text_then_the_answer():
    steps = list(converse(FakeAssistant(HARBOUR), "the quay?", [], Filters()))
    assert [(s[-1].status, s[-1].partial, s[-1].answer) for s in steps] == [
        ("Searching the library", "", None),
        ("Reading 3 passages", "", None),
        ("Reading 3 passages", ANSWER.text[:10], None),
        ("Reading 3 passages", ANSWER.text[:10], ANSWER),
    ]


def test_a_note_of_the_assistant_is_kept_beside_its_answer():
    class Noting(FakeAssistant):
        def stream(self, question, *, filters=None, history=(), written=True):
            yield Event("note", "Understood as: The quay?", understood="The quay?")
            yield Event("note", "The model is away. **Quotes** instead.")
            yield Event("answer", answer=ANSWER)

    *_, last = converse(Noting(HARBOUR), "the quay?", [], Filters())
    assert last[-1].answer is ANSWER
    assert last[-1].note == "Understood as: The quay? The model is away. **Quotes** instead."
    assert last[-1].understood == "The quay?"


def test_the_switch_goes_to_the_assistant_and_drafts_are_shown():
    class Writing(FakeAssistant):
        def stream(self, question, *, filters=None, history=(), written=True):
            self.written.append(written)
            yield Event("draft", "The quay")
            yield Event("answer", answer=ANSWER)

    assistant = Writing(HARBOUR)
    _, second, _ = converse(assistant, "the quay?", [], Filters(), written=False)
    assert assistant.written == [False]
    assert second[-1].partial == "The quay"


def test_a_stopped_question_stays_with_a_word_of_that():
    """What is stopped comes too late for its number; what was not begun leaves nothing."""
    talk = Conversation([Exchange("one", answer=ANSWER)], now=Exchange("two", partial="The"))
    talk.stop()
    assert (talk.number, talk.now) == (1, None)
    assert [(e.question, e.error) for e in talk.exchanges] == [("one", ""), ("two", STOPPED)]
    talk.stop()
    assert len(talk.exchanges) == 2
    talk.start_over()
    assert (talk.exchanges, talk.number) == ([], 3)


def test_a_question_is_asked_in_the_place_of_another_and_gets_the_conversation_a_name():
    talk = Conversation([Exchange("one"), Exchange("two"), Exchange("three")], editing=1)
    talk.begin(1)
    assert [e.question for e in talk.exchanges] == ["one"]
    assert (talk.editing, len(talk.id)) == (None, 32)
    name = talk.id
    talk.begin()
    assert (talk.id, len(talk.exchanges)) == (name, 1)
    talk.start_over([Exchange("kept")], "a1")
    assert (talk.id, talk.exchanges, talk.number) == ("a1", [Exchange("kept")], 3)


def test_what_comes_next_is_put_beside_its_own_answer_only():
    done = Exchange("one", answer=ANSWER)
    talk = Conversation([done])
    more = talk.suggest(done, "And then?")
    assert talk.exchanges == [more]
    assert more.next == ("And then?",)
    assert talk.suggest(done, "Late?") is None  # it is another by now
    talk.now = Exchange("two")
    assert talk.suggest(more, "Late?") is None
    assert talk.exchanges == [more]


def test_converse_passes_filters_and_the_answered_history():
    assistant = FakeAssistant(HARBOUR)
    past = [Exchange("one", answer=ANSWER), Exchange("two", error="no")]
    list(converse(assistant, "who won?", past, Filters(speakers=("Ada",))))
    assert assistant.asked == [
        ("who won?", Filters(speakers=("Ada",)), (("one", ANSWER.text),)),
    ]


def test_a_rejected_question_shows_its_reason_and_is_clipped():
    *_, last = converse(FakeAssistant(HARBOUR), "x" * 10_000_000, [], Filters())
    assert last[-1].error == "The question is too long; the limit is 1,000 characters."
    assert last[-1].question == "x" * ECHO_CHARS + " …"


def test_a_fault_of_ours_is_logged_and_not_shown(caplog):
    *_, last = converse(FakeAssistant(HARBOUR), "crash", [], Filters())
    assert last[-1].error == UNEXPECTED
    assert "secret: /home/someone/key" in caplog.text


def test_find_evidence_answers_any_key_a_browser_sends():
    library = FakeLibrary(HARBOUR)
    past = [Exchange("q", answer=ANSWER), Exchange("r", answer=REFUSAL)]
    second = Evidence(ANSWER.citations[1], HARBOUR, "q", key="m1-2", before="m1-1", of=2)
    assert find_evidence(library, past, "m1-2") == second
    assert find_evidence(library, past, "m1-1").after == "m1-2"
    only = Evidence(REFUSAL.nearest[0], HARBOUR, "r", key="m2-1", of=1)
    assert find_evidence(library, past, "m2-1") == only
    for key in (None, 7, "", "m0-1", "m3-1", "m1-1x", "m-1-1", "m1-" + "9" * 50, ["m1-1"]):
        assert "earlier visit" in find_evidence(library, past, key).why
    assert "not part of the answer" in find_evidence(library, past, "m1-9").why


def test_an_answer_shows_its_first_source_at_once_and_a_refusal_waits():
    library = FakeLibrary(HARBOUR)
    answered = Exchange("q", answer=ANSWER)
    first = Evidence(COST, HARBOUR, "q", key="m1-1", after="m1-2", of=2)
    assert newest_evidence(library, [answered]) == first
    refused = newest_evidence(library, [answered, Exchange("r", answer=REFUSAL)])
    assert refused == Evidence(
        why="No words answer this. Choose a nearest passage to read it here."
    )


def test_a_removed_transcript_leaves_the_citation():
    lost = find_evidence(FakeLibrary(), [Exchange("q", answer=ANSWER)], "m1-1")
    assert (lost.citation, lost.transcript) == (COST, None)
    assert lost.why == "This transcript has left the library. It said:"


@pytest.mark.parametrize("turns", [(Turn(0, "Ada", "Other words."),), HARBOUR.turns[::-1]])
def test_words_that_changed_since_are_said_to_have_changed(turns):
    changed = Transcript(HARBOUR.id, HARBOUR.title, turns)
    lost = find_evidence(FakeLibrary(changed), [Exchange("q", answer=ANSWER)], "m1-1")
    assert (lost.citation, lost.transcript) == (COST, None)
    assert lost.why == "The transcript has changed since this answer. It said:"


def test_a_library_that_cannot_be_read_says_why_beside_the_citation():
    class Broken(FakeLibrary):
        def transcript(self, document_id):
            raise DamagedIndex("the index is broken; run: turncite sync --rebuild")

    lost = find_evidence(Broken(HARBOUR), [Exchange("q", answer=ANSWER)], "m1-1")
    assert (lost.citation, lost.transcript) == (COST, None)
    assert lost.why == "the index is broken; run: turncite sync --rebuild"


def test_follow_yields_progress_then_the_report_and_passes_errors_on():
    report = SyncReport((FileResult("a", "read"),))

    shown = threading.Event()
    read, failed = FileResult("a", "read"), FileResult("b", "failed", why="is empty")

    def work(on_progress):
        on_progress(Progress("a", 0, 2))
        on_progress(Progress("b", 0, 2))
        on_progress(Progress("b", 1, 2, result=failed))
        on_progress(Progress("", 2, 2, result=read))
        assert shown.wait(30)
        return report

    steps = []
    for step in follow(work):
        steps.append(step)
        if isinstance(step, Doing) and step.at.result is read:
            shown.set()
    assert steps[-1] is report
    assert steps[-2].files == {"a": read, "b": failed}

    def fail(on_progress):
        raise DamagedIndex("the index is broken; run: turncite sync --rebuild")

    with pytest.raises(DamagedIndex, match="the index is broken"):
        list(follow(fail))
