"""What frames a question without being what it is about, and what is left: its subject.

"Summarize the discussion about the budget", "What did they say about the budget?" and "Can you
tell me about the budget?" have one subject: "the budget". The frames are those that people use
most over meetings and interviews.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# What joins names that are taken alike.
AND = re.compile(r"\s*(?:,|,?\s+and|,?\s+or)\s+(?:the\s+)?", re.IGNORECASE)
_GROUP = (
    r"(?:the\s+|their\s+|our\s+)?(?:\w+\s+)?(?:team(?:\s*mates|\s+members)?|group(?:\s*mates)?|"
    r"meeting|committee|participants?|speakers?|members|people|leaders|guests?|sides?|"
    r"parties|presidents|everyone|everybody|they|we|he|she|you)(?:['’]s?)?"
)
_TALK = (
    r"(?:discussions?|debates?|conversations?|talks?|presentations?|details?|questioning|"
    r"questions?|answers?|inquiries|opinions?|views?|thoughts?|ideas?|conclusions?|decisions?|"
    r"evaluations?|comments?|remarks?|attitudes?|positions?|recap|statements?|suggestions?|"
    r"explanations?|exchange|reactions?|responses?|take|stance|perspectives?)"
)
_ON = r"(?:about|on|of|towards?|regarding|concerning|for|over|around|to|with\s+regard\s+to)"
_ABOUT = r"(?:about|on|of|over|regarding|concerning|towards?|to|with)"
_VERB = (
    r"(?:say|said|think|thought|talk|talked|speak|spoke|discuss|discussed|mention|mentioned|feel|"
    r"tell|told|comment|commented|believe|reply|respond|answer|state|elaborate|describe|explain|"
    r"call|ask|asked|conclude|propose|suggest|recommend|decide|agree)"
)
_DIGEST = (
    r"(?:summary|overview|recap|outline|digest|gist|highlights|takeaways|"
    r"(?:main|key|central|important)\s+(?:points|messages|statements|arguments|themes|takeaways))"
)
_BE = r"(?:is|was|are|were|has\s+been|have\s+been)"
_POLITE = re.compile(
    r"^(?:(?:and|so|ok(?:ay)?|well|hi|hello|please|now)[,\s]+)*(?:(?:can|could|would|will)\s+you\s+"
    r"(?:please\s+)?|please\s+|i(?:['’]d|\s+would)\s+like\s+(?:you\s+)?to\s+|i\s+want\s+to\s+|"
    r"do\s+you\s+|does\s+anyone\s+)?(?:tell\s+(?:me|us)|let\s+me\s+know|know|show\s+me|give\s+me|"
    r"find(?:\s+out)?|help\s+me\s+(?:find|understand))\s+(?:about\s+|please\s+)?|^please\s+",
    re.IGNORECASE,
)
_ACCORDING = re.compile(r",?\s*\baccording\s+to\s+(?P<who>[^,?]+?)(?:,|(?=\?)|$)", re.IGNORECASE)
_OPENINGS = [
    re.compile(rf"^{opening}\s+(?P<rest>\S.*)$", re.IGNORECASE | re.DOTALL)
    for opening in (
        rf"(?:s?ummari[sz]e|describe)\s+(?:the\s+)?{_TALK}\s+(?:of|by|from)\s+\x00\s+{_ON}",
        rf"(?:(?:s?ummari[sz]e|describe)\s+)?\x00['’]?s?\s+(?:\w+\s+)?{_TALK}\s+{_ON}",
        rf"(?:s?ummari[sz]e|describe|outline|explain|recap|list|sum\s+up|give\s+(?:a|the)\s+summary\s+of)"
        rf"\s+(?:(?:the|their|all|whole|{_GROUP}|[\w'’.-]+)\s+){{0,4}}?{_TALK}"
        rf"(?:\s+and\s+{_TALK})?\s+{_ON}",
        rf"(?:s?ummari[sz]e|describe|explain)\s+what\s+{_BE}\s+(?:said|discussed|mentioned)\s+{_ABOUT}",
        rf"(?:s?ummari[sz]e|describe|explain)\s+what\s+(?:{_GROUP}|\x00)\s+{_VERB}\s+{_ABOUT}",
        rf"(?:give\s+(?:an?\s+|the\s+)?|what\s+{_BE}\s+)?(?:an?\s+|the\s+)?(?:\w+\s+)?{_DIGEST}\s+(?:of|on|about|"
        rf"from|in|made\s+(?:on|about))(?:\s+(?:the\s+)?{_TALK}\s+{_ON})?",
        r"(?:s?ummari[sz]e|describe|outline|recap|sum\s+up)",
        rf"(?:what|how|which)\s+(?:did|does|do|has|have)\s+(?:{_GROUP}|\x00)\s+"
        rf"(?:\w+ly\s+|also\s+)?(?:have\s+to\s+)?{_VERB}\s+(?:\w+\s+)?{_ABOUT}",
        rf"what\s+(?:did|does|do)\s+(?:{_GROUP}|\x00)\s+(?:discuss|mention|describe|explain)",
        rf"what\s+{_BE}\s+(?:said|discussed|mentioned|decided|talked|agreed|concluded)\s+{_ABOUT}",
        rf"what(?:\s+{_BE}|['’]s)\s+(?:the\s+|their\s+|\x00['’]?s?\s+|{_GROUP}\s+)?(?:\w+\s+)?{_TALK}"
        rf"(?:\s+(?:of|by|from)\s+(?:{_GROUP}|\x00))?\s+{_ON}",
        rf"what\s+{_TALK}\s+(?:did|does|do)\s+(?:{_GROUP}|\x00)\s+(?:have|hold|give|express|make)\s+{_ON}",
        rf"(?:{_BE}\s+there|did\s+(?:{_GROUP}|anyone|\x00))\s+(?:any\s+)?(?:{_VERB}|{_TALK})\s+{_ABOUT}",
    )
]
_EACH = re.compile(
    r"\b(?:each|either|both|every|the\s+two|all)\s+(?:of\s+(?:the\s+)?)?(?:\w+\s+)?(?:sides?|leaders?|"
    r"presidents?|part(?:y|ies)|speakers?|participants?|delegations?|ministers?|candidates?|persons?|"
    r"them|countr(?:y|ies)|teams?)\b|\beveryone\b|\beverybody\b",
    re.IGNORECASE,
)
# "What sum did the two sides agree on?"
_ONE_FOR_ALL = re.compile(
    rf"what\s+(?!(?:{_BE}|did|do|does)\b)\w+\s+.+\bagree(?:d|ment)?\b", re.IGNORECASE
)
_SAYS = re.compile(rf"\b(?:{_VERB}|{_TALK})\b", re.IGNORECASE)
_BROAD = re.compile(
    rf"^(?:(?:can|could|would)\s+you\s+)?(?:please\s+)?(?:s?ummari[sz]e|sum\s+up|recap|outline)\b"
    rf"|^(?:please\s+)?(?:give\s+(?:me\s+|us\s+)?|what\s+{_BE}\s+|list\s+)?(?:an?\s+|the\s+)?(?:\w+\s+)?{_DIGEST}\b"
    rf"|^what\s+(?:{_BE}|all\s+was)\s+(?:said|discussed|talked|debated)(?:\s*$|\s*\?|\s+{_ABOUT}\b)"
    rf"|^what\s+did\s+(?:they|people|the\s+(?:speakers|participants|group|team|guests|hosts))\s+"
    rf"(?:say|discuss|talk|think)(?:\s*$|\s*\?|\s+{_ABOUT}\b|\s+the\b)"
    r"|^(?:what|which)\s+(?:\w+\s+)?(?:topics|subjects|themes|issues)\s+(?:were|are|did\s+they)\s+"
    r"(?:discuss(?:ed)?|covered|raised|talk(?:ed)?\s+about|addressed)\s*\?*$"
    rf"|^(?:describe|explain)\s+the\s+(?:discussion|debate|conversation|exchange)s?\b"
    rf"|^what\s+(?:{_BE}\s+)?(?:the\s+)?(?:different\s+|various\s+)?(?:views|opinions|positions|attitudes)\s+"
    rf"(?:{_BE}\s+)?(?:on|about|of|towards?|expressed|given)\b"
    rf"|^(?:please\s+)?tell\s+(?:me|us)\s+(?:more\s+|everything\s+)?about\b",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r",?\s*\b(?:when|while|during|in)\s+(?:(?:they|the\s+\w+|he|she)\s+(?:was|were)\s+)?"
    r"(?:(?:the|their|his|her)\s+)?(?:discussing|talking\s+about|presenting|discussion\s+(?:of|about|on)|"
    r"presentation\s+(?:of|about|on))\s+(?=\S)",
    re.IGNORECASE,
)
_IN_HERE = re.compile(
    r"\s*\b(?:in|at|during|from)\s+(?:the|this|that|these|our)\s+(?:(?!next\b)\w+\s+)?(?:transcripts?|meetings?|"
    r"interviews?|text|episodes?|conversations?|recordings?|sessions?)(?=\s*[?.!]*$)",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"[“„”\"](?P<a>[^“”„\"]+)[”“\"]|«(?P<b>[^«»]+)»|»(?P<c>[^«»]+)«"
    r"|(?<![\w’'])['‘](?P<d>\w[^'’‘]*(?:['’]\w[^'’‘]*)*)['’](?![\w])"
)


def subject_of(text: str, speakers: Sequence[tuple[int, int]] = ()) -> str:
    """The question without its frame, a phrase as it stands there; all of it where that is empty.

    `speakers` are the places (start, end) of people whose words are asked for: they are frame.
    """
    masked, names = _masked(text, speakers)
    masked = _ACCORDING.sub(lambda m: " " if "\x00" in m["who"] else m.group(), masked)
    masked = without_courtesy(masked.strip()).strip()
    for opening in _OPENINGS:
        if match := opening.match(masked):
            subject = _clean(_INSIDE.sub(", ", _IN_HERE.sub("", match["rest"])), names)
            return subject or _clean(text)
    return _clean(masked, names) or _clean(text)


def without_courtesy(text: str) -> str:
    """ "Can you tell me who said that?" -> "who said that?"."""
    return _POLITE.sub("", text, count=1) or text


def is_broad(text: str) -> bool:
    """Whether all that was said on a subject is asked for, not one thing of it."""
    return _BROAD.search(text) is not None


def is_of_each(text: str) -> bool:
    """Whether what each of several people said is: "What did each side say about trade?"."""
    each = _EACH.search(text)
    return (
        each is not None
        and re.match(r"what|how|summ", text, re.I) is not None
        and bool(_SAYS.search(text[each.end() :]))
        and not _ONE_FOR_ALL.match(text)
    )


def _masked(text: str, speakers: Sequence[tuple[int, int]]) -> tuple[str, list[str]]:
    """The text with a sign for each of the speakers, those joined by "and" under one, and what
    the signs stand for."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(speakers):
        if joined and AND.fullmatch(text[joined[-1][1] : start]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    names: list[str] = []
    for start, end in reversed(joined):
        start -= 4 * text[:start].lower().endswith("the ")
        names.insert(0, text[start:end])
        text = f"{text[:start]}\x00{text[end:]}"
    return text, names


def phrases_of(text: str) -> tuple[str, ...]:
    """What stands in quotation marks, straight, curly, German or French, in order."""
    found = (
        next(filter(None, match.groups())).strip(" ,.;:!?") for match in _QUOTED.finditer(text)
    )
    return tuple(dict.fromkeys(phrase for phrase in found if phrase))


def _clean(text: str, names: Sequence[str] = ()) -> str:
    """The text on one line, signs resolved, without the marks around it."""
    left = iter(names[len(names) - text.count("\x00") :])
    text = re.sub("\x00", lambda _: next(left, ""), text)
    return re.sub(r"\s+([,?.!])", r"\1", " ".join(text.split())).strip(" ,?.!¿¡")
