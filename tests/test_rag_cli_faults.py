"""What the command says when something fails that nobody foresaw: one line, and no trace."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from conftest import ROOT

from index.errors import LibraryError
from rag.cli import main


@pytest.fixture
def said(monkeypatch, capsys) -> Callable[[Exception], str]:
    """What is said on stderr of an error that a command raises."""

    def run(error: Exception) -> str:
        def failing(_: object) -> None:
            raise error

        monkeypatch.setattr("rag.cli.app", failing)
        with pytest.raises(SystemExit) as end:
            main([])
        assert end.value.code == 1
        out, err = capsys.readouterr()
        assert out == ""
        return err.removeprefix("turncite: ")

    return run


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (LibraryError("the disk is full"), "the disk is full\n"),
        (MemoryError(), "the memory does not suffice; close other programs, and try again\n"),
        (OSError(28, "No space left", "a.txt"), "a.txt: No space left; check the permissions and"),
        (KeyError("tram"), "a fault in Turncite (KeyError: 'tram' at rag/cli/__init__.py, line "),
        (ValueError(" two\n lines "), "a fault in Turncite (ValueError: two lines at rag/cli/__in"),
    ],
)
def test_each_error_is_one_line(said, error, line):
    """With the place in the code where that helps who reports it."""
    found = said(error)
    assert found.startswith(line)
    assert found.count("\n") == 1


def test_the_trace_is_there_for_who_asks(said, monkeypatch):
    """And for nobody else."""
    monkeypatch.setenv("TURNCITE_TRACE", "1")
    line, _, trace = said(KeyError("tram")).partition("\n")
    assert line.startswith("a fault in Turncite (KeyError: 'tram' at ")
    assert trace.startswith("Traceback (most recent call last)")


def test_output_that_cannot_be_written():
    """As on a full disk: it is told, also by nothing at the very end of the process."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from rag.cli import main; main(['--help'])"],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == (
        "turncite: what was to be read or written: No space left on device; check the permissions "
        "and the space on the disk\n"
    )
