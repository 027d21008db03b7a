"""The line of questions: who is called when, what those who wait are told, and who is refused."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from test_app import ANSWER, HARBOUR, FakeAssistant

from rag.types import Event
from serving.audit import Audited, AuditLog
from serving.line import Busy, Gone, Line, Place
from serving.waiting import Asker, Waiting, asked_by, asker_named


def called(line: Line, tickets: dict[str, object]) -> list[str]:
    """The names of the tickets in the order in which they are called, one after the other."""
    left, order = dict(tickets), []
    while left:
        (name,) = [name for name, ticket in left.items() if line.wait(ticket, 0)]
        line.leave(left.pop(name), answered=True)
        order.append(name)
    return order


def test_first_come_first_served():
    line = Line(at_once=1)
    assert called(line, {name: line.join(name) for name in "dbca"}) == list("dbca")


def test_who_sends_many_takes_turns_with_the_others():
    line = Line(at_once=1)
    tickets = {f"many {n}": line.join("many") for n in range(5)}
    tickets |= {f"{name} {n}": line.join(name) for n in range(2) for name in ("b", "c")}
    assert called(line, tickets) == [
        *("many 0", "many 1", "b 0", "c 0", "many 2", "b 1", "c 1", "many 3", "many 4"),
    ]  # fmt: skip


def test_nobody_waits_for_ever_for_those_who_come_later():
    """Two questions of one asker, while somebody new comes whenever one is answered."""
    line = Line(at_once=1)
    running = line.join("x")
    tickets = [line.join("patient"), line.join("patient")]
    for n in range(4):
        tickets.append(line.join(f"new {n}"))
        line.leave(running, answered=True)
        (running,) = [ticket for ticket in tickets if line.wait(ticket, 0)]
        tickets.remove(running)
    assert [ticket.asker for ticket in tickets] == ["new 2", "new 3"]


def test_as_many_are_called_as_are_answered_at_once():
    line = Line(at_once=2)
    tickets = [line.join(str(n)) for n in range(4)]
    assert [line.wait(ticket, 0) for ticket in tickets] == [True, True, False, False]
    line.leave(tickets[1], answered=True)
    assert [line.wait(ticket, 0) for ticket in tickets[2:]] == [True, False]


def test_a_question_that_is_given_up_leaves_the_line():
    line = Line(at_once=1)
    tickets = {name: line.join(name) for name in "abc"}
    line.leave(tickets.pop("b"), answered=False)
    assert line.place(tickets["c"]).before == 0
    assert called(line, tickets) == ["a", "c"]


def test_the_place_is_told_with_the_time_that_answers_take():
    line = Line(at_once=2)
    tickets = [line.join(str(n)) for n in range(9)]
    assert line.place(tickets[8]) == Place(6, None)
    line._took(4.0)
    assert line.place(tickets[2]) == Place(0, 6.0)  # half an answer until a place, and its own
    assert line.place(tickets[8]) == Place(6, 18.0)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (Place(0, None), "Waiting: yours is next"),
        (Place(0, 0.2), "Waiting: yours is next, about 1 second"),
        (Place(1, 7.4), "Waiting: 1 question before yours, about 7 seconds"),
        (Place(24, 31.0), "Waiting: 24 questions before yours, about 30 seconds"),
        (Place(99, 140.0), "Waiting: 99 questions before yours, about 2 minutes"),
    ],
)
def test_a_place_in_words(place, told):
    assert str(place) == told


def test_one_asker_has_so_many_waiting_and_all_together_so_many():
    line = Line(at_once=1, most=30, of_one=20)
    line.join("other")
    mine = [line.join("me") for _ in range(20)]
    with pytest.raises(Busy, match=r"^20 of your questions are waiting already; ask the next one"):
        line.join("me")
    for n in range(10):
        line.join(str(n))
    with pytest.raises(Busy, match=r"^30 questions are waiting already, and no more are taken"):
        line.join("else")
    line.leave(mine[0], answered=False)
    line.join("me")


def test_what_nobody_should_wait_for_takes_only_a_free_place():
    line = Line(at_once=1)
    ticket = line.join_if_free("")
    assert line.wait(ticket, 0)
    assert line.join_if_free("") is None
    line.join("a")
    line.leave(ticket, answered=False)
    assert line.join_if_free("") is None


class Slow(FakeAssistant):
    """Answers when it is let, and proposes three questions."""

    def __init__(self) -> None:
        super().__init__(HARBOUR)
        self.let = threading.Event()

    def stream(self, question, **more):
        assert self.let.wait(20)
        yield from super().stream(question, **more)

    def suggestions(self, answer, asked=()):
        yield from ("one", "two", "three")


@pytest.fixture
def slow() -> Slow:
    return Slow()


def waiting(assistant: FakeAssistant, line: Line, name: str = "ada", gone=lambda: False) -> Waiting:
    return Waiting(assistant, line, lambda: Asker(name, gone))


def test_the_place_in_the_line_is_a_step_of_the_answer(slow):
    line = Line(at_once=1)
    ticket = line.join("other")
    steps = waiting(slow, line).stream("the quay?")
    assert next(steps) == Event("status", "Waiting: yours is next")
    line.leave(ticket, answered=True)
    slow.let.set()
    assert [step.kind for step in steps] == ["status", "text", "answer"]
    assert line.join_if_free("") is not None


def test_a_gone_clients_question_is_not_read(slow, tmp_path):
    """It leaves the line, and the log has it as stopped."""
    line, gone = Line(at_once=1), threading.Event()
    ticket = line.join("other")
    log = AuditLog(tmp_path / "log")
    asking = Audited(waiting(slow, line, gone=gone.is_set), log, lambda: None)
    gone.set()
    with pytest.raises(Gone):
        asking.ask("the quay?")
    assert line.waiting == 0
    assert slow.asked == []
    assert '"outcome": "stopped"' in log.path.read_text()
    line.leave(ticket, answered=True)


def test_a_client_that_goes_while_it_waits_is_not_read_when_its_turn_comes(slow):
    line, gone = Line(at_once=1), threading.Event()
    ticket = line.join("other")
    steps = waiting(slow, line, gone=gone.is_set).stream("the quay?")
    next(steps)
    line.leave(ticket, answered=True)
    gone.set()
    with pytest.raises(Gone):
        next(steps)
    assert slow.asked == []


class Left(FakeAssistant):
    """Who asked goes at the first word of an answer, of which the rest is not made then."""

    def __init__(self) -> None:
        super().__init__(HARBOUR)
        self.gone, self.ended = threading.Event(), False

    def stream(self, question, **more):
        for step in super().stream(question, **more):
            self.gone.set()
            yield step
        self.ended = True


@pytest.mark.parametrize("audited", [False, True])
def test_a_client_that_goes_amid_its_answer_leaves_its_place(tmp_path, audited):
    left, line = Left(), Line(at_once=1)
    asking: Waiting | Audited = waiting(left, line, gone=left.gone.is_set)
    if audited:
        asking = Audited(asking, AuditLog(tmp_path / "log"), lambda: None)
    with pytest.raises(Gone):
        asking.ask("the quay?")
    assert not left.ended
    assert line.join_if_free("") is not None


def test_a_stream_that_is_closed_leaves_the_line(slow):
    line = Line(at_once=1)
    line.join("other")
    steps = waiting(slow, line).stream("the quay?")
    next(steps)
    assert line.waiting == 1
    steps.close()
    assert line.waiting == 0


def test_suggestions_stop_when_somebody_asks(slow):
    line = Line(at_once=1)
    asking = waiting(slow, line)
    assert list(asking.suggestions(ANSWER)) == ["one", "two", "three"]
    steps = asking.suggestions(ANSWER)
    assert next(steps) == "one"
    ticket = line.join("somebody")
    assert list(steps) == []
    assert line.wait(ticket, 0)
    assert list(asking.suggestions(ANSWER)) == []


def test_examples_wait_for_their_turn(slow):
    line = Line(at_once=1)
    ticket = line.join("somebody")
    threading.Timer(0.1, line.leave, [ticket], {"answered": True}).start()
    assert [*waiting(slow, line).examples()] == ["What does the quay cost?"]
    assert line.waiting == 0
    assert line.join_if_free("") is not None


def test_examples_wait_until_the_line_can_be_joined(slow, monkeypatch):
    """Nobody asked for them who could be told to come again."""
    monkeypatch.setattr("serving.waiting.LOOK_SECONDS", 0.02)
    line = Line(at_once=1, most=1)
    answered, waits = line.join("somebody"), line.join("somebody else")
    threading.Timer(0.1, line.leave, [waits], {"answered": False}).start()
    threading.Timer(0.2, line.leave, [answered], {"answered": True}).start()
    assert [*waiting(slow, line).examples()] == ["What does the quay cost?"]
    assert line.waiting == 0


def test_askers_are_told_apart_by_name_session_or_address():
    client = SimpleNamespace(host="10.0.0.7")
    assert asker_named("anna", client, "s") == asker_named("anna", None)
    assert asker_named(None, client, "s") != asker_named(None, client, "t")
    assert asker_named(None, client) == "address 10.0.0.7"
    # A session that is called like a user is none.
    assert asker_named(None, client, "anna") != asker_named("anna", client)


def test_another_door_says_who_asks(slow):
    line = Line(at_once=1, of_one=1)
    slow.let.set()
    running = line.join("x")
    line.join("anna")
    asking = waiting(slow, line, name="somebody")
    with asked_by(Asker("anna")), pytest.raises(Busy):
        asking.ask("the quay?")
    line.leave(running, answered=True)
