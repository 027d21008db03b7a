"""The tree of a web page -> its blocks of text in order, as the text reader knows them.

A block is a paragraph, heading, list entry or table cell. What a reader of the page would not see
(tooltips, notes for screen readers) is kept apart and never reaches a block. The tree is walked
with a loop, as pages nest deeper than Python calls may.
"""

from __future__ import annotations

import re
from collections import Counter

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from ..clock import CLOCK
from .blocks import Block, Cell
from .html_page import Aside, Moment, OpenElement, Page
from .runs import (
    APART,
    BESIDE_LABEL,
    BOLD,
    BREAK,
    HEADINGS,
    PLAIN,
    SPEAKER,
    Run,
    is_label,
    lines_of,
)

HIDDEN = "hidden on the page"
FOOTNOTE = "a footnote's mark"
TOOLTIP = "a tooltip"

_BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html iframe legend "
    "li main menu nav noscript ol optgroup option p pre search section select summary table tbody "
    "td textarea tfoot th thead tr ul".split()
)
_SKIPPED_TAGS = frozenset("script style template head link meta source track col param".split())
_BOLD_TAGS = frozenset("b strong cite".split())
_HIDDEN_CLASSES = frozenset(
    "hidden sr-only visually-hidden visuallyhidden screen-reader-text screenreader-only d-none "
    "u-hidden is-hidden show-for-sr offscreen".split()
)
_TOOLTIP_TOKEN = re.compile(
    r"(?!with|has|show|no|js-)(?:[a-z0-9]+[-_]+)*(?:tool-?tip|popover)(?:$|[-_]|text)"
)
_SPEAKER_TOKEN = re.compile(
    r"(?:[a-z0-9]+[-_]+)*(?:speaker|talker|nick|sender|author|username|from_name)"
    r"(?:[-_]*(?:name|label))?"
)  # fmt: skip
_TIME_TOKEN = re.compile(r"(?:[a-z0-9]+[-_]+)*(?:time|timestamp|timecode|time-?code|tc|clock)")
_PAGE_TOKEN = re.compile(r"(?:page|pf|pg)[-_]?[0-9a-f]{1,5}")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_BOLD_STYLE = re.compile(r"font(?:-weight)?\s*:[^;]*\b(?:bold|bolder|[6-9]00)\b", re.I)
_BLOCK_STYLE = re.compile(r"display\s*:\s*(?:block|flex|grid|list-item|table)", re.I)
_NOTE_MARK = re.compile(r"\[\w{1,4}\]|[*†‡§]+|\d{1,3}")
_CLOCK = re.compile(rf"\s*\[?{CLOCK}\]?\s*")
_SPACES = re.compile(r"[\s\u00a0]+")
_MAX_HIDDEN_CHARS = 600  # more than a tooltip holds: a transcript folded away is still one
_MAX_SPEAKER_CHARS = 100
_MAX_HIDDEN_NODES = 500
_MAX_LOOKED_AT = 60
_MAX_ATTRIBUTE_CHARS = 2000
_MAX_STYLE_CHARS = 500


def read_page(text: str) -> Page:
    """Parse a page and walk its tree. What would take too long is html_guard's to refuse."""
    # Without events: with them, a list of 100,000 options takes minutes.
    tree = LexborHTMLParser(text, options=LexborDocumentOptions.WO_EVENTS)
    styles = "\n".join(style.text(deep=True) for style in tree.css("style"))
    walk = _Walk(_bold_classes(styles))
    if tree.root is not None:
        _walk(tree.root, walk)
    page = walk.page
    for block, runs, preformatted in zip(page.blocks, walk.runs, walk.preformatted, strict=True):
        block.lines, numbering = lines_of(
            runs, block.tag, walk.speaker_classes, preformatted=preformatted
        )
        page.asides.extend(Aside(block.number, mark, BESIDE_LABEL) for mark in numbering)
    _read_head(tree, page)
    return page


