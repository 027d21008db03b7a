"""The network that tells whether words support a claim: verified on load, and of some use."""

from __future__ import annotations

import pytest

from index.encoder import verified_tensors
from index.errors import ModelError
from rag.reader import claim_model
from rag.reader.claim_model import CLAIM_WEIGHTS, CLAIM_WEIGHTS_SHA256, ClaimModel

SAID = "Cy Berg: We put off the tram to March because the rails came late from Spain."

pytestmark = pytest.mark.model


def test_what_is_said_in_other_words_is_told_from_what_is_not():
    network = ClaimModel()
    true = "The start of the tram was postponed until March since its rails arrived late."
    false = "The tram was cancelled for good because nobody wanted to pay for the rails."
    supported, invented = (network.scores(claim, [SAID])[0] for claim in (true, false))
    assert supported > invented


def test_each_text_is_scored_by_itself_in_order():
    network = ClaimModel()
    texts = [SAID, "Dina Moe: The choir sang on Monday."] * 10
    scores = network.scores("The tram was put off until March.", texts)
    assert len(scores) == len(texts)
    assert scores[:2] == pytest.approx(scores[-2:], abs=1e-3)
    assert network.scores("The tram was put off until March.", []) == []


def test_a_claim_without_end_is_read_as_far_as_there_is_room():
    """What is beyond its word pieces says nothing; the text beside it is still seen."""
    network = ClaimModel()
    long = "The tram was put off until March " * 200
    beside, elsewhere = network.scores(long, [SAID, "Dina Moe: The choir sang on Monday."])
    assert beside != elsewhere
    assert network.scores(f"{long} The choir sang.", [SAID]) == pytest.approx([beside], abs=1e-3)


def test_other_weights_are_refused(monkeypatch, tmp_path):
    path = tmp_path / "claims.safetensors"
    path.write_bytes(CLAIM_WEIGHTS.read_bytes()[:-1] + b"\0")
    with pytest.raises(ModelError, match="not the one that was shipped"):
        verified_tensors(path, CLAIM_WEIGHTS_SHA256)
    monkeypatch.setattr(claim_model, "CLAIM_WEIGHTS", tmp_path / "gone.safetensors")
    with pytest.raises(ModelError, match="is missing"):
        ClaimModel().scores("A tram.", [SAID])
