"""Forgets what gradio keeps of those who have gone: for each program that asked once it would keep
a copy of the whole page's settings, of which 10,000 take 1.6 GB."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import gradio as gr

FORGET_SECONDS = 10.0
_TIMES_A_MINUTE = 6

Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]


def forgetting(
    blocks: gr.Blocks, within: Lifespan | None, each_minute: Callable[[], None]
) -> Lifespan:
    """The lifespan of a server that forgets, `within` another where there is one. Gradio's own
    thread does it, which keeps these things without locks; what else is to be done `each_minute`
    has a thread of its own."""

    async def run() -> None:
        for number in count(1):
            await asyncio.sleep(FORGET_SECONDS)
            forget(blocks, datetime.now() - timedelta(seconds=FORGET_SECONDS))
            if number % _TIMES_A_MINUTE == 0:
                await asyncio.to_thread(each_minute)

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[Any]:
        task = asyncio.create_task(run())
        try:
            async with within(app) if within else nullcontext() as state:
                yield state
        finally:
            task.cancel()

    return lifespan


def forget(blocks: gr.Blocks, before: datetime) -> None:
    """Sessions that were last used before then and hold no conversation: those of programs. Of the
    others, which stay until newer visits take their places, what was sent to the page, which gradio
    keeps for links to a state of it. And the lines of messages to those who got them all."""
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