def _walk(root: LexborNode, walk: _Walk) -> None:
    """Enter and leave each node in page order."""
    node: LexborNode | None = root
    while node is not None:
        child = node.first_child if walk.enter(node) else None
        if child is not None:
            node = child
            continue
        while node is not None:
            walk.leave(node)
            if node.mem_id == root.mem_id:
                node = None
            elif (after := node.next) is not None:
                node = after
                break
            else:
                node = node.parent
    walk.flush()


def _read_head(tree: LexborHTMLParser, page: Page) -> None:
    """What the page says about itself for machines."""
    title = tree.css_first("head title")
    page.title = _collapsed(title.text(deep=True)) if title is not None else ""
    html = tree.css_first("html")
    page.language = (html.attributes.get("lang") or "").strip() if html is not None else ""
    for meta in tree.css("meta"):
        values = meta.attributes
        name = values.get("property") or values.get("name") or values.get("itemprop") or ""
        page.metas.setdefault(name.casefold(), _collapsed(values.get("content") or ""))
    page.data = [
        script.text(deep=True) for script in tree.css('script[type="application/ld+json"]')
    ]


def _bold_classes(styles: str) -> frozenset[str]:
    """The classes whose rules say bold: of "body .nk {font-weight: bold}" it is nk."""
    found: set[str] = set()
    for rule in styles.split("}"):
        selectors, _, declarations = rule.rpartition("{")
        if _BOLD_STYLE.search(declarations[:_MAX_STYLE_CHARS]):
            for selector in selectors[-_MAX_ATTRIBUTE_CHARS:].split(","):
                match = re.search(r"\.([\w-]+)$", selector.strip())
                if match:
                    found.add(match[1].casefold())
    return frozenset(found)


