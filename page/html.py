"""Data -> HTML, purely: what the page looks like. The evidence, a whole transcript and the library
have their own in evidence.py, reader.py and library.py.

Transcripts, names, titles, questions and file names are data: every one of them goes through
`escape` on its way to the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from index.types import Document
from rag.cite import UNCHECKED, UNSUPPORTED
from rag.types import Answer, Citation

from .conversation import Exchange, clip
from .export import as_text
from .filters import limits_html
from .plain import date_words, escape

SNIPPET_CHARS = 80  # of a nearest passage, in its line
HINT_CHARS = 300  # of a quote, shown beside its marker
UNNAMED = "Unnamed speaker"
FORMATS = (
    "text (.txt, .md), Word (.docx), .pdf, .html, captions (.vtt, .srt), tables (.csv), "
    "speech engines' .json, and chat logs"
)
ANY = {"speakers": "any speaker", "documents": "any transcript", "dates": "any date"}
TOOLS = {
    "copy": "Copy the answer with its sources",
    "retry": "Ask this again",
    "edit": "Change this question and ask it again",
}
HINT = "The words behind an answer appear here, in their conversation."


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def label_of(document: Document) -> str:
    """A transcript's title and date, to choose it by."""
    return " · ".join(filter(None, (document.title, date_words(document.date))))


def labels_of(documents: Sequence[Document]) -> dict[str, str]:
    """The label of each transcript by id; those that share one are told apart by their files."""
    labels = {document.id: label_of(document) for document in documents}
    shared = Counter(labels.values())
    return {key: f"{it} · {key}" if shared[it] > 1 else it for key, it in labels.items()}


def answer_text_html(answer: Answer, message: int) -> str:
    """The answer with `short` in bold and links for the markers that have a citation.

    A "[1]" inside the quoted words is the transcript's own and stays text.
    """
    text, short = answer.text, answer.short or ""
    ours = [c.quote for c in answer.citations]
    quoted = [m.span() for q in (*ours, short) if q for m in re.finditer(re.escape(q), text)]
    known = {citation.marker: citation for citation in answer.citations}
    cuts: list[tuple[int, int, str]] = []
    for found in re.finditer(r"\[(\d{1,6})\]", text):
        inside = any(a <= found.start() and found.end() <= b for a, b in quoted)
        if int(found[1]) in known and not inside:
            cuts.append((*found.span(), marker_link(message, known[int(found[1])])))
    at = _place_of_short(text, short, answer.citations)
    if at >= 0 and not any(a < at + len(short) and at < b for a, b, _ in cuts):
        cuts.append((at, at + len(short), f"<strong>{escape(short)}</strong>"))
    for mark in (UNSUPPORTED, UNCHECKED) if answer.model else ():
        marked = f'<span class="unsupported">{escape(mark)}</span>'
        cuts += [(*m.span(), marked) for m in re.finditer(re.escape(mark), text)]
    for marker in known:
        value = value_listed(text, marker)
        begin = re.search(rf"^{re.escape(value)} · ", text, re.M) if value else None
        if begin and not any(a < begin.end() - 3 and begin.start() < b for a, b, _ in cuts):
            cuts.append((*begin.span(), f"<strong>{escape(value)}</strong> · "))
    html, done = "", 0
    for start, end, markup in sorted(cuts):
        before = escape(text[done:start])
        if markup.startswith('<a class="cite"') and before.endswith(" "):
            before = f"{before[:-1]}&nbsp;"  # a marker alone on a line tells nothing
        html += before + markup
        done = end
    return html + escape(text[done:])


def _place_of_short(text: str, short: str, citations: Sequence[Citation]) -> int:
    """Where the short answer stands: within the quoted words if it does there, else anywhere but
    inside another word or a longer name of a speaker; -1 for nowhere."""
    if not short:
        return -1
    for citation in citations:
        quote = " ".join(citation.quote.split())
        begin, within = text.find(quote), quote.find(short)
        if begin >= 0 and within >= 0:
            return begin + within
    names = {citation.speaker for citation in citations if citation.speaker}
    longer = [name for name in names if short in name and short != name]
    taken = [m.span() for name in longer for m in re.finditer(re.escape(name), text)]
    for found in re.finditer(rf"(?<!\w){re.escape(short)}(?!\w)", text):
        if not any(a <= found.start() and found.end() <= b for a, b in taken):
            return found.start()
    return -1


