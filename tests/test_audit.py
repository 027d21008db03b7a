"""`make audit` says what is known of the packages, and never that all is well unasked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

FAULT = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.0"]}


def package(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "version": "1.0", **more}


def audited(tmp_path: Path, stdout: str, stderr: str = "") -> tuple[int, list[str]]:
    """The exit code and the lines for what pip-audit writes."""
    fake = tmp_path / "pip-audit"
    fake.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"sys.stdout.write({stdout!r})\nsys.stderr.write({stderr!r})\n"
    )
    fake.chmod(0o755)
    command = [sys.executable, str(ROOT / ".ci" / "audit"), str(fake)]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize(
    ("packages", "code", "says"),
    [
        ([package("a", vulns=[])], 0, ["1 packages checked, 0 known faults"]),
        (
            [package("a", vulns=[FAULT]), package("b", vulns=[])],
            1,
            ["a 1.0: PYSEC-1, CVE-1; mended in 2.0", "2 packages checked, 1 known faults"],
        ),
        (
            [package("a", vulns=[]), {"name": "b", "skip_reason": "unknown"}],
            0,
            ["NOT CHECKED: b: unknown", "1 packages checked, 0 known faults"],
        ),
        (
            [{"name": "b", "skip_reason": "unknown"}],
            3,
            ["NOT CHECKED: b: unknown", "NOT CHECKED: the database knew none of the packages"],
        ),
    ],
)
def test_what_the_database_says_is_told(tmp_path, packages, code, says):
    assert audited(tmp_path, json.dumps({"dependencies": packages})) == (code, says)


def test_where_nobody_can_be_asked_nothing_is_said_to_be_well(tmp_path):
    unreachable = "requests.exceptions.ConnectionError: Failed to resolve"
    assert audited(tmp_path, "", unreachable) == (
        3, ["NOT CHECKED: the database of known faults is not reachable from here"],
    )  # fmt: skip
    code, says = audited(tmp_path, "", "a fault of its own")
    assert (code, says[-1]) == (2, "a fault of its ownNOT CHECKED: pip-audit failed")