class _Walk:
    """The state of one walk over a tree."""

    def __init__(self, bold_classes: frozenset[str]) -> None:
        self.page = Page()
        self.speaker_classes: Counter[str] = Counter()
        self.runs: list[list[Run]] = []  # of each block
        self.preformatted: list[bool] = []
        self._bold_classes = bold_classes
        self._open: list[OpenElement] = []
        self._tables: list[OpenElement] = []
        self._entered: list[bool] = []
        self._runs: list[Run] = []
        self._chars = 0
        self._linked = 0
        self._flushes = 0

    def enter(self, node: LexborNode) -> bool:
        """Take the node in; returns whether its children are to be read too."""
        goes_in = self._enter(node)
        self._entered.append(goes_in and node.is_element_node)
        return goes_in

    def leave(self, node: LexborNode) -> None:
        if self._entered.pop():
            self._close(self._open.pop())

    def flush(self) -> None:
        """End the block, if it holds words."""
        if any(run.kind in (PLAIN, BOLD, APART) and not run.text.isspace() for run in self._runs):
            around = next(one for one in reversed(self._open) if one.block)
            cell = None
            if self._tables and self._tables[-1].columns >= 0:
                table = self._tables[-1]
                cell = Cell(table.index, table.rows, table.columns)
            number = len(self.page.blocks) + 1
            block = Block(number, around.tag, [], cell, around.index, self._chars, self._linked)
            self.page.blocks.append(block)
            self.runs.append(self._runs)
            self.preformatted.append(around.pre)
        self._runs = []
        self._flushes += 1
        self._chars = self._linked = 0

    def _enter(self, node: LexborNode) -> bool:
        if node.is_text_node:
            self._text(node.text_content or "")
            return False
        if not node.is_element_node:
            return False
        tag = node.tag or ""
        if tag in _SKIPPED_TAGS:
            return False
        if tag == "br":
            self._runs.append(Run("\n", BREAK))
            return False
        attributes = node.attributes
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        hints = names[:_MAX_ATTRIBUTE_CHARS].casefold()
        style = (attributes.get("style") or "")[:_MAX_STYLE_CHARS]
        if self._is_hidden(node, tag, attributes, hints.split(), style):
            return False
        block = tag in _BLOCK_TAGS or "-" in tag or bool(style and _BLOCK_STYLE.search(style))
        if block:
            self.flush()
        self._push(tag, block, hints, attributes, style)
        return True

    def _push(
        self, tag: str, block: bool, hints: str, attributes: dict[str, str | None], style: str
    ) -> None:
        page, above = self.page, self._open[-1] if self._open else None
        index = len(page.tags)
        page.parents.append(above.index if above else -1)
        page.tags.append(tag)
        page.hints.append(f"{hints} role={attributes.get('role') or ''}" if block else "")
        tokens = hints.split()
        bold = tag in _BOLD_TAGS or not self._bold_classes.isdisjoint(tokens)
        opened = OpenElement(
            index,
            tag,
            block,
            bold=bold or (bool(style) and _BOLD_STYLE.search(style) is not None)
            or (above is not None and above.bold and not block),
            link=tag == "a" or (above is not None and above.link),
            pre=tag in ("pre", "textarea") or (above is not None and above.pre),
            flushes=self._flushes,
            runs_before=len(self._runs),
        )  # fmt: skip
        opened.speaker = next((token for token in tokens if _SPEAKER_TOKEN.fullmatch(token)), "")
        opened.time = tag == "time" or any(_TIME_TOKEN.fullmatch(token) for token in tokens)
        opened.place = "p-location" in tokens or attributes.get("itemprop") == "location"
        if tag == "time":
            around = f"{hints} {attributes.get('itemprop') or ''} {page.hints[self._around()]}"
            moment = Moment(len(page.blocks) + 1, attributes.get("datetime") or "", around)
            page.moments.append(moment)
        if block and any(_PAGE_TOKEN.fullmatch(token) for token in tokens):
            page.page_starts.add(len(page.blocks) + 1)
        if tag == "table":
            page.layout_tables.update(table.index for table in self._tables)
            self._tables.append(opened)
        elif tag == "tr" and self._tables:
            self._tables[-1].rows += 1
            self._tables[-1].columns = -1
        elif tag in ("td", "th") and self._tables:
            self._tables[-1].columns += 1
        self._open.append(opened)
        self._title(tag, attributes)

    def _around(self) -> int:
        """The innermost block that is open."""
        return next((one.index for one in reversed(self._open) if one.block), 0)

    def _title(self, tag: str, attributes: dict[str, str | None]) -> None:
        """Keep what the mouse would show over words; over pictures and links it says nothing."""
        title = attributes.get("title")
        if title and tag in ("abbr", "span", "b", "strong", "cite", "i", "em", "dfn"):
            self.page.asides.append(Aside(len(self.page.blocks) + 1, title, TOOLTIP))

    def _close(self, closed: OpenElement) -> None:
        if closed.flushes != self._flushes:
            closed.runs_before = 0
        since = self._runs[closed.runs_before :]
        said = "".join(run.text for run in since if run.kind in (PLAIN, BOLD, APART))
        if closed.place and said.strip():
            self.page.places.append((len(self.page.blocks) + 1, _collapsed(said)))
        if closed.time and not closed.pre and since and _CLOCK.fullmatch(said):
            self._runs[closed.runs_before :] = [Run(f" [{said.strip(' []')}] ", PLAIN)]
        speaker = closed.speaker and 0 < len(said.strip()) <= _MAX_SPEAKER_CHARS
        if speaker and not closed.pre and not said.rstrip().endswith((":", "：")):
            self.speaker_classes[closed.speaker] += 1
            self._runs[closed.runs_before :] = [
                Run(run.text, BOLD if run.kind == PLAIN else run.kind) for run in since
            ]
            self._runs.append(Run(closed.speaker, SPEAKER))
        elif not closed.block and self._begins_line(closed) and is_label(said):
            self._runs[closed.runs_before :] = [Run(said, APART)]
        if closed.block:
            self._open.append(closed)  # its last words are within it
            self.flush()
            self._open.pop()
        if closed.tag == "table":
            self._tables.pop()

    def _begins_line(self, closed: OpenElement) -> bool:
        """Whether an element that is no print in bold holds the first words of its line."""
        if closed.bold or closed.pre or closed.link:
            return False
        before = self._runs[: closed.runs_before][-2:]
        return all(run.kind == BREAK or run.text.isspace() for run in before)

    def _text(self, text: str) -> None:
        if not self._open or not text:
            return
        around = self._open[-1]
        if around.tag == "sup" and self._is_note(text):
            self.page.asides.append(Aside(len(self.page.blocks) + 1, text.strip(), FOOTNOTE))
            return
        kind = BOLD if around.bold and around.tag not in HEADINGS else PLAIN
        if around.pre and "\n" in text:
            for number, line in enumerate(text.split("\n")):
                if number:
                    self._runs.append(Run("\n", BREAK))
                if line:
                    self._runs.append(Run(line.rstrip("\r"), kind))
        else:
            # Spaces in the source are one; those that do not break are as many as there are.
            self._runs.append(Run(re.sub(r"[ \t\r\n\f]+", " ", text), kind))
        length = len(text.strip())
        self._chars += length
        if around.link:
            self._linked += length

    def _is_note(self, text: str) -> bool:
        """Whether raised words are a footnote's mark, and not the "th" of a date or a power."""
        mark = text.strip()
        if not _NOTE_MARK.fullmatch(mark):
            return False
        return not mark.isdecimal() or self._open[-1].bold or self._open[-1].link

    def _is_hidden(
        self,
        node: LexborNode,
        tag: str,
        attributes: dict[str, str | None],
        tokens: list[str],
        style: str,
    ) -> bool:
        """Whether the element isn't shown with the text; its words are kept as an aside then."""
        note = tag == "sup" and node.first_child is not None and _is_reference(node)
        tooltip = attributes.get("role") == "tooltip" or (
            any(_TOOLTIP_TOKEN.match(token) for token in tokens) and _is_box(node, tag, attributes)
        )
        hidden = (
            "hidden" in attributes
            or attributes.get("aria-hidden") == "true"
            or not _HIDDEN_CLASSES.isdisjoint(tokens)
            or bool(style and _HIDDEN_STYLE.search(style))
        )
        if not (note or tooltip or hidden):
            return False
        text = _short_text(node)
        if text is None:
            return False
        if text:
            why = FOOTNOTE if note else TOOLTIP if tooltip else HIDDEN
            self.page.asides.append(Aside(len(self.page.blocks) + 1, text, why))
        return True


