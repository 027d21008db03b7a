"""The guides say what is true: names, options, variables, links. test_guides.py runs them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest
import typer
from conftest import ROOT
from guides import GUIDES, anchors_of, prose_of

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
TEXTS = {
    path: path.read_text(encoding="utf-8")
    for path in [
        *GUIDES,
        *(ROOT / name for name in ("CONTRIBUTING.md", "training/README.md", "data/README.md")),
        ROOT / "rag" / "reader" / "README.md",
    ]
}
API = TEXTS[ROOT / "docs" / "api.md"]
PRODUCT = ("index", "page", "rag", "serving", "tabs")


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
    """`make run`, `make test` and what else the guides name."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        name
        for text in TEXTS.values()
        for name in re.findall(r"`(?:\w+=\S+ )*make ([a-z-]+)", text)
    }
    assert {"run", "test", "build", "release"} <= named <= targets


def test_every_command_and_option_has_its_row():
    """The table of docs/api.md is what `turncite --help` and that of each command tell."""
    rows = re.findall(
        r"^\| (`[a-z][^|]*)\|[^|]*\|(.*)\|$", API.split("## Settings")[0], re.MULTILINE
    )
    shown = {
        name: set(re.findall(r"`(--?[a-z-]+)`", options))
        for heads, options in rows
        for name in re.findall(r"`([a-z ]+)`", heads)
    }
    known = {name: options - {"--library", "-l"} for name, options in options_by_command().items()}
    known["serve"] = set()  # docs/serving.md has these
    assert shown == known


def test_every_option_of_a_command_in_the_guides_is_one_it_takes():
    """Wherever `turncite NAME --option` stands, in a block or in a line."""
    known = options_by_command()
    lines = [
        (where, line)
        for where, text in TEXTS.items()
        for line in re.findall(r"turncite ((?:user )?[a-z]+\b[^`\n#|]*)", text.replace("\\\n", " "))
        if " --" in line or " -" in line
    ]
    wrong = []
    for where, line in lines:
        name = next((name for name in known if re.match(rf"{name}\b", line)), None)
        if name is None:
            continue
        given = re.findall(r"(?<!\S)(--?[a-z][\w-]*)", line)
        wrong += [(where, line) for option in given if option not in known[name]]
    assert len(lines) > 20
    assert wrong == []


def test_every_variable_is_in_one_table():
    """Those that the product reads in docs/api.md, those of tests in docs/development.md."""
    product = [ROOT / "app.py"]
    product += [file for name in PRODUCT for file in (ROOT / name).rglob("*.py")]
    read = variables_of(product)
    tests = variables_of((ROOT / "tests").rglob("*.py")) - read
    shown = set(re.findall(r"^\| `(TURNCITE_\w+)` \|", API, re.MULTILINE))
    assert shown == read
    of_tests = TEXTS[ROOT / "docs" / "development.md"].split("## To test")[1].split("## ")[0]
    rows = "\n".join(line for line in of_tests.splitlines() if line.startswith("| `TURNCITE"))
    assert set(re.findall(r"TURNCITE_\w+", rows)) == {
        name for name in tests if not name.startswith("TURNCITE_TEST_")
    }
    named = {name for text in TEXTS.values() for name in re.findall(r"TURNCITE_\w+", text)}
    assert named <= read | tests


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path):
    """Files, and headings of them; what is on other sites is not asked for."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose_of(path)):
        if re.match(r"https?:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), target
        assert not anchor or anchor in anchors_of(file), target


def test_every_guide_is_in_the_index():
    """docs/README.md leads to each of docs/."""
    linked = set(re.findall(r"\]\((\w[\w-]*\.md)\)", TEXTS[ROOT / "docs" / "README.md"]))
    assert linked == {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}


def variables_of(paths: Iterable[Path]) -> set[str]:
    """The variables that code names as a string of its own."""
    found = set()
    for path in paths:
        found |= set(re.findall(r'"(TURNCITE_\w+)"', path.read_text(encoding="utf-8")))
    return found


def options_by_command() -> dict[str, set[str]]:
    """Every command's options; those of a group under both names."""
    known = {}
    for name, command in typer.main.get_command(app).commands.items():
        for within, sub in getattr(command, "commands", {"": command}).items():
            known[f"{name} {within}".strip()] = {
                option for given in sub.params for option in given.opts if option.startswith("-")
            }
    return known
