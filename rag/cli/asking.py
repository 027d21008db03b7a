"""Commands that ask a library: ask, search, evaluate, doctor."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..documents import document_of_hits
from ..terminal import answer_text, counted, indented, print_evaluation, watched, write
from ..types import RANKINGS, Ranking
from .opening import embedder, json_of, language_model, opened_assistant, reader, say, server
from .options import (
    DEFAULT_LIBRARY,
    DocumentOption,
    JsonOption,
    LibraryOption,
    ModelOption,
    SinceOption,
    SpeakerOption,
    UntilOption,
    UrlOption,
)

if TYPE_CHECKING:
    from index import Filters


def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads it from stdin.")],
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
    speaker: SpeakerOption = None,
    document: DocumentOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    llm: ModelOption = None,
    llm_url: UrlOption = None,
) -> None:
    """Answer a question with cited quotes."""
    if question == "-":
        question = sys.stdin.read()
    with opened_assistant(library, llm, llm_url) as assistant:
        filters = filters_of(speaker, document, since, until)
        answer = watched(assistant.stream(question, filters=filters))
    print(json_of(answer.as_json()) if as_json else answer_text(answer))


def search(
    words: Annotated[str, typer.Argument(help="Words or a question.")],
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
    k: Annotated[int, typer.Option("-k", help="How many passages.", min=1, max=1000)] = 10,
    speaker: SpeakerOption = None,
    document: DocumentOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
) -> None:
    """Show the passages that match best."""
    with opened_assistant(library) as assistant:
        hits = assistant.search(words, k, filters_of(speaker, document, since, until))
    if as_json:
        print(json_of(document_of_hits(words, hits)))
        return
    for hit in hits:
        passage = hit.passage
        first, last = passage.turns
        turns = f"turn {first + 1}" if first == last else f"turns {first + 1}-{last + 1}"
        write(f"{hit.score:.2f}  {passage.transcript}, {turns}\n{indented(passage.text)}\n")
    if not hits:
        print("Nothing found.")


def evaluate(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS.jsonl")],
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
    ranking: Annotated[
        Ranking, typer.Option(help="Measure retrieval of this; answers are of `reading`.")
    ] = "best",
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="WITH",
            help="Another ranking, or a file that evaluate --json printed of these questions.",
        ),
    ] = None,
    within: Annotated[
        bool, typer.Option("--within", help="Ask each question within its document only.")
    ] = False,
    llm: ModelOption = None,
    llm_url: UrlOption = None,
) -> None:
    """Measure answers, refusals and what is found, over labelled questions."""
    from ..evaluate import evaluate as measure
    from ..measuring.compare import compare as compared
    from ..measuring.compare import read_evaluation
    from ..measuring.labels import read_questions

    rows = read_questions(questions)
    other_ranking = next((name for name in RANKINGS if name == compare), None)
    other = None
    if compare and not other_ranking:
        other = read_evaluation(Path(compare), rows)
    with opened_assistant(library, llm, llm_url) as assistant:
        measured = measure(assistant, rows, ranking=ranking, within=within, watch=counted)
        if other_ranking:
            other = measure(
                assistant, rows, ranking=other_ranking, within=within, answers=False, watch=counted
            )
    if compare and other:
        measured["comparison"] = compared(measured, other, compare)
    _say_what_is_amiss(measured)
    if as_json:
        print(json_of(measured))
    else:
        print_evaluation(measured)


def doctor(
    library: LibraryOption = DEFAULT_LIBRARY, llm: ModelOption = None, llm_url: UrlOption = None
) -> None:
    """Check versions, models, the language model and the index, and say what to do next."""
    from ..doctor import examine
    from ..reader.span_model import SpanModel

    healthy = True
    checks = examine(
        library, embedder(), SpanModel(reader()), **server(), llm=language_model(llm, llm_url)
    )
    for check in checks:
        healthy = healthy and check.ok
        write(f"{'ok  ' if check.ok else 'FAIL'}  {check.what}: {check.found}")
    if not healthy:
        raise typer.Exit(1)


def _say_what_is_amiss(measured: dict[str, Any]) -> None:
    """Labels that can't be measured, and answers that are not as they were wanted."""
    for missing in measured["evidence not found"]:
        say(f"in no turn: {missing['evidence']!r}, the evidence of {missing['question']!r}")
    notes = Counter(note for row in measured["per_question"] for note in row["notes"])
    for note, times in notes.items():
        say(f"{times} answer{'s' if times != 1 else ''}: {note}")


def filters_of(
    speakers: list[str] | None, documents: list[str] | None, since: str | None, until: str | None
) -> Filters:
    from index import Filters
    from index.dates import is_day

    for option, value in (("--since", since), ("--until", until)):
        if value is not None and not is_day(value):
            raise typer.BadParameter(f"{value} is not a date like 2025-10-31", param_hint=option)
    return Filters(tuple(speakers or ()), tuple(documents or ()), since, until)
