"""Commands that serve a library to others: serve, mcp, user."""

from __future__ import annotations

import sys
import threading
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from index.errors import InputError

from .keeping import follow_folder
from .opening import opened_assistant, say
from .options import DEFAULT_LIBRARY, LibraryOption, ModelOption, UrlOption, WatchOption

AuthOption = Annotated[
    Path | None,
    typer.Option("--auth", metavar="FILE", help="Let in only the users of this file."),
]
UsersOption = Annotated[Path, typer.Option("--auth", metavar="FILE", help="The file of users.")]
NameArgument = Annotated[str, typer.Argument(help="The user's name.")]

user = typer.Typer(help="Add and remove who may log in to `turncite serve --auth`.")


def serve(
    library: LibraryOption = DEFAULT_LIBRARY,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 7860,
    watch: WatchOption = False,
    llm: ModelOption = None,
    llm_url: UrlOption = None,
    auth: AuthOption = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Another name it is served as (repeatable)."),
    ] = None,
    base_path: Annotated[
        str, typer.Option(metavar="PATH", help="Path at which a proxy serves it.")
    ] = "",
    max_upload: Annotated[
        str, typer.Option(metavar="SIZE", help="Largest file that is taken.")
    ] = "256mb",
    audit: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep a line of JSON of each question."),
    ] = None,
    mcp: Annotated[
        bool, typer.Option("--mcp", help="Serve its tools for programs too, at /mcp.")
    ] = False,
) -> None:
    """Serve the web chat."""
    from app import serve as serve_page
    from serving.around import Serving
    from serving.audit import AuditLog
    from serving.users import Users, others_can_read

    if mcp:
        import serving.tools  # noqa: F401  # a package that is missing is told at once
    serving_as = Serving(
        hosts=tuple(allow_host or ()),
        base_path=base_path,
        users=Users(auth) if auth else None,
        audit=AuditLog(audit) if audit else None,
        max_upload=max_upload,
        tools=mcp,
    )
    if auth and others_can_read(auth):
        say(f"Warning: others on this machine can read {auth}; run: chmod 600 {auth}")
    with opened_assistant(library, llm, llm_url) as assistant:
        if watch:
            threading.Thread(
                target=follow_folder, args=(assistant.library, threading.Event()), daemon=True
            ).start()
        serve_page(assistant, host=host, port=port, serving=serving_as)


def mcp(
    library: LibraryOption = DEFAULT_LIBRARY, llm: ModelOption = None, llm_url: UrlOption = None
) -> None:
    """Serve its tools on stdin and stdout, to a program that starts this (MCP)."""
    from serving.tools import mcp_server

    with opened_assistant(library, llm, llm_url) as assistant:
        warming = threading.Thread(target=assistant.warm, daemon=True)
        warming.start()
        mcp_server(assistant).run()
        warming.join()  # a process that ends while models load is aborted by them


@user.command("add")
def add_user(name: NameArgument, auth: UsersOption) -> None:
    """Let a user log in, or change their password; it is asked for, or read from stdin."""
    from serving.users import add_user as add

    new = add(auth, name, _password())
    print(f"{name} {'can log in now' if new else 'has a new password now'}: {auth}")


@user.command("remove")
def remove_user(name: NameArgument, auth: UsersOption) -> None:
    """Let a user in no more."""
    from serving.users import remove_user as remove

    remove(auth, name)
    print(f"{name} is no user any more: {auth}")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise InputError("The two passwords differ; nothing was changed")
    return password
