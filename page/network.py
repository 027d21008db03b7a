"""What the page may do on the network: listen, and ask nobody."""

from __future__ import annotations

import atexit
import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path

from index.embed import DEFAULT_MODEL
from index.errors import InputError
from rag.reader.span_model import DEFAULT_READER


def offline_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that keep gradio, and the model hub's client inside it, silent.

    Gradio would also make a table of its last 10,000 clicks at each of them. They read them once,
    at their import. The hub stays open where TURNCITE_EMBEDDER or
    TURNCITE_READER names a model of it: neither the one that comes with Turncite nor a folder.
    """
    settings = {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_ANALYTICS_MAX_EVENTS": "1",
        "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    }
    models = [environ.get("TURNCITE_EMBEDDER"), environ.get("TURNCITE_READER")]
    at_home = (DEFAULT_MODEL, DEFAULT_READER)
    if all(not model or model in at_home or Path(model).is_dir() for model in models):
        settings["HF_HUB_OFFLINE"] = environ.get("HF_HUB_OFFLINE", "1")
    return settings


def names_address(value: object) -> bool:
    """Whether in what a request sends a file is named by an address of the network. Gradio would
    fetch it, for whoever asks, even where nothing takes a file."""
    if isinstance(value, dict):
        path = value.get("path")
        if isinstance(path, str) and path.strip().lower().startswith(("http:", "https:")):
            return True
        return any(map(names_address, value.values()))
    return isinstance(value, (list, tuple)) and any(map(names_address, value))


def private_folder() -> str:
    """A folder for what is being sent, which other users of the machine can't read or make first;
    it goes with the process."""
    folder = tempfile.mkdtemp(prefix="turncite-sent-")  # 0700
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def free_port(host: str, port: int) -> int:
    """The port, or any free one for 0. Raises InputError where nothing can listen there."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            if os.name == "posix":  # on Windows that would bind to a port in use
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address[0], port, *address[2:]))  # getaddrinfo wraps a large port
            return int(probe.getsockname()[1])
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        other = port + 1 if port < 65535 else 7861
        raise InputError(
            f"Cannot listen on {host}, port {port}: {why}. "
            f"Choose another port, for example: turncite serve --port {other}"
        ) from error


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    addresses = (str(address[0]).partition("%")[0] for *_, address in found)
    return all(ipaddress.ip_address(address).is_loopback for address in addresses)
