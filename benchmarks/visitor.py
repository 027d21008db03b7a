"""A user of load.py: asks over the page's own protocol as a browser does, or as a program does."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx
from gradio_client.utils import apply_diff

VISIT_QUESTIONS = 8  # until the page is opened anew
FOLLOW_UPS, STOPS, LEAVES = 0.2, 0.06, 0.03  # shares of questions
_FOLLOWING = ("Who said that?", "And when?", "What else was said about it?")
# Longer than any wait that the line allows.
_PATIENCE_SECONDS = 300.0
_PLACE = re.compile(r"Waiting: (?:(\d+) question|yours is next)(?:.*?about (\d+) (second|minute))?")


@dataclass(slots=True)
class Asked:
    """One question. `outcome` is answered, refused (it is not there), stopped, left, or what went
    wrong; `waited` and `took` are seconds from its sending until it was read and until the end."""

    user: int
    question: str
    sent_at: float
    outcome: str = ""
    waited: float = 0.0
    took: float = 0.0
    told: list[str] = field(default_factory=list)  # of its place in the line
    promised: float | None = None  # seconds, when it joined the line
    said: str = ""  # the reply as it came, HTML or JSON

    @property
    def failed(self) -> bool:
        return self.outcome not in ("answered", "refused", "stopped", "left")


class Visitor:
    """What it asked is in `asked`, newest last."""

    def __init__(
        self, number: int, url: str, questions: Sequence[str], think_seconds: float, program: bool
    ) -> None:
        self.number = number
        self.program = program
        self.asked: list[Asked] = []
        self.opened: list[float] = []  # when a page was
        self._url = url
        self._questions = questions
        self._think_seconds = think_seconds
        self._random = random.Random(number)
        self._session = ""
        self._chosen = [None, [], [], None, None]  # written or quoted, and what is searched
        self._functions: dict[str, int] = {}
        self._pending: set[str] = set()  # events of this window that are not done

    async def ask_while(self, going: Callable[[], bool]) -> None:
        """Ask, read and think."""
        while going():
            async with httpx.AsyncClient(
                base_url=self._url, trust_env=False, timeout=_PATIENCE_SECONDS
            ) as web:
                if self.program:
                    await self._visited(web, going)
                else:
                    async with self._page(web):
                        await self._visited(web, going)

    async def _visited(self, web: httpx.AsyncClient, going: Callable[[], bool]) -> None:
        for number in range(VISIT_QUESTIONS):
            await asyncio.sleep(self._random.uniform(0.5, 1.5) * self._think_seconds)
            if not going():
                return
            follows = number and not self.program and self._random.random() < FOLLOW_UPS
            question = self._random.choice(_FOLLOWING if follows else self._questions)
            now = Asked(self.number, question, time.monotonic())
            try:
                await (self._as_program(web, now) if self.program else self._as_browser(web, now))
            except (httpx.HTTPError, KeyError, ValueError) as error:
                now.outcome = f"{type(error).__name__}: {error}"
            now.took = now.took or time.monotonic() - now.sent_at
            now.waited = now.waited or now.took
            self.asked.append(now)
            if now.outcome == "left":
                return

    async def _as_program(self, web: httpx.AsyncClient, now: Asked) -> None:
        sent = await web.post(
            "/gradio_api/call/ask", json={"data": [now.question, [], [], None, None, True]}
        )
        event = sent.raise_for_status().json()["event_id"]
        async with web.stream("GET", f"/gradio_api/call/ask/{event}") as told:
            kind = ""
            async for line in told.aiter_lines():
                kind = line.removeprefix("event: ") if line.startswith("event: ") else kind
                if line.startswith("data: ") and kind in ("complete", "error"):
                    said = json.loads(line.removeprefix("data: "))
                    if kind == "error":
                        now.outcome = f"error: {said}"
                        return
                    now.said = json.dumps(said[0])
                    now.outcome = "answered" if said[0]["answered"] else "refused"
                    if said[0]["question"] != now.question:
                        now.outcome = f"the answer to another question: {said[0]['question']}"
                    return
        now.outcome = "no answer came"

    async def _as_browser(self, web: httpx.AsyncClient, now: Asked) -> None:
        chance = self._random.random()
        given_up = self._random.uniform(0.2, 3.0) if chance < STOPS + LEAVES else None
        event = await self._send(web, "respond", [now.question, None, *self._chosen])
        stopping: asyncio.Task[None] | None = None
        if given_up is not None and chance < STOPS:
            stopping = asyncio.create_task(self._stop(web, event, given_up))
        sent, chat = None, None  # what the event has for each output, and the chat it shows
        try:
            async with asyncio.timeout(given_up if given_up and not stopping else None):
                async for told in self._told(web):
                    self._note(now, told)
                    if told.get("event_id") != event:
                        continue
                    if told["msg"] == "process_generating":
                        data = told["output"]["data"]
                        sent = data if sent is None else [*map(apply_diff, sent, data)]
                        chat = sent[0] if isinstance(sent[0], list) else chat
                    if told["msg"] == "process_completed":
                        now.outcome, now.said = _outcome(told, chat, now.question, stopping)
                        now.took = time.monotonic() - now.sent_at
        except TimeoutError:  # the window is closed, and with it the connection
            now.outcome = "left"
            return
        if stopping is not None:
            await stopping
            async for _ in self._told(web):
                pass
        now.outcome = now.outcome or "no answer came"
        if now.outcome == "answered" and not self._random.randrange(2):
            await self._send(web, "suggest", [None])
            async for _ in self._told(web):
                pass

    def _note(self, now: Asked, told: dict[str, Any]) -> None:
        """Where it is in the line, and when it is read."""
        if told["msg"] != "process_generating":
            return
        text = unescape(json.dumps(told["output"]["data"]))
        if place := _PLACE.search(text):
            now.told.append(place[0])
            if now.promised is None and place[2]:
                now.promised = int(place[2]) * (60 if place[3] == "minute" else 1)
        elif not now.waited and "Searching the transcripts" in text:
            now.waited = time.monotonic() - now.sent_at

    async def _stop(self, web: httpx.AsyncClient, event: str, after: float) -> None:
        """A click on Stop: what runs is cancelled, and the page shows it."""
        await asyncio.sleep(after)
        named = {"session_hash": self._session, "event_id": event}
        body = {**named, "fn_index": self._functions["respond"]}
        await self._send(web, "stop_now", [None])
        (await web.post("/gradio_api/cancel", json=body)).raise_for_status()

    @asynccontextmanager
    async def _page(self, web: httpx.AsyncClient) -> AsyncIterator[None]:
        """The page, as long as it is open: gradio forgets who has no heartbeat."""
        (await web.get("/")).raise_for_status()
        config = (await web.get("/config")).json()
        self._functions = {made["api_name"]: made["id"] for made in config["dependencies"]}
        self.opened.append(time.monotonic())
        self._session, self._pending = f"{self._random.getrandbits(53):x}", set()
        beating = asyncio.create_task(self._beat(web))
        try:
            for name, data in (
                ("arrive", [""]),
                ("recall", ["", None, None]),
                ("refresh", [None, *self._chosen[1:], "", None]),
            ):
                await self._send(web, name, data)
                async for _ in self._told(web):
                    pass
            yield
        finally:
            beating.cancel()

    async def _beat(self, web: httpx.AsyncClient) -> None:
        async with web.stream("GET", f"/gradio_api/heartbeat/{self._session}") as beats:
            async for _ in beats.aiter_lines():
                pass

    async def _send(self, web: httpx.AsyncClient, name: str, data: list[Any]) -> str:
        body = {
            "data": data,
            "event_data": None,
            "fn_index": self._functions[name],
            "session_hash": self._session,
        }
        sent = await web.post("/gradio_api/queue/join", json=body)
        event = str(sent.raise_for_status().json()["event_id"])
        self._pending.add(event)
        return event

    async def _told(self, web: httpx.AsyncClient) -> AsyncIterator[dict[str, Any]]:
        """Messages to this window until all that it sent is done."""
        while self._pending:
            async with web.stream(
                "GET", "/gradio_api/queue/data", params={"session_hash": self._session}
            ) as stream:
                async for line in stream.aiter_lines():
                    if not line.startswith("data: "):
                        continue
                    told = json.loads(line.removeprefix("data: "))
                    if told["msg"] == "close_stream":
                        break
                    if told["msg"] == "unexpected_error":
                        raise ValueError(told["message"])
                    if told["msg"] == "process_completed":
                        self._pending.discard(told["event_id"])
                    yield told


def _outcome(told: dict[str, Any], chat: Any, question: str, stopping: object) -> tuple[str, str]:
    """What the chat shows in the end, in a word and as it is."""
    if not told["success"]:
        return f"error: {told['output'].get('error')}", ""
    if not isinstance(chat, list) or len(chat) < 2:
        return "stopped" if stopping else f"no chat: {str(chat)[:100]}", ""
    asked, reply = (message["content"][0]["text"] for message in chat[-2:])
    if f">{question}</div>" not in unescape(asked):
        return f"the answer to another question: {asked[:200]}", reply
    if 'class="sources' in reply:
        return "answered", reply
    if stopping:
        return "stopped", reply
    if 'class="reply refused' in reply:
        return "refused", reply
    return f"failed: {unescape(reply)[:200]}", reply
