"""What a release is made of: the recipe of the container, pins, and versions that are in step."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer

from rag.cli import app

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = ("index", "page", "rag", "serving", "tabs")


def stages() -> list[list[tuple[str, str]]]:
    """The instructions of each stage of the Dockerfile; those before the first are its own."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    found: list[list[tuple[str, str]]] = [[]]
    for line in filter(None, map(str.strip, text.splitlines())):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append((word, " ".join(rest.split())))
    return found


def test_the_image_is_pinned_and_runs_as_nobody_in_particular():
    """The base by its patch version, in both stages; a user by number, who owns /library alone."""
    before, build, final = stages()
    assert re.fullmatch(r"BASE=python:\d+\.\d+\.\d+-slim-\w+", dict(before)["ARG"])
    assert (build[0][1], final[0][1]) == ("${BASE} AS build", "${BASE}")
    said = dict(final)
    assert said["USER"] == "10001:10001"
    assert said["VOLUME"] == "/library"
    assert "install -d -o 10001 -g 10001 /library" in said["RUN"]
    assert [rest for word, rest in final if word in ("COPY", "ADD")] == [
        "--from=build /opt/turncite /opt/turncite"
    ]
    assert said["STOPSIGNAL"] == "SIGINT"
    assert "/health" in said["HEALTHCHECK"]


def test_the_image_starts_a_command_that_there_is():
    """`turncite serve` with options that it takes, on the port that is exposed and watched."""
    final = dict(stages()[-1])
    assert final["ENTRYPOINT"] == '["turncite"]'
    assert PROJECT["project"]["scripts"].keys() == {"turncite"}
    command, *options = re.findall(r'"([^"]+)"', final["CMD"])
    serve = typer.main.get_command(app).commands[command]
    known = {name: given for given in serve.params for name in given.opts}
    assert options == ["--host", "0.0.0.0"]
    assert set(options[::2]) <= known.keys()
    port = str(known["--port"].default)
    assert final["EXPOSE"] == port
    assert f"127.0.0.1:{port}/health" in final["HEALTHCHECK"]
    assert "TURNCITE_LIBRARY=/library" in final["ENV"]
    (version,) = re.findall(r"VERSION=(\S+)", final["ARG"])
    assert version == PROJECT["project"]["version"]


def test_the_image_is_made_of_what_is_there_and_let_in():
    """Every file that is copied exists, passes .dockerignore, and nothing else does."""
    copied = [name for word, rest in stages()[1] if word == "COPY" for name in rest.split()[:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert set(PACKAGES) <= set(copied)
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert {line[1:] for line in ignore if line.startswith("!")} == set(copied)
    assert "*" in ignore


def test_what_is_installed_is_pinned():
    """Each dependency of pyproject.toml has its exact version in constraints.txt."""

    def plain(name: str) -> str:
        return re.sub(r"[-_.]+", "-", re.split(r"[<>=\[ ]", name)[0]).lower()

    project = PROJECT["project"]
    wanted = [*project["dependencies"], *PROJECT["build-system"]["requires"]]
    wanted += [name for names in project["optional-dependencies"].values() for name in names]
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    assert {plain(name) for name in wanted} - {plain(pin) for pin in pins} == {"turncite"}
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.+]+", pin)] == []


VERSION = PROJECT["project"]["version"]
DATED = f"{VERSION} - 2026-01-31"
# Stands in for make, twine and docker: keeps what it is asked, and makes what `make sbom` does.
STUB = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
[ "$*" != "$FAILS" ] || exit 2
[ "$*" != sbom ] || { mkdir dist && echo wheel > dist/a.whl && echo parts > dist/b.json; }
"""


def git(folder: Path, *words: str | Path) -> str:
    command = ["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with what .ci/release looks at, all of it committed; and where it came from."""
    folder = tmp_path / "turncite"
    (folder / ".ci").mkdir(parents=True)
    for name in (".ci/release", "pyproject.toml", ".gitignore"):
        shutil.copy(ROOT / name, folder / name)
    git(tmp_path, "init", "--quiet", "--bare", "origin")
    git(folder, "init", "--quiet")
    git(folder, "remote", "add", "origin", tmp_path / "origin")
    headed(folder, DATED)
    return folder


def headed(folder: Path, heading: str) -> None:
    (folder / "CHANGELOG.md").write_text(f"# Changelog\n\n## {heading}\n", encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "a", "--allow-empty")


def released(folder: Path, fails: str = "none") -> tuple[int, str, list[str]]:
    """Its exit code, what it prints, and what it calls; of make the target that `fails` does."""
    programs = folder.parent / "bin"
    programs.mkdir()
    for name in ("make", "docker", "twine"):
        (programs / name).write_text(STUB)
        (programs / name).chmod(0o755)
    calls = folder.parent / "calls"
    calls.touch()
    more = {"PATH": f"{programs}:{os.environ['PATH']}", "CALLS": str(calls), "FAILS": fails}
    done = subprocess.run(
        ["bash", folder / ".ci" / "release"], env=os.environ | more, capture_output=True, text=True
    )
    return done.returncode, done.stdout, calls.read_text().splitlines()


STEPS = [
    f"make {name}"
    for name in "lint audit test test-thorough test-browser test-milvus torture sbom".split()
]


def test_a_release_is_checked_made_and_summed_and_sent_nowhere(checkout):
    """The steps in their order; the sums fit; no tag, and nothing where it came from."""
    code, said, calls = released(checkout)
    assert (code, calls) == (0, STEPS)
    sums = (checkout / "dist" / "SHA256SUMS").read_text(encoding="utf-8")
    assert sums == "".join(
        f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n"
        for name, text in (("a.whl", "wheel\n"), ("b.json", "parts\n"))
    )
    assert sums in said
    assert f"git push origin v{VERSION}" in said
    assert git(checkout, "tag") == ""
    assert git(checkout.parent / "origin", "for-each-ref") == ""


@pytest.mark.parametrize("target", ["lint", "audit", "torture"])
def test_a_release_ends_at_the_step_that_fails(checkout, target):
    """Also at an audit that could ask nobody: what is released was checked."""
    code, said, calls = released(checkout, fails=target)
    assert code == 2
    assert calls == STEPS[: STEPS.index(f"make {target}") + 1]
    assert "To publish it" not in said
    assert not (checkout / "dist").exists()


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("Unreleased", 'CHANGELOG.md begins with "Unreleased"'),
        ("9.9.9 - 2026-01-31", 'CHANGELOG.md begins with "9.9.9 - 2026-01-31"'),
        (DATED, "Not all is committed"),
        (DATED, f"There is a tag v{VERSION} already"),
    ],
)
def test_a_release_is_refused_before_anything_is_made(checkout, heading, said):
    """Where version and CHANGELOG.md differ, something is not committed, or it was released."""
    headed(checkout, heading)
    if said.startswith("Not all"):
        (checkout / "new").touch()
    elif said.startswith("There is"):
        git(checkout, "tag", f"v{VERSION}")
    code, printed, calls = released(checkout)
    assert (code, calls) == (1, [])
    assert said in printed
    assert not (checkout / "dist").exists()
