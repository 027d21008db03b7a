"""Language models: what Turncite asks of one, and any server that speaks OpenAI's protocol.

The only importer of httpx, and the only place a request leaves the machine from; nothing
here runs unless the user has named a model and its server. A request is one streamed
POST to {base_url}/chat/completions. Failures become LLMError, each naming the server's host,
the fault and what to do. The key goes into one header and nowhere else: not into messages,
a repr or a log, and redirects are not followed with it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import takewhile
from typing import Any, NoReturn, Protocol

import httpx

from index.errors import TurnciteError

TRIES = 3
CONNECT_SECONDS = 10.0
LONGEST_WAIT_SECONDS = 20.0  # a server that asks for more is reported, not waited for
MOST_BYTES = 8 * 2**20  # no answer is as long; what goes on and on is no answer
_RETRIED = {408, *range(500, 600)}


class LLMError(TurnciteError):
    """The language model could not be reached or gave no whole answer."""


class LLM(Protocol):
    """A chat model. `stream` yields the answer in pieces, empty ones while the model thinks, and
    raises LLMError. `host` is where the words go."""

    @property
    def model(self) -> str: ...

    @property
    def host(self) -> str: ...

    def stream(self, messages: Sequence[Mapping[str, str]]) -> Iterator[str]: ...

    def models(self) -> list[str]: ...


def from_settings(model: str | None, url: str | None, key: str | None) -> LLM | None:
    """The language model the user configured, or None for none. A key alone is none."""
    model, url, key = ((value or "").strip() for value in (model, url, key))
    if not model and not url:
        return None
    if not url:
        raise LLMError(
            f"The language model {model!r} has no server: give the URL of one too, "
            "such as http://127.0.0.1:11434/v1 for a local one."
        )
    if not model:
        raise LLMError(f"{_parse(url).host}: name the model to use of this server, too.")
    return OpenAICompatible(model, url, key or None)


class OpenAICompatible:
    """A model behind an OpenAI-compatible server.

    `base_url` is what /chat/completions follows, such as https://api.example.com/v1.
    `timeout_seconds` is how long the server may be silent, before the first word and between
    words. Busy servers, failing ones and broken connections are tried TRIES times in all, as
    long as no word has come, with `pause_seconds` between, doubled each time, or as long as
    the server asks for. `transport` replaces the network. Safe to share between threads.
    """

    def __init__(
        self,
        model: str,
        base_url: str,
        api_key: str | None = None,
        timeout_seconds: float = 60.0,
        transport: httpx.BaseTransport | None = None,
        *,
        pause_seconds: float = 0.5,
    ) -> None:
        url = _parse(base_url)
        path = url.path.rstrip("/").removesuffix("/chat/completions")
        self.model = model
        self.host = url.host if url.port is None else f"{url.host}:{url.port}"
        self._url = url.copy_with(path=f"{path}/chat/completions")
        self._key = api_key or None
        self._silence_seconds = timeout_seconds
        self._transport = transport
        self._pause_seconds = pause_seconds
        if api_key is not None and not (api_key.isascii() and api_key.isprintable()):
            self._fail("the key holds characters that no key has: copy it again")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(model={self.model!r}, host={self.host!r})"

    def stream(self, messages: Sequence[Mapping[str, str]]) -> Iterator[str]:
        """The answer to `messages`, piece by piece as it is written. Raises LLMError."""
        request = {"model": self.model, "messages": [dict(each) for each in messages]}
        for attempt in range(1, TRIES + 1):
            said = False
            try:
                for piece in self._attempt(request):
                    said = True
                    yield piece
                return
            except _TryAgain as fault:
                wait = fault.wait_seconds
                if wait is None:
                    wait = self._pause_seconds * 2 ** (attempt - 1)
                if wait > LONGEST_WAIT_SECONDS:
                    self._fail(f"{fault}; it asks to wait {wait:.0f} s: ask again after that")
                if attempt == TRIES:
                    self._fail(f"{fault}, {TRIES} times: {fault.advice}")
                time.sleep(wait)
            except httpx.ConnectTimeout:
                self._fail("it does not answer: check that the server runs and its URL is right")
            except httpx.TimeoutException:
                self._fail_silent()
            except httpx.RequestError as error:
                if said:
                    self._fail_broken()
                if attempt == TRIES:
                    self._fail(
                        f"no connection ({self._redact(str(error)) or type(error).__name__}), "
                        f"{TRIES} times: check that the server runs and that its URL is right"
                    )
                time.sleep(self._pause_seconds * 2 ** (attempt - 1))

    def models(self) -> list[str]:
        """The models that the server says it has, for a person to choose from; none where it does
        not say."""
        path = self._url.path.removesuffix("/chat/completions") + "/models"
        headers = {"Accept-Encoding": "identity"} | self._headers()
        with contextlib.suppress(LLMError, httpx.HTTPError, ValueError, TypeError, LookupError):
            with (
                self._client() as client,
                client.stream("GET", self._url.copy_with(path=path), headers=headers) as response,
            ):
                listed = self._document(response)["data"] if response.status_code == 200 else []
            return [str(row["id"]) for row in listed]
        return []

    def _headers(self) -> dict[str, str]:
        return {} if self._key is None else {"Authorization": f"Bearer {self._key}"}

    def _client(self) -> httpx.Client:
        try:
            return httpx.Client(
                transport=self._transport,
                timeout=httpx.Timeout(
                    self._silence_seconds, connect=min(CONNECT_SECONDS, self._silence_seconds)
                ),
                follow_redirects=False,
                trust_env=not _is_this_machine(self._url.host),  # no proxy leads back here
            )
        except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:
            self._fail(
                "the proxy or certificates that the environment names cannot be used "
                f"({self._redact(str(error))}): set HTTPS_PROXY to an http:// proxy, and unset "
                "ALL_PROXY"
            )

    def _attempt(self, request: dict[str, Any]) -> Iterator[str]:
        """One request: the pieces of its answer, or the fault of its status as an exception."""
        headers = {
            "Accept": "text/event-stream",
            "Accept-Encoding": "identity",  # what unpacks to nothing could go on for ever
            "Content-Type": "application/json",
        }
        body = json.dumps({**request, "stream": True}).encode()
        with (
            self._client() as client,
            client.stream(
                "POST", self._url, content=body, headers=headers | self._headers()
            ) as response,
        ):
            if response.status_code != 200:
                self._fail_status(response)
            yield from self._read(response)

    def _read(self, response: httpx.Response) -> Iterator[str]:
        """The pieces of a streamed answer, or the one piece of a server that does not stream."""
        said = ended = events = False
        plain: list[bytes] = []
        last_heard = time.monotonic()
        for line in _lines(response):
            if line is None:
                self._fail("its answer has no end: check that the URL is that of a chat model")
            if line.startswith((b"data:", b"event:", b":")):
                events = True
            if not events:
                plain.append(line)
            elif line.startswith(b"data:"):
                data = line[len(b"data:") :].strip()
                if data == b"[DONE]":
                    ended = True
                    break
                piece, finish, thinks = self._piece(data, "delta")
                if piece or thinks:
                    said = said or bool(piece)
                    yield piece
                    last_heard = time.monotonic()
                if finish:  # whatever follows, usage or a broken connection, adds no word
                    ended = True
                    break
            if time.monotonic() - last_heard > self._silence_seconds:
                self._fail_silent()  # comments, or bytes that end no line, are no words
        if not events:
            piece, *_ = self._piece(b"\n".join(plain), "message")
            said, ended = bool(piece), True
            if piece:
                yield piece
        if not ended:
            self._fail_broken()
        if not said:
            self._fail("it sent an empty answer: ask again, or choose another model")

    def _piece(self, data: bytes, part: str) -> tuple[str, bool, bool]:
        """The words in one JSON document of the protocol, whether the answer ends there, and
        whether the model thinks: that goes to fields of its own, which are not read further."""
        try:
            document = json.loads(data)
            if document.get("error"):
                self._fail(f"it reports a fault{self._detail(document)}: ask again")
            choices = document["choices"] if part == "message" else document.get("choices")
            if not choices:  # the usage that some servers send last
                return "", False, False
            message = choices[0].get(part) or {}
            words = message.get("content") or ""
            thinks = any(message.get(name) for name in ("reasoning_content", "reasoning"))
            finish = choices[0].get("finish_reason")
            if not isinstance(words, str):
                raise TypeError("content is no text")
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            self._fail(
                "it answers with something that is no chat completion: check that the URL is "
                "that of an OpenAI-compatible server, up to and with its /v1"
            )
        if finish == "length":
            self._fail("it cut the answer at its length limit: raise the limit of the server")
        if finish == "content_filter":
            self._fail("its content filter withheld the answer: ask in other words")
        return words, bool(finish), thinks

    def _fail_status(self, response: httpx.Response) -> NoReturn:
        """Raises what an unsuccessful status means."""
        status = response.status_code
        if response.next_request is not None:
            host = response.next_request.url.host
            self._fail(f"it redirects to {host} ({status}): give the URL it leads to instead")
        if status in {401, 403}:
            refused = "it refuses the key" if self._key else "it asks for a key"
            self._fail(f"{refused} ({status}): give the key of this server")
        detail = ""
        with contextlib.suppress(ValueError):  # a proxy's page says no more than the status
            detail = self._detail(self._document(response))
        if status == 404:
            self._fail(
                f"it has no model {self.model!r} at this URL (404){detail}: check the model's "
                "name, and that the URL is what /chat/completions follows, often with /v1"
            )
        if status == 429:
            raise _TryAgain(
                f"it is busy or over its quota (429){detail}",
                "wait a little, or look at the account's limits",
                _asked_wait_seconds(response),
            )
        if status in _RETRIED:
            raise _TryAgain(
                f"it failed ({status}){detail}",
                "ask again later, or look at the server's log",
                _asked_wait_seconds(response),
            )
        self._fail(f"it does not accept the request ({status}){detail}: check model and URL")

    def _document(self, response: httpx.Response) -> Any:
        """A body that is one JSON document, as far as it comes in time. Raises ValueError."""
        until = time.monotonic() + self._silence_seconds
        lines = takewhile(lambda line: time.monotonic() < until, _lines(response))
        try:
            return json.loads(b"\n".join(filter(None, lines)))
        except RecursionError:
            raise ValueError("nested too deeply") from None

    def _detail(self, document: Any) -> str:
        """What the server itself says of a fault, on one short line, never with the key."""
        said = document.get("error", document) if isinstance(document, dict) else None
        if isinstance(said, dict):
            said = said.get("message") or said.get("detail")
        return f": {self._redact(said)}" if isinstance(said, str) and said else ""

    def _redact(self, text: str) -> str:
        if self._key:
            text = text.replace(self._key, "***")
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return (text if len(text) <= 200 else text[:199] + "…").rstrip(".")

    def _fail_silent(self) -> NoReturn:
        self._fail(f"no word came for {self._silence_seconds:g} s: ask again, or allow more time")

    def _fail_broken(self) -> NoReturn:
        self._fail("the answer broke off before its end: ask again")

    def _fail(self, fault: str) -> NoReturn:
        raise LLMError(f"Language model at {self.host}: {fault}.") from None


class _TryAgain(Exception):
    """A fault that may pass, what to do when it does not, and the wait the server asks for."""

    def __init__(self, fault: str, advice: str, wait_seconds: float | None) -> None:
        super().__init__(fault)
        self.advice = advice
        self.wait_seconds = wait_seconds


def _parse(base_url: str) -> httpx.URL:
    """The URL of a server. One with a name, password, query or fragment is refused."""
    try:
        url = httpx.URL(base_url.strip())
    except (httpx.InvalidURL, UnicodeError):
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host:
        raise LLMError(
            "The language model's URL is none: it should read like https://HOST/v1 or, "
            "on this machine, http://127.0.0.1:PORT/v1."
        )
    if url.userinfo or url.query or url.fragment:
        raise LLMError(
            f"The language model's URL at {url.host} holds a user, a query or a fragment: "
            "give the bare URL, and the key by itself."
        )
    return url


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _lines(response: httpx.Response) -> Iterator[bytes | None]:
    """The lines of a body as bytes, an empty one for what came and ended no line, so that whoever
    reads can look at the clock; None where it has passed MOST_BYTES, and no more.

    Not response.iter_lines(), which also cuts at U+2028 and its kind, legal within JSON.
    """
    rest = b""
    total = 0
    for chunk in response.iter_raw():
        total += len(chunk)
        if total > MOST_BYTES:
            yield None
            return
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole or [b""]:
            yield line.rstrip(b"\r")
    if rest:
        yield rest.rstrip(b"\r")


def _asked_wait_seconds(response: httpx.Response) -> float | None:
    """The wait that a Retry-After header asks for: in seconds, or until a date."""
    asked = response.headers.get("retry-after", "").strip()
    try:
        seconds = float(asked)
    except ValueError:
        try:
            until = parsedate_to_datetime(asked)
        except ValueError:
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        seconds = (until - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None
