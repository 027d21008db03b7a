"""The tests that pytest finds, with their marks: `python tests/collected.py OUT FILE...`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest


class Collected:
    """Keeps of each test, by file and function, the names of its marks."""

    def __init__(self) -> None:
        self.found: dict[str, list[list[str]]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            name = f"tests/{item.path.name}::{item.originalname}"
            self.found.setdefault(name, []).append([mark_of(mark) for mark in item.iter_markers()])


def mark_of(mark: pytest.Mark) -> str:
    """Its name; "skip" also where a condition that is known beforehand is met."""
    return "skip" if mark.name == "skipif" and mark.args and mark.args[0] is True else mark.name


def main(out: str, *files: str) -> int:
    collected = Collected()
    code = pytest.main(["--collect-only", "-qq", *files], plugins=[collected])
    Path(out).write_text(json.dumps(collected.found), encoding="utf-8")
    return int(code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
