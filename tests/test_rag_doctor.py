"""What doctor says of a language model, through the real client."""

from __future__ import annotations

import pytest
from fastapi.responses import JSONResponse

from rag.doctor import examine_model


@pytest.mark.parametrize(
    ("said", "ok", "found"),
    [
        ("It costs 240 million crowns [1].", True, "answers and cites (first word after 0."),
        ("It costs 240 million crowns.", True, "answers without markers: Turncite looks for"),
        ("Trams are expensive [1].", False, "answers, but not from the passage it is given"),
    ],
)
def test_a_model_that_answers(server, said, ok, found):
    """How it does, how quick, and what to do."""
    (check,) = examine_model(server.says(said))
    assert (check.what, check.ok) == ("language model", ok)
    assert check.found.startswith(f"tiny at 127.0.0.1:{server.port} {found}")


def test_a_server_without_the_model_says_which_it_has(server):
    """The fault with the page of recipes, and the names to choose from."""
    server.replies = [JSONResponse({"error": {"message": "not found"}}, 404)]
    server.listed = ["large"]
    fault, models = examine_model(server.model())
    assert "it has no model 'tiny' at this URL (404): not found" in fault.found
    assert fault.found.endswith("docs/llm.md")
    assert models.found == "it lists large; name one with --llm"
    assert not (fault.ok)
    assert not (models.ok)
