"""A conversation saved as Markdown and JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from test_app import ANSWER, REFUSAL

from page.conversation import STOPPED, Exchange
from page.export import as_json, as_markdown, as_text, escape
from rag.types import Checked

PAST = [
    Exchange("What does the quay cost?", answer=replace(ANSWER, model="tiny")),
    Exchange("Who won?", note="Understood as: Who won?", answer=REFUSAL),
    Exchange("And now?", error=STOPPED),
]


def test_markdown_has_every_question_answer_and_citation():
    """A quote with its speaker, title, time and place; a refusal with its nearest passages."""
    text = as_markdown(PAST)
    assert text.startswith("# Conversation with Turncite\n\n## What does the quay cost\\?\n")
    assert "> \\[1\\] The quay costs \\$4 million \\[1\\]\n>\n> Harbour meeting\\, Ada\\," in text
    assert "1\\:02\\:05\\, turn 3 of harbour\\.vtt" in text
    assert "*Written by tiny; each sentence was checked.*" in text
    assert "*Understood as\\: Who won\\?*" in text
    assert "Nearest passages:\n\n> \\[1\\] Closed\\." in text
    assert text.endswith("## And now\\?\n\nStopped before it was answered\\.\n")


def test_an_answer_to_paste_ends_in_its_citations_and_a_written_one_in_their_words():
    place = "[1] Harbour meeting, Ada, February 29, 2024, 1:02:05, turn 3 of harbour.vtt"
    assert as_text(ANSWER).split("\n")[:3] == [ANSWER.text, "", place]
    written = as_text(replace(ANSWER, model="tiny")).split("\n")
    assert written[2] == f"{place}: “The quay costs $4 million [1]”"
    assert as_text(REFUSAL).endswith("turn 6 of harbour.vtt: “Closed.”")


def test_json_has_what_ask_prints_for_each_question():
    """The documents of `turncite ask --json`, with the checked sentences of a model."""
    checked = replace(ANSWER, model="tiny", sentences=(Checked("It is late.", True, (2,)),))
    first, _, last = json.loads(as_json([Exchange("q", answer=checked), *PAST[1:]]))["conversation"]
    assert first["answer"]["citations"][0]["quote"] == "The quay costs $4 million [1]"
    assert first["answer"]["sentences"][0]["markers"] == [2]
    assert (last["asked"], last["answer"], last["error"]) == ("And now?", None, STOPPED)


@given(st.text(alphabet="![]()<>*_`#&\\|~a1: /\n", max_size=60))
def test_nothing_said_is_markup_in_a_saved_conversation(text):
    """Every sign is escaped: no image, link, tag or heading comes of it."""
    signs = re.sub(r"\\[!-/:-@\[-`{-~]", "", escape(text))
    assert not re.search(r"[!-/:-@\[-`{-~]", signs)
