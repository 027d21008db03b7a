"""The options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LibraryOption = Annotated[
    Path,
    typer.Option(
        "--library", "-l", envvar="TURNCITE_LIBRARY", help="The folder of your transcripts."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
SpeakerOption = Annotated[
    list[str] | None, typer.Option("--speaker", help="Only this speaker's words (repeatable).")
]
DocumentOption = Annotated[
    list[str] | None, typer.Option("--document", help="Only this document (repeatable).")
]
SinceOption = Annotated[str | None, typer.Option("--since", help="Only from YYYY-MM-DD on.")]
UntilOption = Annotated[str | None, typer.Option("--until", help="Only up to YYYY-MM-DD.")]
ModelOption = Annotated[
    str | None,
    typer.Option("--llm", envvar="TURNCITE_LLM", help="Language model that words the answer."),
]
UrlOption = Annotated[
    str | None,
    typer.Option("--llm-url", envvar="TURNCITE_LLM_URL", help="Its OpenAI-compatible server."),
]
WatchOption = Annotated[
    bool, typer.Option("--watch", help="Index whatever changes in the folder, as it changes.")
]
DEFAULT_LIBRARY = Path("data")