def _is_reference(sup: LexborNode) -> bool:
    """Whether raised words link to a note: <sup><a href="#n1">1</a></sup>."""
    child = sup.first_child
    mark = sup.text(strip=True)
    return child is not None and child.tag == "a" and _NOTE_MARK.fullmatch(mark) is not None


def _is_box(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
    """Whether an element called a tooltip is the box that pops up, not the words it hangs on."""
    nested = shown = False
    looked_at = 0
    for inner in node.traverse(include_text=True):
        looked_at += 1
        if looked_at > _MAX_LOOKED_AT:
            break
        if inner.mem_id == node.mem_id:
            continue
        if inner.is_text_node:
            parent = inner.parent
            direct = parent is not None and parent.mem_id == node.mem_id
            shown = shown or (direct and bool((inner.text_content or "").strip()))
        elif "tool" in (inner.attributes.get("class") or ""):
            nested = True
    if nested and shown:
        return False
    carries = any(name == "title" or name.startswith("data-") for name in attributes)
    return nested or not (tag in ("a", "abbr", "button") or carries)


def _short_text(node: LexborNode) -> str | None:
    """The words within; None where there are more than a tooltip or a note would hold."""
    words: list[str] = []
    chars = 0
    for looked_at, inner in enumerate(node.traverse(include_text=True, skip_empty=True)):
        if inner.is_text_node:
            words.append(inner.text_content or "")
            chars += len(words[-1])
        if chars > _MAX_HIDDEN_CHARS or looked_at > _MAX_HIDDEN_NODES:
            return None
    return _collapsed(" ".join(words))


def _collapsed(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
