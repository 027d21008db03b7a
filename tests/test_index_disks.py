"""Disks of a few megabytes that are full, and disks that can't be written, as Linux has them.

A process of its own mounts them where nobody else sees them, which takes the right to do so.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

MOUNT = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=64m tmpfs "$0" && exec "$@"')
COMMON = """
import io, json, os, signal, subprocess, sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
import index.library
from conftest import by_signs, found, write
from index.errors import TurnciteError
from torture.acts import held, make, opened

disk = Path(sys.argv[1])

def remount(how):
    subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)
"""


def on_a_disk(place: Path, script: str) -> Any:
    """What a script prints as JSON that has a disk of its own at `place`."""
    place.mkdir()
    try:
        probe = subprocess.run([*MOUNT, place, "true"], capture_output=True, text=True, check=False)
        why = probe.stderr.strip() if probe.returncode else ""
    except OSError as error:
        why = str(error)
    if why:
        why = f"a disk cannot be mounted here: {why}"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    done = subprocess.run(
        [*MOUNT, place, sys.executable, "-W", "ignore", "-c", COMMON + script, place],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


FULL = """
told = {}
for spare in (100, 300, 900):
    remount("size=64m")
    place = disk / str(spare)
    make(place)
    folder = place / "library"
    for n in range(40):
        write(folder / f"{n}.txt", f"Ed: The tram {n} is late. {'It is ' * 100}\\nFay: Oh.\\n")
    library = opened(folder)
    used = sum(path.stat().st_blocks * 512 for path in disk.rglob("*")) // 1024
    remount(f"size={used + spare}k")
    try:
        error = " ".join(library.sync().notes)
    except TurnciteError as fault:
        error = str(fault)
    amid = found(library, "basin")
    remount("size=64m")
    before = len(held(folder).transcripts)
    library.sync()
    library.close()
    after = held(folder)
    health = opened(folder).health()
    told[spare] = [error, amid, before, len(after.transcripts), after.renamed, after.judged,
                   health["database"], health["caches"]]
print(json.dumps(told))
"""


def test_a_disk_that_is_full(tmp_path):
    """Wherever that strikes, it is told in a line and what was there is found; with room again the
    sync goes on."""
    told = on_a_disk(tmp_path / "disk", FULL)
    assert len(told) == 3
    for error, *rest in told.values():
        assert "(database or disk is full)" in error
        assert "\n" not in error
        assert rest == [
            ["harbour.txt", "harbour.txt"],
            3,
            43,
            ["Dina Moe -> Dina Lund"],
            ["What does the tram cost?"],
            "ok",
            "whole",
        ]


READ_ONLY = """
from rag.cli import main

def turncite(*words):
    out, err, status = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([*words])
        except SystemExit as end:
            status = end.code
    return [status or 0, out.getvalue(), err.getvalue()]

told = {}
for how in ("closed", "killed"):
    remount("rw")
    make(disk / how)
    folder = disk / how / "library"
    if how == "killed":
        child = os.fork()
        if child == 0:
            library = opened(folder)
            write(folder / "town.txt", "Ed: The mill is old.\\nFay: Yes.\\n")
            library.sync()
            os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(child, 0)
    (disk / "new.txt").write_text("Ed: The mill is old.\\nFay: Yes.\\n")
    log = (folder / ".turncite" / "library.sqlite3-wal").exists()
    remount("ro")
    at = ("--library", str(folder))
    told[how] = {
        "log": log,
        "answer": by_signs(opened(folder)).ask("How much does the tram cost?").text,
        "basin": found(opened(folder), "basin"),
        "list": turncite("list", *at),
        "doctor": turncite("doctor", *at),
        "sync": turncite("sync", *at),
        "add": turncite("add", str(disk / "new.txt"), *at),
    }
print(json.dumps(told))
"""


def test_a_disk_that_cannot_be_written(tmp_path):
    """It is asked and listed, also where a killed writer left its log."""
    told = on_a_disk(tmp_path / "disk", READ_ONLY)
    for how, town in (("closed", ""), ("killed", "town.txt\n")):
        what = told[how]
        assert what["log"] == (how == "killed")
        assert "240 million" in what["answer"]
        assert what["basin"] == ["harbour.txt", "harbour.txt"]
        status, listed, _ = what["list"]
        assert status == 0
        assert "Dina Lund" in listed
        assert town in listed
        status, doctor, _ = what["doctor"]
        assert status == 0
        assert "(cannot be written: asked as it was last indexed)" in doctor
        assert "database: ok" in doctor
        for status, out, error in (what["sync"], what["add"]):
            assert (status, out) == (1, "")
            assert error.startswith("turncite: ")
            assert "the folder cannot be written, so its index cannot be brought up" in error
            assert error.count("\n") == 1
