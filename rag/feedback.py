"""What people think of answers, kept with the library, and as labelled questions.

One JSON object a line in `.turncite/feedback.jsonl`: when, the question, what was thought of the
answer, and the answer itself. What is right follows from some of it: a good answer is right, and
so is its citation; a good refusal, and an answer that should have been one, say that the
transcripts hold no answer. The rest says only that something is wrong, and is kept to be looked at.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from index import Library
from index.errors import InputError, LibraryError
from index.scan import INDEX_FOLDER

from .types import Answer

Verdict = Literal["good", "bad", "wrong speaker", "wrong passage", "should have refused"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

FILE = "feedback.jsonl"
# An answer is not kept at any length.
_MAX_LINE_BYTES = 1_000_000


def keep_feedback(library: Library, answer: Answer, verdict: str) -> None:
    """Append what was thought of an answer. Raises InputError for a verdict that is none,
    LibraryError where the folder can't be written."""
    if verdict not in VERDICTS:
        raise InputError(f"{verdict!r} is none of: {', '.join(VERDICTS)}")
    row = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "question": answer.question,
        "verdict": verdict,
        "answer": answer.as_json(),
    }
    line = f"{json.dumps(row, ensure_ascii=False)}\n".encode("utf-8", "replace")
    path = file_of(library)
    if len(line) > _MAX_LINE_BYTES:
        raise InputError("the answer is too long to be kept")
    try:
        path.parent.mkdir(exist_ok=True)
        _append(path, line)
    except OSError as error:
        raise LibraryError(
            f"{path}: cannot be written ({error.strerror}), so what you think is not kept"
        ) from error


def _append(path: Path, line: bytes) -> None:
    """Append a line; what a killed process or a full disk left of one before it stays apart."""
    with path.open("a+b", buffering=0) as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else b"\n" + line
        if file.write(line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def read_feedback(library: Library) -> Iterator[dict[str, Any]]:
    """What was kept, in order; a line that is damaged is passed over."""
    try:
        lines = file_of(library).read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return
    except OSError as error:
        raise LibraryError(f"{file_of(library)}: cannot be read ({error.strerror})") from error
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if _is_whole(row):
            yield row


def labelled(library: Library) -> list[dict[str, Any]]:
    """The rows of a file for `turncite evaluate`; of a question judged twice the last counts."""
    rows: dict[str, dict[str, Any]] = {}
    for row in read_feedback(library):
        rows.pop(row["question"], None)
        if label := _label(row):
            rows[row["question"]] = label
    return list(rows.values())


def file_of(library: Library) -> Path:
    return library.path / INDEX_FOLDER / FILE


def _is_whole(row: Any) -> bool:
    """Whether a row has what labels are made of, as one that was changed by hand may not."""
    answer = row.get("answer") if isinstance(row, dict) else None
    cited = answer.get("citations") if isinstance(answer, dict) else None
    return (
        isinstance(row, dict)
        and isinstance(row.get("question"), str)
        and isinstance(cited, list)
        and all(isinstance(each, dict) and {"quote", "transcript"} <= each.keys() for each in cited)
    )


def _label(row: dict[str, Any]) -> dict[str, Any] | None:
    answer, verdict = row["answer"], row.get("verdict")
    question = {"question": row["question"]}
    if verdict == "should have refused" or (verdict == "good" and not answer.get("answered")):
        return {**question, "answerable": False}
    if verdict != "good":
        return None
    citations = answer["citations"]
    label: dict[str, Any] = {**question, "evidence": [c["quote"] for c in citations]}
    if answer.get("short"):
        label["answers"] = [answer["short"]]
    transcripts = {citation["transcript"] for citation in citations}
    if len(transcripts) == 1:
        label["document"] = transcripts.pop()
    return label
