"""The turncite command: arguments in, text or one JSON document out.

Results go to stdout, progress and messages to stderr. Exit code 0: done; 1: one clear line
says what is wrong and what to do; 2: the command was called wrongly. Heavy modules are
imported by the commands that need them, so that --help stays quick.

`asking` has the commands that ask a library, `keeping` those that keep it, `serving` those that
serve it to others, `opening` what all need to open one, `options` how they are called.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress

import typer

from index.errors import TurnciteError, unforeseen

from . import asking, keeping, serving
from .opening import say

app = typer.Typer(
    name="turncite",
    help="Ask questions of transcripts and get cited answers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
COMMANDS: dict[str, Callable[..., None]] = {
    "serve": serving.serve,
    "ask": asking.ask,
    "search": asking.search,
    "sync": keeping.sync,
    "add": keeping.add,
    "remove": keeping.remove,
    "rename": keeping.rename,
    "list": keeping.list_documents,
    "show": keeping.show,
    "export": keeping.export_library,
    "import": keeping.import_library,
    "feedback": keeping.feedback,
    "evaluate": asking.evaluate,
    "mcp": serving.mcp,
    "doctor": asking.doctor,
}
for name, command in COMMANDS.items():
    app.command(name)(command)
app.add_typer(serving.user, name="user")


def main(arguments: list[str] | None = None) -> None:
    """The entry point: every error becomes one line and exit code 1, also one nobody foresaw,
    whose trace TURNCITE_TRACE shows."""
    # numpy's threads wait for each other in a loop, which costs a busy machine dear; texts are
    # shared out to threads instead (index/encoder.py). It is read when numpy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        try:
            app(arguments)
        finally:
            sys.stdout.flush()  # while its faults, such as a full disk, can be told
    except TurnciteError as error:
        say(f"turncite: {error}")
    except BrokenPipeError:
        _write_no_more()
    except Exception as error:
        if isinstance(error, OSError):
            _write_no_more()
        say(f"turncite: {unforeseen(error)}")
        if os.environ.get("TURNCITE_TRACE"):
            traceback.print_exception(error)
    else:
        return
    sys.exit(1)


def _write_no_more() -> None:
    """What is left to be written to stdout goes nowhere; Python would try it again at its end."""
    with suppress(OSError):  # where it is none of the operating system's
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
