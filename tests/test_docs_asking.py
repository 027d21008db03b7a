"""The questions of docs/asking.md are understood as it says: each has its line here."""

from __future__ import annotations

import re
import shutil

import pytest
from conftest import ROOT

from index import Library
from rag.followup import resolve
from rag.question import Question, understand

GUIDE = (ROOT / "docs" / "asking.md").read_text(encoding="utf-8")
HOW, LISTS = GUIDE.split("\n## ")[:2]
PUTIN, TOKAYEV, DUSHANBE = "Vladimir Putin", "Kassym-Jomart Tokayev", "dushanbe-2025-10-10.txt"

# What a question of the first table says beside its words.
SAYS = {
    "What did Tokayev say about trade?": {"said_by": (TOKAYEV,), "subject": "trade"},
    "What is the target according to the President of Kazakhstan?": {"said_by": (TOKAYEV,)},
    "What was said about Putin?": {"said_by": (), "about": (PUTIN,)},
    "What was said in October 2025?": {"since": "2025-10-01", "until": "2025-10-31"},
    "Since March, what was decided?": {"since": "2025-03-01", "until": None},
    "What was agreed in the Dushanbe interview?": {"documents": (DUSHANBE,)},
    "Who spoke of a “new chapter” in relations?": {"phrases": ("new chapter",)},
    "How much was trade?": {"wants": "amount", "strict": True},
    "When will he visit?": {"wants": "date", "strict": True},
    "Who builds the plant?": {"wants": "person", "for_value": True},
    "Which city holds the festival?": {"wants": "place", "strict": True},
    "Summarize the discussion about the budget": {"broad": True, "subject": "the budget"},
    "What did each side say about trade?": {"broad": True, "of_each": True, "subject": "trade"},
    "Main points of the Dushanbe meeting": {"broad": True, "topic": (), "documents": (DUSHANBE,)},
}
# What is listed, of what, and whether it is counted.
LISTED = {
    "Which figures were mentioned about trade?": ("figures", "trade", False),
    "List all dates": ("dates", "", False),
    "How often was Rosatom mentioned?": ("mentions", "Rosatom", True),
}
BEFORE = ("What did Putin say about trade?", "Vladimir Putin: “It has grown.” [1]")
CARRIED_ON = {
    "And by when?": "By when did Putin say that about trade?",
    "What about Russia?": "What did Putin say about Russia?",
    "Who said that?": "Who said “It has grown”?",
}


@pytest.fixture
def asked(tmp_path, sample, embedder):
    """Understands a question of a library of the sample."""
    shutil.copy(sample, tmp_path)
    library = Library.open(tmp_path, embedder)
    library.sync()
    documents = library.documents()

    def understood(text: str) -> Question:
        return understand(text, [PUTIN, TOKAYEV], documents)

    return understood


def test_each_question_of_the_guide_has_a_line_here():
    """And none is here that the guide has not."""
    heads = re.findall(r"^\| (.*?) \|", HOW, re.MULTILINE)
    named = {text for head in heads for text in re.findall(r'"([A-Z][^"]+)"', head)}
    assert named == {*SAYS, *LISTED, *CARRIED_ON}


@pytest.mark.parametrize("text", SAYS)
def test_a_question_is_understood_as_the_guide_says(asked, text):
    question = asked(text)
    assert {name: getattr(question, name) for name in SAYS[text]} == SAYS[text]


@pytest.mark.parametrize("text", LISTED)
def test_a_list_of_the_guide_is_one(asked, text):
    found = asked(text).listed
    assert (found.what, found.of, found.counts) == LISTED[text]


@pytest.mark.parametrize("text", CARRIED_ON)
def test_a_follow_up_of_the_guide_is_carried_on(text):
    assert resolve(text, [BEFORE], [PUTIN, TOKAYEV]) == CARRIED_ON[text]


def test_what_the_guide_says_can_be_listed_is_listed(asked):
    """Each kind of its second table; and what it says is none isn't."""
    rows = re.findall(r"^\| ([a-z].*?) \| ", LISTS, re.MULTILINE)
    kinds = [kind for row in rows for kind in row.split(", ") if not row.startswith("asked for")]
    unknown = [kind for kind in kinds if asked(f"List all {kind}").listed is None]
    assert len(kinds) >= 12
    assert unknown == ["mentions of something"]
    assert asked("List all mentions of something else").listed.what == "mentions"
    assert [asked(f"List all {kind}").listed for kind in ("people", "companies", "cities")] == [
        None, None, None,
    ]  # fmt: skip
