"""Forgets what gradio keeps of those who have gone: for each program that asked once it would keep
a copy of the whole page's settings, of which 10,000 take 1.6 GB."""

from __future__ import annotations

import asyncio
import ctypes
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import gradio as gr

FORGET_SECONDS = 10.0
_GIVE_BACK_EVERY = 6  # times

_C = ctypes.CDLL(None) if sys.platform == "linux" else None

Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]


def forgetting(blocks: gr.Blocks, within: Lifespan | None) -> Lifespan:
    """The lifespan of a server that forgets, `within` another where there is one. Gradio's own
    thread does it, which keeps these things without locks."""

    async def run() -> None:
        for number in count(1):
            await asyncio.sleep(FORGET_SECONDS)
            forget(blocks, datetime.now() - timedelta(seconds=FORGET_SECONDS))
            if number % _GIVE_BACK_EVERY == 0:
                await asyncio.to_thread(give_back)

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[Any]:
        task = asyncio.create_task(run())
        try:
            async with within(app) if within else nullcontext() as state:
                yield state
        finally:
            task.cancel()

    return lifespan


def give_back() -> None:
    """Memory that nothing uses, to the system: after a sync that is hundreds of MB, which the C
    library of Linux would keep. Elsewhere there is nothing to do."""
    if trim := getattr(_C, "malloc_trim", None):
        trim(0)


def forget(blocks: gr.Blocks, before: datetime) -> None:
    """Sessions that were last used before then and hold no conversation: those of programs, and
    those of pages that gradio emptied an hour after they were closed. Of the others what was sent
    to the page, which gradio keeps for links to a state of it. And the lines of messages to those
    who got them all."""
    holder, queue = blocks.state_holder, blocks._queue
    busy = {event.session_hash for event in list(queue.event_ids_to_events.values())}
    for name, session in list(holder.session_data.items()):
        used = holder.time_last_used.get(name)
        if name in busy or (used is not None and used >= before):
            continue
        session.config_values = {}
        if not session.state_data:
            holder.session_data.pop(name, None)
            holder.time_last_used.pop(name, None)
    for name, unsent in list(queue.pending_event_ids_session.items()):
        messages = queue.pending_messages_per_session
        if name not in busy and (not unsent or name not in messages):
            queue.pending_event_ids_session.pop(name, None)
            messages.pop(name, None)
