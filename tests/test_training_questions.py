"""What is trained for questions is what the product embeds them with."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from index.embed import default_model_path
from index.encoder import Encoder, Pieces, adapted, read_tensors
from training.spoken import tokenizer
from training.train_questions import RANK, Asker, Pairs, pack, train

pytestmark = pytest.mark.model
QUESTIONS = ["Why did the launch slip?", "How many pensioners lose their heating money by May?"]


def test_packed_changes_give_the_vectors_that_were_trained(tmp_path):
    """Of PyTorch's model and of the product's encoder: the same but for half precision. Changes
    begin at nothing, and are of all linear layers."""
    torch.manual_seed(0)
    asker = Asker()
    ids = [tokenizer().encode(question).ids for question in QUESTIONS]
    with torch.no_grad():
        before = asker(ids)
        for change in asker.changes.values():
            change.up.normal_(0, 0.1)
        after = asker(ids).numpy()
    path = tmp_path / "questions.safetensors"
    pack(asker, path)
    tensors = read_tensors(default_model_path() / "model.safetensors")
    ours = []
    for weights in (tensors, adapted(tensors, read_tensors(path))):
        encoder = Encoder(weights)
        means = [encoder.encode([Pieces(each, [0] * len(each))])[0].mean(axis=0) for each in ids]
        ours.append(np.stack([mean / np.linalg.norm(mean) for mean in means]))
    assert len(asker.changes) == 6 * 6
    assert np.abs(ours[0] - before.numpy()).max() < 1e-5
    assert np.abs(ours[1] - after).max() < 1e-3
    assert np.abs(after - before.numpy()).max() > 0.02


def test_training_brings_a_question_nearer_to_what_answers_it(capsys):
    """Of two passages it is told which; nothing of the packaged model changes."""
    passages = torch.nn.functional.normalize(torch.eye(2, 384), dim=1)
    pairs = Pairs(train=[(question, [1]) for question in QUESTIONS * 40])
    pairs.held_out = [(QUESTIONS[0], [1])]
    asker = train(pairs, passages, epochs=8)
    said = capsys.readouterr().out
    assert "before: 1 held out" in said
    assert "after: 1 held out, 100.0% of 1" in said
    scores = asker([tokenizer().encode(QUESTIONS[0]).ids]) @ passages.T
    assert scores[0, 1] > scores[0, 0] + 0.05
    assert all(change.down.shape[0] == RANK for change in asker.changes.values())
    learnt = {name for name, each in asker.named_parameters() if each.requires_grad}
    assert all(name.endswith((".down", ".up")) for name in learnt)
