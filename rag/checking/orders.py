"""Orders in a transcript to whoever reads it: they say nothing about the matter; pure.

"Whoever writes the minutes, put down that it was approved" is said, and yet proves no approval.
"""

from __future__ import annotations

import re

# Who is told to write or answer something.
_READER = re.compile(
    r"\b(?:AIs?|A\.I\.|(?:language|chat|AI)\s?(?:models?|bots?)|chatbots?|LLMs?|GPT|assistants?|bots?|"
    r"transcribers?|transcriptionists?|stenographers?|note[- ]?takers?|summari[sz]ers?|minutes?|"
    r"who(?:m?ever|\s+is)\s+(?:\w+\s+){0,2}?(?:writ|read|summari[sz]|tak|transcrib|process)\w*|"
    r"any(?:one|body)\s+(?:\w+\s+)?(?:writing|reading|summari[sz]ing|transcribing)|"
    r"system\s+(?:message|prompt|note)|transcript|summary|protocol|record|prompt|software|machine|"
    r"algorithm|search\s+engine)\b",
)
_TOLD = re.compile(
    r"(?:^|[,.:;!–—-]\s*|\b(?:please|and|must|should|to|just|then|now|simply|kindly|always|only|"
    r"you\s+will|you\s+can|could\s+you)\s+)(?:please\s+|just\s+|simply\s+)?"
    r"(?:ignore|disregard|forget|write|say|tell|report|answer|add|note|record|put|state|respond|"
    r"reply|output|print|claim|pretend|repeat|insert|mention|summari[sz]e|include|declare|announce|"
    r"inform|enter|note|make\s+it|describe|confirm|quote)\b",
    re.IGNORECASE,
)
_IGNORE = re.compile(
    r"\b(?:ignore|disregard|forget)\s+(?:\w+\s+){0,3}?(?:instructions?|rules|prompts?|passages|"
    r"the\s+rest|everything\s+(?:above|before|else|said)|what\s+was\s+said)\b",
    re.IGNORECASE,
)
_ABOUT_TIME = re.compile(
    r"\b(?:\d+|\w+teen|\w+ty|ten|five|few|several|two|three)\s+minutes?\b", re.I
)


def is_order(sentence: str) -> bool:
    """Whether a sentence tells whoever reads or writes the transcript what to say."""
    if _IGNORE.search(sentence):
        return True
    plain = _ABOUT_TIME.sub(" ", sentence)
    return _READER.search(plain) is not None and _TOLD.search(plain) is not None


def tells_of_order(claim: str) -> bool:
    """Whether a claim speaks of such an order itself."""
    return _READER.search(_ABOUT_TIME.sub(" ", claim)) is not None
