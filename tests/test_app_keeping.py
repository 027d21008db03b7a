"""The conversation that a browser keeps: whole, or not at all."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from test_app import ANSWER, REFUSAL

from index.types import Filters
from page.conversation import Exchange
from page.keeping import KEPT_EXCHANGES, from_record, to_record

TALK = [
    Exchange("q", answer=ANSWER, limits=Filters(("Ada",), since="2024-01-01"), beyond=("dates",)),
    Exchange("r", answer=replace(REFUSAL, timings_ms={"total": 3.5}), note="n"),
    Exchange("s", error="too long"),
]


def kept(exchanges, library="/lib"):
    """As a browser gives it back."""
    return json.loads(json.dumps(to_record(exchanges, library)))


def test_a_conversation_comes_back_as_it_was():
    assert from_record(kept(TALK), "/lib") == TALK


def test_that_of_another_library_and_what_has_no_answer_yet_is_left_out():
    assert from_record(kept(TALK), "/other") == []
    assert from_record(kept([*TALK, Exchange("t")]), "/lib") == TALK


def test_the_latest_are_kept():
    many = [Exchange(str(number), error="e") for number in range(KEPT_EXCHANGES + 5)]
    assert from_record(kept(many), "/lib") == many[5:]


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: None,
        lambda record: [],
        lambda record: {},
        lambda record: record | {"form": 99},
        lambda record: record | {"exchanges": "x"},
        lambda record: record | {"exchanges": [7]},
        lambda record: record | {"exchanges": [{}]},
        lambda record: record | {"exchanges": [{"question": 7}]},
        lambda record: record | {"exchanges": [{"question": "q", "answer": {"question": "q"}}]},
        lambda record: record | {"exchanges": [{"question": "q", "limits": {"speakers": "Ada"}}]},
    ],
)
def test_what_is_no_conversation_is_left_alone(damage):
    assert from_record(damage(kept(TALK)), "/lib") == []
