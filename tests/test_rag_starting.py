"""What a command imports: the seconds before the first word of an answer."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

# Runs the command in a process of its own, in which nobody can be reached, and says what it took.
COMMAND = """
import json, socket, sys
reached = []
def refuse(*address, **named):
    reached.append(repr(address))
    raise OSError("no network here")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from rag.cli import main
try:
    main(sys.argv[1:])
finally:
    print(json.dumps([sorted({name.partition(".")[0] for name in sys.modules}), reached]),
          file=sys.stderr)
"""
HEAVY = {"torch", "transformers", "sentence_transformers", "gradio", "scipy", "httpx", "pandas"}


def run(*arguments: str) -> tuple[str, set[str], list[str]]:
    """What a command printed, the packages it imported, and whom it tried to reach."""
    command = [sys.executable, "-c", COMMAND, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    packages, reached = json.loads(done.stderr.splitlines()[-1])
    return done.stdout, set(packages), reached


@pytest.fixture(scope="module")
def folder(tmp_path_factory, sample):
    folder = tmp_path_factory.mktemp("library")
    shutil.copy(sample, folder)
    return folder


def test_help_needs_no_index_and_no_model():
    out, packages, reached = run("--help")
    assert "Ask questions of transcripts" in out
    assert packages & {*HEAVY, "numpy", "faiss", "tantivy", "sqlite3", "tokenizers"} == set()
    assert reached == []


@pytest.mark.model
@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["ask", "What trade target was mentioned?"], "$30 billion"),
        (["ask", "What did each side say about trade?"], "Kassym-Jomart Tokayev:"),
        (["ask", "Welches Handelsziel wurde genannt?"], "$30 billion"),
        (["search", "nuclear power plant"], "Rosatom"),
        (["list"], "Kassym-Jomart Tokayev"),
        (["show", "dushanbe-2025-10-10.txt"], "$30 billion"),
    ],
)
def test_what_a_small_library_is_asked_needs_no_torch(folder, arguments, wanted):
    """Not even to index it; and nobody is reached."""
    out, packages, reached = run(*arguments, "--library", str(folder))
    assert wanted in out
    assert packages & HEAVY == set()
    assert reached == []


@pytest.mark.model
def test_a_question_leaves_the_language_models_checks_alone(folder):
    """tiktoken counts for a language model, which nobody set."""
    _, packages, _ = run("ask", "How long is the border?", "--library", str(folder))
    assert "tiktoken" not in packages
