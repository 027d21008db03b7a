"""What may be sent: files that a library reads, and of the rest no more than a form needs."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import PurePath

from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import InputError

from .login import path_in

UPLOAD = "/gradio_api/upload"
MOST_OTHER_BYTES = 32 * 1024 * 1024
MOST_UPLOAD_BYTES = 4 * 1024**3  # of all files that are sent at once
_TOO_MANY = "What is sent at once is too large; send it in parts."
_TOO_LARGE = f"A request holds at most 32 MB; files are sent to {UPLOAD}."
_SIZE = re.compile(r"([1-9]\d{0,6})(b|kb|mb|gb|tb)")
_UNITS = ("b", "kb", "mb", "gb", "tb")


def check_size(text: str) -> str:
    """A size such as 256mb as gradio takes it. Raises InputError."""
    size = text.strip().lower().replace(" ", "")
    if not _SIZE.fullmatch(size):
        raise InputError(f"--max-upload {text} is no size such as 500kb, 256mb or 2gb")
    return size


def bytes_of(size: str) -> int:
    """How much a size that `check_size` took is."""
    number, unit = re.fullmatch(_SIZE, size).groups()  # type: ignore[union-attr]
    return int(number) * int(1024 ** _UNITS.index(unit))


def is_upload(scope: Scope, base: str) -> bool:
    return path_in(HTTPConnection(scope), base).rstrip("/") == UPLOAD


class Uploads:
    """Refuses an upload in which there is nothing to read, and bodies that are far too large.

    Where some files of many can be read, the library says why the others can't.
    """

    def __init__(
        self, app: ASGIApp, *, read: Collection[str], base: str = "", most: int = MOST_UPLOAD_BYTES
    ) -> None:
        self.app = app
        self.read = read
        self.base = base
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif is_upload(scope, self.base):
            watched = self._watched(Headers(scope=scope), receive)
            await self._limited(scope, watched, send, self.most, _TOO_MANY)
        else:
            await self._limited(scope, receive, send, MOST_OTHER_BYTES, _TOO_LARGE)

    def _watched(self, headers: Headers, receive: Receive) -> Receive:
        """`receive`, whose end tells the form's reader where no file in it can be read."""
        names = _Names(headers.get("content-type", ""))

        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                names.feed(message.get("body", b""))
                if not message.get("more_body") and (why := self._why_refused(names.found)):
                    raise MultiPartException(why)
            return message

        return receiving

    def _why_refused(self, names: Sequence[str]) -> str:
        if not names or any(PurePath(name).suffix.lower() in self.read for name in names):
            return ""
        others = f" and {len(names) - 1} more" if len(names) > 1 else ""
        return (
            f"{names[0][:200]}{others}: not added, as Turncite reads files that end in "
            f"{', '.join(sorted(filter(None, self.read)))}"
        )

    async def _limited(
        self, scope: Scope, receive: Receive, send: Send, most: int, why: str
    ) -> None:
        size = 0

        async def receiving() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > most:
                raise HTTPException(413, why)  # starlette makes a response of it
            return message

        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            await JSONResponse({"detail": why}, 413)(scope, receive, send)
        else:
            await self.app(scope, receiving, send)


class _Names:
    """The names of the files in a multipart form, as its bytes come."""

    def __init__(self, content_type: str) -> None:
        self.found: list[str] = []
        self._field = self._value = b""
        _, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        self._parser: MultipartParser | None = None
        if boundary:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_header_field": self._in_field,
                    "on_header_value": self._in_value,
                    "on_header_end": self._end,
                },
            )

    def feed(self, data: bytes) -> None:
        if self._parser is None:
            return
        try:
            self._parser.write(data)
        except ValueError:  # the form's own reader says what is wrong with it
            self._parser = None

    def _in_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _in_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end(self) -> None:
        if self._field.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            if b"filename" in options:
                self.found.append(options[b"filename"].decode("utf-8", "replace"))
        self._field = self._value = b""
