"""The examples beside an empty chat: found once for each state of the library, shown and kept."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from test_app import HARBOUR, FakeAssistant

from page.examples import FILE, Examples


class Finding(FakeAssistant):
    """Finds two, and keeps how often it began and what it was asked for last."""

    def __init__(self, folder) -> None:
        super().__init__(HARBOUR)
        self.library.path = folder
        self.begun = self.steps = 0

    def examples(self):
        self.begun += 1
        for question in ("What does the quay cost?", "<b>Who</b> is late?"):
            self.steps += 1
            yield question


@pytest.fixture
def assistant(tmp_path) -> Finding:
    (tmp_path / ".turncite").mkdir()
    return Finding(tmp_path)


FIRST, SECOND = "What does the quay cost?", "<b>Who</b> is late?"


def test_each_is_shown_as_it_is_found_and_the_next_visit_goes_on(assistant):
    examples, held = Examples(assistant), assistant.library.documents()
    assert examples.known(held) == []
    visit = examples.of(held)
    assert [next(visit), next(visit)] == [[], [FIRST]]
    visit.close()  # who came first has left
    assert examples.known(held) == [FIRST]
    assert [*examples.of(held)] == [[FIRST], [FIRST, SECOND]]
    assert assistant.begun == 1


def test_they_are_kept_beside_the_index_until_the_library_changes(assistant):
    held = assistant.library.documents()
    assert [*Examples(assistant).of(held)][-1] == [FIRST, SECOND]
    again = Examples(assistant)
    assert again.known(held) == [FIRST, SECOND]
    assert assistant.begun == 1
    other = [replace(held[0], turns=held[0].turns + 1)]
    assert [*again.of(other)][-1] == [FIRST, SECOND]
    assert assistant.begun == 2
    assert again.known([]) == []
    assert [*again.of([])] == [[]]  # nothing is asked of an empty library


@pytest.mark.parametrize("kept", ["", "[]", '{"of": 1}', "{'", '{"of": null, "questions": [3]}'])
def test_what_is_kept_damaged_is_made_anew(assistant, kept):
    (assistant.library.path / ".turncite" / FILE).write_text(kept)
    assert [*Examples(assistant).of(assistant.library.documents())][-1] == [FIRST, SECOND]


def test_a_library_that_cannot_be_written_has_examples_too(assistant):
    (assistant.library.path / ".turncite").rmdir()
    assert [*Examples(assistant).of(assistant.library.documents())][-1] == [FIRST, SECOND]


def test_many_who_wait_are_served_by_one_search(assistant):
    examples, held = Examples(assistant), assistant.library.documents()
    seen: list[list[str]] = []
    visits = [
        threading.Thread(target=lambda: seen.append([*examples.of(held)][-1])) for _ in range(8)
    ]
    for visit in visits:
        visit.start()
    for visit in visits:
        visit.join(30)
    assert seen == [[FIRST, SECOND]] * 8
    assert (assistant.begun, assistant.steps) == (1, 2)


def test_what_is_known_is_told_while_another_is_looked_for(assistant):
    looking, go_on = threading.Event(), threading.Event()

    def slow():
        yield FIRST
        looking.set()
        go_on.wait(30)
        yield SECOND

    assistant.examples = slow
    examples, held = Examples(assistant), assistant.library.documents()
    visit = threading.Thread(target=lambda: list(examples.of(held)))
    visit.start()
    assert looking.wait(30)
    assert examples.known(held) == [FIRST]
    assert examples.known([]) == []  # and the library has changed: what is found late is not its
    go_on.set()
    visit.join(30)
    assert examples.known([]) == []


def test_a_search_that_fails_says_so_once(assistant):
    def broken():
        yield FIRST
        raise RuntimeError("no model")

    assistant.examples = broken
    examples, held = Examples(assistant), assistant.library.documents()
    with pytest.raises(RuntimeError, match="no model"):
        list(examples.of(held))
    assert [*examples.of(held)] == [[FIRST]]
