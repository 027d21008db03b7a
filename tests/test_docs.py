"""The README says what is true: its commands exist, its map is right, its Python runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import suppress

import pytest
import typer
from conftest import ROOT

from index import Library
from index.errors import EmptyLibrary
from index.parse import SUFFIXES
from rag import Assistant
from rag.cli import app
from rag.evaluate import ANSWER_MEASURES
from rag.measuring.labels import read_questions
from rag.measuring.measures import MEASURES
from serving.audit import Audited, AuditLog, as_user
from serving.health import Health

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_in_the_readme_exists():
    """`turncite ask` and the others."""
    named = set(re.findall(r"^(?:\w+=\S+ )*turncite (\w+)", README, re.MULTILINE))
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert {"ask", "search", "add", "list", "show", "doctor"} <= named
    assert named <= known


def test_the_map_names_what_is_there():
    """Each file and folder of the map, and each link."""
    block = README.split("## The map")[1].split("```")[1]
    names = re.findall(r"(?:^|\s{3,})([\w.]+(?:/|\.py)|\.ci/run)(?=\s)", block, re.MULTILINE)
    assert {"app.py", "index/", "rag/", "data/", "tests/"} <= set(names)
    links = re.findall(r"\]\(([^)#]+)\)", README)
    missing = [name for name in [*names, *links] if not (ROOT / name).exists()]
    assert missing == []


def test_the_formats_of_the_guide_are_those_read():
    """Each ending in docs/formats.md is read, and each that is read is there."""
    table = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8").split("## Who speaks")[0]
    assert set(re.findall(r"`(\.[a-z]+)`", table)) == SUFFIXES


def test_the_guide_to_evaluation_names_what_is_measured(tmp_path):
    """Its tables hold every measure and every key, and its lines are read."""
    guide = (ROOT / "docs" / "evaluate.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([^`]+)` \|", guide, re.MULTILINE)
    keys = ["answerable", "answers", "evidence", "document", "turns", "speaker", "type"]
    assert named == [*keys, *ANSWER_MEASURES, *MEASURES]
    path = tmp_path / "questions.jsonl"
    path.write_text(guide.split("```json\n")[1].split("```")[0], encoding="utf-8")
    rows = read_questions(path)
    assert [(row.answerable, bool(row.evidence), bool(row.turns)) for row in rows] == [
        (True, True, False), (True, False, True), (False, False, False),
    ]  # fmt: skip


def test_the_guide_to_serving_names_every_option_and_what_is_told(tmp_path):
    """Its table, its commands, the line of the audit and the document of health."""
    guide = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
    commands = typer.main.get_command(app).commands
    heads = re.findall(r"^\| (`--.*?) \|", guide, re.MULTILINE)
    named = {option for head in heads for option in re.findall(r"--[\w-]+", head)}
    taken = {option for given in commands["serve"].params for option in given.opts}
    assert named == {option for option in taken if option.startswith("--")}
    for command, sub in re.findall(r"^turncite (\w+)(?: (add|remove) )?", guide, re.MULTILINE):
        assert command in commands
        assert not sub or sub in commands[command].commands
    audit = AuditLog(tmp_path / "log")
    with as_user("anna"), suppress(EmptyLibrary):
        Audited(Assistant(Library.open(tmp_path)), audit, lambda: None).ask("What?")
    (row,) = map(json.loads, audit.path.read_text(encoding="utf-8").splitlines())
    (shown,) = map(json.loads, re.findall(r"```json\n(.*?)```", guide, re.DOTALL))
    assert row.keys() == shown.keys()
    well, unwell = (json.loads(text) for text in re.findall(r"`(\{\"status.*?\})`", guide))
    assert well.keys() == Health(Library.open(tmp_path)).tell()[1].keys()
    assert unwell.keys() == {"status", "reason", "version"}


def test_each_promise_is_held_by_a_test_that_is_there():
    """Those that docs/security.md names."""
    guide = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    promised = set(re.findall(r"`(tests/\w+\.py)::(\w+)`", guide))
    assert len(promised) > 40
    missing = [
        f"{file}::{name}"
        for file, name in promised
        if f"\ndef {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_every_make_target_in_the_docs_exists():
    """`make run`, `make test` and what else README and CONTRIBUTING name."""
    text = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)", text)) <= targets


def test_every_variable_in_the_readme_is_read():
    """A setting that is documented is a setting that works."""
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in [ROOT / "app.py", *(ROOT / "rag").rglob("*.py")]
    )
    for name in set(re.findall(r"TURNCITE_\w+", README)):
        assert f'"{name}"' in code, name


@pytest.mark.model
def test_the_python_of_the_readme_runs(tmp_path, sample):
    """In a folder with the sample library, as printed, and it prints what it says."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / sample.name).write_bytes(sample.read_bytes())
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[0] == "$30 billion"
    assert done.stdout.splitlines()[1].startswith("Kassym-Jomart Tokayev I am confident")
