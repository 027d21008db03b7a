"""Whether a page can be parsed in bounded time and memory, told from its tags alone.

The parser builds what browsers would. That takes steps quadratic in how deep elements nest (each
start tag looks back through all that are open) and in the attributes of one tag, and it copies
every unclosed <font> or <b> into each new paragraph: 200 kB can ask for gigabytes.
"""

from __future__ import annotations

import re
from collections import Counter

# Steps and nodes that take a second or two, and the size of page that fits 1 GB of memory.
_MAX_STEPS = 500_000_000
_MAX_COPIES = 3_000_000
_MAX_TAGS = 6_000_000
_MAX_CHARS = 60_000_000
_LONG_TAG_CHARS = 2000

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^>]*)>?")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr basefont frame".split()
)
_CLOSED_BY_OTHERS = frozenset(
    "p li dt dd tr td th option optgroup tbody thead tfoot colgroup caption rt rp html head "
    "body".split()
)
_RAW = frozenset("script style textarea title xmp iframe noembed noframes plaintext".split())
_COPIED = frozenset("b big code em font i s small strike strong tt u nobr".split())
_MAX_EQUAL_COPIES = 3  # the parser keeps no more of equal ones


def why_not_parsed(text: str) -> str | None:
    """The fault and the way out, where the page would take too long; else None."""
    if len(text) > _MAX_CHARS:
        return "is a page of more than 60 MB; save the transcript on it as text (.txt)"
    if text.count("<") > _MAX_TAGS or _is_bomb(text):
        return "holds more markup than can be read; save the transcript on it as text (.txt)"
    return None


def _is_bomb(text: str) -> bool:
    open_tags: Counter[str] = Counter()
    copied: dict[str, list[str]] = {}  # unclosed tags, as they are written, by name
    equal: Counter[str] = Counter()
    depth = steps = copies = to_copy = position = 0
    lower = ""
    while (match := _next_tag(text, position)) is not None:
        closing, name, attributes = match.group(1), match.group(2).lower(), match.group(3)
        position = match.end()
        if name in _RAW and not closing:
            lower = lower or text.lower()
            end = lower.find(f"</{name}", position)
            if end < 0:
                break
            position = end
            continue
        steps += depth
        if len(attributes) > _LONG_TAG_CHARS:
            steps += len(_QUOTED.sub("", attributes).split()) ** 2
        if closing:
            if open_tags[name]:
                open_tags[name] -= 1
                depth -= 1
                if name in _COPIED:
                    written = copied[name].pop()
                    equal[written] -= 1
                    to_copy -= equal[written] < _MAX_EQUAL_COPIES
        elif name in _CLOSED_BY_OTHERS:
            copies += to_copy
        elif name not in _VOID and not attributes.endswith("/"):
            open_tags[name] += 1
            depth += 1
            if name in _COPIED:
                written = name + attributes
                to_copy += equal[written] < _MAX_EQUAL_COPIES
                equal[written] += 1
                copied.setdefault(name, []).append(written)
            else:
                copies += to_copy
        if steps > _MAX_STEPS or copies > _MAX_COPIES:
            return True
    return False


def _next_tag(text: str, position: int) -> re.Match[str] | None:
    """The next tag that is in no comment."""
    while (match := _TAG.search(text, position)) is not None:
        comment = text.find("<!--", position, match.start())
        if comment < 0:
            return match
        end = text.find("-->", comment + 4)
        if end < 0:
            return None
        position = end + 3
    return None