def marker_link(message: int, citation: Citation) -> str:
    """A link to a source; its words are read by resting on it."""
    said = f"{citation.speaker or UNNAMED}: “{clip(' '.join(citation.quote.split()), HINT_CHARS)}”"
    return (
        f'<a class="cite" href="#m{message}-{citation.marker}" title="{escape(said)}">'
        f"&#91;{citation.marker}&#93;</a>"
    )


def sources_html(
    citations: Sequence[Citation], message: int, *, words: bool = False, text: str = ""
) -> str:
    """A line for each citation: who, when and what; or, with `words`, who and how it begins.

    Before them stands the value that a list in `text` gives it, behind them the question that
    was put to the speaker.
    """
    rows = []
    for citation in citations:
        name = escape(citation.speaker or UNNAMED)
        value = value_listed(text, citation.marker)
        if value:
            name = f"<strong>{escape(value)}</strong> {name}"
        about = " · ".join(filter(None, (date_words(citation.date), citation.title)))
        if words:
            about = f"“{clip(' '.join(citation.quote.split()), SNIPPET_CHARS)}” {about}"
        asked = ""
        if citation.asked:
            put = clip(" ".join(citation.asked.split()), SNIPPET_CHARS * 2)
            asked = f' <em class="put">asked: “{escape(put)}”</em>'
        rows.append(
            f'<li><a class="source" href="#m{message}-{citation.marker}"><b>{citation.marker}</b> '
            f"<span>{name}</span> <i>{escape(about)}</i>{asked}</a></li>"
        )
    return f'<ul class="sources">{"".join(rows)}</ul>'


def value_listed(text: str, marker: int) -> str:
    """ "$30 billion" of the line "$30 billion · Name: “words” [2]" of a list."""
    line = re.search(rf"^([^\n“”]{{1,80}}?) · [^\n]*\[{marker}\](?: \(said .*\))?$", text, re.M)
    return line[1] if line else ""


def reply_html(
    exchange: Exchange,
    message: int,
    titles: Mapping[str, str] | None = None,
    *,
    last: bool = False,
) -> str:
    """The reply as one HTML block without a blank line, so that Markdown leaves it alone. `titles`
    are those of the transcripts, by id; the `last` one can be asked again, and leads on."""
    answer = exchange.answer
    tools = tools_html(exchange, message, last=last)
    if exchange.error:
        return failed_html(exchange.error, tools)
    if answer is None:
        partial = f'<p class="draft">{escape(exchange.partial)}</p>' if exchange.partial else ""
        waiting = f'<p class="status">{escape(exchange.status)} …</p>'
        return f'<div class="reply">{partial}{waiting}</div>'
    note = f'<p class="label">{escape(exchange.note)}</p>' if exchange.note else ""
    if exchange.limits:
        named = [(titles or {}).get(name, name) for name in exchange.limits.documents]
        note += limits_html(exchange.limits, named, message)
    if answer.answered:
        text = answer_text_html(answer, message)
        sources = sources_html(answer.citations, message, text=answer.text)
        checked = checked_html(answer)
        return f'<div class="reply"><p>{text}</p>{note}{checked}{sources}{tools}</div>'
    nearest = ""
    if answer.nearest:
        passages = sources_html(answer.nearest, message, words=True)
        nearest = f'<p class="label">Nearest passages</p>{passages}'
    return f'<div class="reply refused"><p>{escape(answer.text)}</p>{note}{nearest}{tools}</div>'


def tools_html(exchange: Exchange, message: int, *, last: bool) -> str:
    """What can be done with an answer, and what to ask after the last one."""
    tools = tool_html("copy", as_text(exchange.answer), "Copy") if exchange.answer else ""
    if last:
        tools += tool_html("retry", str(message), "Ask again")
    ahead = "".join(next_html(question) for question in exchange.next) if last else ""
    if ahead:
        ahead = f'<div class="next"><p class="label">Ask next</p>{ahead}</div>'
    return f'<div class="acts">{tools}</div>{ahead}'


