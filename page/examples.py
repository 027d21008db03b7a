"""The examples beside an empty chat: looked for once for each state of the library, shown as they
are found, and kept beside the index, so that the page opens with them."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.scan import INDEX_FOLDER

if TYPE_CHECKING:
    from index.types import Document
    from rag import Assistant

log = logging.getLogger("turncite.page")

FILE = "examples.json"
# Of the rules that make them: what older ones made is made anew.
_FORM = 2


class Examples:
    """Those of one assistant. Whoever waits for them first looks for all."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._path = assistant.library.path / INDEX_FOLDER / FILE
        self._looking = threading.Lock()  # as long as it takes to find one
        self._lock = threading.Lock()  # of what follows
        self._of = ""  # the state of the library that `_found` are of
        self._found: list[str] = []
        self._more: Iterator[str] | None = None  # None when all are found

    def known(self, held: Sequence[Document]) -> list[str]:
        """Those that are found already, at once."""
        self._turn_to(held)
        return [*self._found]

    def of(self, held: Sequence[Document]) -> Iterator[list[str]]:
        """Those found so far, as often as there are more; they take answers to find."""
        state = self._turn_to(held)
        shown = -1
        while self._of == state:
            found, more = [*self._found], self._more
            if len(found) > shown:
                shown = len(found)
                yield found
            elif more is None:
                return
            else:
                self._look_on(more, shown)

    def _look_on(self, more: Iterator[str], shown: int) -> None:
        """Finds the next one, unless another visit did that meanwhile."""
        with self._looking:
            if self._more is not more or len(self._found) > shown:
                return
            question, failed = None, True
            try:
                question, failed = next(more, None), False
            finally:
                with self._lock:
                    if self._more is more:  # else the library is another by now
                        if question is not None:
                            self._found.append(question)
                        else:
                            self._more = None
                            if not failed:
                                _keep(self._path, self._of, self._found)

    def _turn_to(self, held: Sequence[Document]) -> str:
        """Begins anew where the library is another than before."""
        state = _state_of(held)
        with self._lock:
            if state != self._of:
                kept = _kept(self._path, state) if held else []
                self._of, self._found = state, kept or []
                self._more = iter(self._assistant.examples()) if kept is None else None
        return state


def _state_of(held: Sequence[Document]) -> str:
    told = repr([_FORM, *sorted((d.id, d.title, d.date, d.turns, d.speakers) for d in held)])
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def _kept(path: Path, state: str) -> list[str] | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(kept, dict) or kept.get("of") != state:
        return None
    questions = kept.get("questions")
    whole = isinstance(questions, list) and all(isinstance(each, str) for each in questions)
    return questions if whole else None


def _keep(path: Path, state: str, questions: Sequence[str]) -> None:
    try:
        text = json.dumps({"of": state, "questions": questions}, ensure_ascii=False)
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:  # a library that is only read has them made each time
        log.info("Examples are not kept: %s", error)
