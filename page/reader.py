"""A whole transcript -> HTML, purely: to be read, searched and linked to. What its tools do is in
reader.js."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.errors import NotInLibrary
from index.media import MEDIA_TYPES, recording_of
from index.types import Document, Transcript, Turn
from rag.compose import clock

from .conversation import clip, explain
from .evidence import few_names, latest_first, speaker_colours, speaker_html
from .html import UNNAMED, count, failed_html, hint_html, labels_of
from .links import Spot, link_to, recording_link
from .plain import date_words, escape
from .talk import talk_html

if TYPE_CHECKING:
    from index.library import Library

SHELF_DOCUMENTS = 200  # listed where none is open


def reader_html(transcript: Transcript, spot: Spot, media: str = "") -> str:
    """The transcript with its tools; the turn of the spot is where it opens, its words marked.

    `media` is the type of the recording beside it, such as audio/mpeg.
    """
    turns = transcript.turns
    colours = speaker_colours(turns)
    voice = spot.speaker if any(turn.speaker == spot.speaker for turn in turns) else None
    rows = "".join(_turn_html(transcript.id, turn, colours, spot, voice, media) for turn in turns)
    length = clock(transcript.seconds) if transcript.seconds else ""
    facts = [date_words(transcript.date), transcript.place, count(len(turns), "turn"), length]
    link = escape(link_to(Spot(transcript.id, speaker=voice or "")))
    play = _play_at(turns, spot) if media else None
    at = "" if play is None else f' data-play="{play:.2f}"'
    talk = talk_html(transcript, colours)
    side = f'<details class="talk"><summary>Who spoke how much</summary>{talk}</details>'
    return (
        f'<article class="reader" data-link="{link}"{at}><header>'
        f"<h2>{escape(transcript.title)}</h2>"
        f'<p class="facts">{escape(" · ".join(filter(None, facts)))}</p>'
        f"{_player_html(transcript.id, media)}{_tools_html(transcript, voice)}</header>"
        f'<div class="whole"><ol>{rows}</ol>{side if talk else ""}</div></article>'
    )


def shelf_html(documents: Sequence[Document]) -> str:
    """Where no transcript is open: all there are, the latest first, each a click away."""
    if not documents:
        return hint_html("The library is empty. Drop transcripts in the Library tab first.")
    labels = labels_of(documents)
    rows = "".join(
        f'<li><a class="go" href="{escape(link_to(Spot(document.id)))}">'
        f"{escape(labels[document.id])}</a>"
        f"<span>{escape(', '.join(few_names(document)))}</span></li>"
        for document in latest_first(documents)[:SHELF_DOCUMENTS]
    )
    more = len(documents) - SHELF_DOCUMENTS
    left = hint_html(f"And {count(more, 'other')}; type a word of its title above.")
    return (
        f'<section class="shelf"><h2>Choose a transcript to read</h2><ul>{rows}</ul>'
        f"{left if more > 0 else ''}</section>"
    )


def _play_at(turns: Sequence[Turn], spot: Spot) -> float | None:
    """From where the recording is to play, in seconds."""
    if not spot.play or spot.turn is None or spot.turn >= len(turns):
        return None
    return turns[spot.turn].seconds_at(spot.start)


def _player_html(document: str, media: str) -> str:
    if not media:
        return ""
    kind = "video" if media.startswith("video/") else "audio"
    return (
        f'<div class="player"><{kind} controls preload="metadata" aria-label="The recording" '
        f'src="{escape(recording_link(document))}"></{kind}>'
        '<label><input type="checkbox" class="follow" checked> Follow the words</label>'
        '<p class="hint" role="status" hidden>This browser cannot play the recording.</p></div>'
    )


def _tools_html(transcript: Transcript, voice: str | None) -> str:
    said = Counter[str | None]()
    for turn in transcript.turns:
        said[turn.speaker] += 1
    voices = "".join(
        f'<option value="{escape(name or "")}"{" selected" if name and name == voice else ""}>'
        f"{escape(name or UNNAMED)} ({turns:,})</option>"
        for name, turns in said.most_common()
    )
    timed = any(turn.start_seconds is not None for turn in transcript.turns)
    where = "turn or time, as 12:30" if timed else "turn"
    return (
        '<div class="tools" role="search" aria-label="In this transcript">'
        '<label class="find">Find <input type="search" class="words" autocomplete="off" '
        'placeholder="words"></label>'
        '<button type="button" class="step previous" aria-label="Previous match" disabled>‹'
        '</button><button type="button" class="step next" aria-label="Next match" disabled>›'
        '</button><output class="found" aria-live="polite"></output>'
        '<label class="who"><span>Speaker</span> <select class="voice">'
        f'<option value="*">Everyone</option>{voices}</select></label>'
        '<label class="where"><span>Go to</span> <input type="text" class="place" '
        'autocomplete="off" inputmode="text" '
        f'placeholder="{where}" aria-label="Go to {where}"></label>'
        '<button type="button" class="copy link">Copy link</button></div>'
    )


def _turn_html(
    document: str, turn: Turn, colours: dict[str, int], spot: Spot, voice: str | None, media: str
) -> str:
    here = turn.position == spot.turn
    hidden = " hidden" if voice and turn.speaker != voice and not here else ""
    number = turn.position + 1
    link = escape(link_to(Spot(document, turn.position)))
    seconds = turn.start_seconds
    time = f"<time>{clock(seconds)}</time> " if seconds is not None else ""
    if media and seconds is not None:
        time = (
            f'<button type="button" class="at" aria-label="Play from {clock(seconds)}">{time}'
            "</button> "
        )
    at = f' data-seconds="{seconds:.2f}"' if seconds is not None else ""
    text = escape(turn.text)
    if here and 0 <= spot.start < spot.end <= len(turn.text):
        before, words, after = (
            escape(part)
            for part in (
                turn.text[: spot.start],
                turn.text[spot.start : spot.end],
                turn.text[spot.end :],
            )
        )
        text = f"{before}<mark>{words}</mark>{after}"
    return (
        f'<li class="turn{" cited" if here else ""}" data-turn="{number}"'
        f'{at} data-speaker="{escape(turn.speaker or "")}"{hidden}>'
        f"{speaker_html(turn.speaker, colours)} {time}"
        f'<a class="spot" href="{link}" title="Link to this turn" '
        f'aria-label="Link to turn {number}">{number:,}</a>'
        f'<p dir="auto">{text}</p></li>'
    )


def opened_html(library: Library, spot: Spot) -> str:
    """The transcript of a spot, or why it can't be shown."""
    try:
        transcript = library.transcript(spot.document)
        recording = recording_of(library.path, spot.document)
        media = MEDIA_TYPES[recording.suffix.lower()] if recording else ""
        return reader_html(transcript, spot, media)
    except NotInLibrary:
        return hint_html(f"{clip(spot.document, 200)} is not in this library (any more).")
    except Exception as error:
        return failed_html(explain(error))