def tool_html(kind: str, value: str, words: str) -> str:
    """A button that script.js listens for; the chat lets no other attribute through."""
    return (
        f'<button type="button" class="tool {kind}" value="{escape(value)}" '
        f'title="{TOOLS[kind]}">{words}</button>'
    )


def next_html(question: str) -> str:
    return (
        f'<button type="button" class="chip" value="{escape(question)}">{escape(question)}</button>'
    )


def checked_html(answer: Answer) -> str:
    """Which language model worded an answer, and what is wrong with each sentence that failed."""
    if answer.model is None:
        return ""
    rows = "".join(
        f"<li>“{escape(clip(sentence.text, SNIPPET_CHARS))}”: {escape(sentence.fault)}</li>"
        for sentence in answer.sentences
        if not sentence.supported
    )
    faults = f'<ul class="faults">{rows}</ul>' if rows else ""
    line = f"Written by {answer.model}; each sentence was checked against the transcripts"
    return f'<p class="label">{escape(line)}</p>{faults}'


def model_words(model: str, host: str) -> str:
    """What the switch between exact quotes and written answers says of who writes."""
    return f"Answers ({model} at {host} writes, and is sent the question and passages)"


def chat_messages(
    exchanges: Sequence[Exchange], documents: Sequence[Document] = ()
) -> list[dict[str, str]]:
    titles = {document.id: document.title for document in documents}
    messages = []
    for message, exchange in enumerate(exchanges, start=1):
        anyhow = ", ".join(ANY[limit] for limit in exchange.beyond)
        beyond = f" ({anyhow})" if anyhow else ""
        words = f'<div class="asked">{escape(exchange.question)}{escape(beyond)}</div>'
        asked = f'<div class="line">{words}{tool_html("edit", str(message), "Edit")}</div>'
        reply = reply_html(exchange, message, titles, last=message == len(exchanges))
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": reply})
    return messages


def editing_html(message: int) -> str:
    """Over the box, while a question of before stands in it."""
    return (
        f'<p class="editing" role="status">Editing question {message}: it and what came after it '
        'will be replaced. <button type="button" class="act">Keep it</button></p>'
    )


def hint_html(text: str) -> str:
    return f'<p class="hint">{escape(text)}</p>'


def failed_html(text: str, tools: str = "") -> str:
    return f'<div class="reply failed"><p>{escape(text)}</p>{tools}</div>'


def header_html(documents: Sequence[Document]) -> str:
    turns = sum(document.turns for document in documents)
    size = f"{count(len(documents), 'transcript')}, {count(turns, 'turn')}"
    motto = "Answers from your transcripts: the exact words, and who said them."
    return (
        f'<h1>Turncite</h1><p class="size">{size if documents else "The library is empty"}</p>'
        f'<p class="motto">{motto}</p>'
    )


def table_html(
    caption: str,
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    heads: Sequence[str] = (),
) -> str:
    """`caption` and the columns' `names` are text; the cells of `rows` are HTML already, and so
    are the `heads` that stand in place of names."""
    heads = heads or [f'<th scope="col">{escape(name)}</th>' for name in names]
    head = "".join(head or "<td></td>" for head in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-head="{escape(name)}">{cell}</td>'
            for name, cell in zip(names, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="table"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def file_html(document: Document) -> str:
    """Its file, below a title."""
    return f'<span class="file">{escape(document.id)}</span>'


def chips_html(questions: Sequence[str]) -> str:
    chips = "".join(
        f'<button type="button" class="chip" value="{escape(q)}">{escape(q)}</button>'
        for q in questions
    )
    return f'<div class="chips" role="group" aria-label="Example questions">{chips}</div>'


def welcome_html(documents: Sequence[Document]) -> str:
    words = "Ask a question. Every answer links to the words it rests on."
    if not documents:
        words = "The library is empty. Open the Library tab and drop in your first transcript: "
        words += f"{FORMATS}."
    return f'<div class="welcome">{escape(words)}</div>'
