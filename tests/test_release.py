"""What a release is made of: the recipe of the container, pins, and versions that are in step."""

from __future__ import annotations

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


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("Unreleased", 'CHANGELOG.md begins with "Unreleased"'),
        ("9.9.9 - 2026-01-31", 'CHANGELOG.md begins with "9.9.9 - 2026-01-31"'),
        (f"{PROJECT['project']['version']} - 2026-01-31", "Not all is committed"),
    ],
)
def test_a_release_is_refused_before_anything_is_made(tmp_path, heading, said):
    """Where version and CHANGELOG.md differ, or something is not committed."""
    (tmp_path / ".ci").mkdir()
    for name in (".ci/release", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n## {heading}\n", encoding="utf-8")
    git = ["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "a"]):
        subprocess.run([*git, *words], check=True)
    if said.startswith("Not all"):
        (tmp_path / "new").touch()
    done = subprocess.run(
        ["bash", tmp_path / ".ci" / "release"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert said in done.stdout
    assert not (tmp_path / "dist").exists()
