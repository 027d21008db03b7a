"""The conversation that a browser keeps: whole, or not at all."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from test_app import ANSWER, REFUSAL

from index.types import Filters
from page.conversation import Exchange
from page.keeping import (
    KEPT_CHARS,
    KEPT_EXCHANGES,
    from_record,
    name_of,
    read_record,
    talks_html,
    to_record,
)

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


def test_a_long_conversation_is_kept_from_its_end_within_the_room_there_is():
    long = [Exchange(f"{n} {'x' * (KEPT_CHARS // 4)}", error="e") for n in range(5)]
    record = to_record(long, "/lib", "a1")
    assert from_record(kept(long), "/lib") == long[2:]
    assert len(json.dumps(record)) < KEPT_CHARS + 500
    assert record["title"].startswith("0 xxx")  # named by its first question
    assert len(record["title"]) < 90


def test_the_one_conversation_of_an_earlier_turncite_is_read_and_gets_a_name():
    old = {key: value for key, value in kept(TALK).items() if key in ("library", "exchanges")}
    old["form"] = 1
    assert from_record(old, "/lib") == TALK
    assert len(name_of(old)) == 32
    assert name_of({"id": "<b>"}) != "<b>"
    assert name_of({"id": "a1"}) == "a1"


@pytest.mark.parametrize("text", [None, 7, "", "{", "x" * (3 * KEPT_CHARS)])
def test_what_is_no_record_is_none(text):
    assert read_record(text) is None


def test_a_record_travels_in_the_page_as_text():
    evil = Exchange('"><img src=x onerror=alert(1)>', error="e")
    markup = talks_html("/lib", to_record([evil], "/lib", "a1"))
    assert "<img" not in markup
    assert markup.count('"') == 2 * 4  # class, library, id, record
    assert talks_html("/lib") == '<div class="talks" data-library="&#47;lib"></div>'


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
