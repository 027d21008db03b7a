"""Whether a sentence of a language model says that the passages do not answer; pure.

A denial beside a word for what was sent ("none of the passages say"), or the model speaking of
itself ("I couldn't find"), however it is put.
"""

from __future__ import annotations

import re

# What the model was sent, and the talk itself, which may also fail at other things than telling.
_SENT = (
    r"(?:passages?|transcripts?|sources?|excerpts?|extracts?|texts?|documents?|context|materials?|"
    r"information|snippets?|(?:anything|what|everything)\s+(?:i|you|that|was|is|has)\s+(?:was\s+|"
    r"have\s+|were\s+)?(?:been\s+)?(?:given|provided|sent|have|gave|shared|shown|available|said))"
)
_TALK = (
    r"(?:conversations?|discussions?|interviews?|meetings?|briefings?|hearings?|podcasts?|episodes?|"
    r"records?|recordings?|speakers?|sessions?|debates?|talks?|minutes|participants?|guests?)"
)
_NOT = r"(?:not|n['’]t|never|no|none|nothing|nobody|no\s+one|nowhere|neither|without)"
_SAY = (
    r"(?:mention|contain|includ|provid|say|said|stat(?:e|ing)|specif|discuss|address|answer|giv|gave|"
    r"reveal|indicat|cover|tell|told|describ|refer|talk|explain|identif|touch|disclos|note|speak|"
    r"spoke|c[oa]mes?\s+up|appear|clarif|elaborat|go(?:es)?\s+into|went\s+into|found)"
)
_TELL = (
    rf"(?:{_SAY}|offer|name|list|record|ha(?:ve|s)|find|bring|brought|rais|shed|deal|support|"
    r"available|present|clear|possible|known|details?|data|reference|remarks?|figure|matter|hint|"
    r"statement|indication|trace|word)"
)
_NEAR = r"(?:[\w’'-]+\s+){0,7}?"
_I = r"\bi(?:['’]m|['’]ve|\s+am|\s+was|\s+have)?\b"
# "No information about it", where it isn't part of a longer name.
_NEWS = (
    r"(?:information|mention|details?|data|reference|record|answer|indication|word|hint|statement)"
    r"(?=\s*[.,]|\s*$|\s+(?:about|on|of|in|as|that|here|available|to|for|given|provided|whether|who|"
    r"regarding|concerning|what|when|where|why|how)\b)"
)
_REFUSES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # What was sent does not tell.
        *(
            pattern
            for source, tells in ((_SENT, _TELL), (_TALK, _SAY))
            for pattern in (
                rf"\b{source}\b[^.;:]{{0,60}}?\s?{_NOT}\s+{_NEAR}{tells}\w*",
                rf"\b{source}\b[^.;:]{{0,30}}?\b(?:say|give|tell|contain|offer|provide)s?\s+(?:no|nothing)\b",
                rf"\b(?:none|neither|nothing|no\s?(?:body|one|where)?|any(?:one|thing)?)\s+"
                rf"(?:(?:of|in|among|from|said)\s+)*(?:(?:the|these|this|those|your|my|all|any|what)"
                rf"\s+)*(?:\w+\s+){{0,2}}?{source}\b[^.;:]{{0,40}}?\b{tells}\w*",
                rf"{_NOT}\s+{_NEAR}{tells}\w*\s+{_NEAR}(?:in|by|within|from|anywhere|of|on)\s+"
                rf"{_NEAR}{source}\b",
                rf"{_NOT}\s+(?:something|anything|a\s+(?:topic|subject|matter|question))\s+"
                rf"[^.;]*?\b{source}\b",
                rf"\bthere\s*(?:['’]s|\s+is)\s+nothing\b[^.;]*\b{source}\b",
                rf"\b{source}\b[^.;:]{{0,40}}?\b(?:(?:is|are|was|were|remains?|stays?)\s+silent|"
                r"lacks?\b|leaves?\s+(?:it|this|that)\s+open)",
                rf"\b(?:absent|missing|left\s+out|unclear|unknown)\s+(?:from|in|of)\s+{_NEAR}{source}\b",
            )
        ),
        # The model cannot tell.
        rf"{_I}[^.,;:“\"]{{0,30}}?(?:\b(?:not|cannot|can\s?not|unable|nothing|no|never)|n['’]t)\s+"
        rf"{_NEAR}(?:answer|find|found|determine|know|have|tell|provide|locate|seen?|saw|say|"
        r"confirm|identify|spot|come\s+across|help|respond|establish|information|details?|mention|"
        r"give|offer|work\s+out|infer|sure|certain)\b",
        rf"{_I}[^.;:“\"]{{0,80}}?\b(?:found|find|saw|see|have|had|got)\s+(?:no|nothing|none|not)\b",
        r"\bthere\s*(?:['’]s|\s+(?:is|are|was|were))\s+(?:simply\s+|just\s+|also\s+)?(?:no|nothing|not\s+"
        rf"enough|insufficient|n['’]t\s+(?:any|enough))\s+(?:\w+\s+)?{_NEWS}",
        rf"^\W*(?:sorry|unfortunately)?\W*no\s+(?:such\s+)?{_NEWS}",
        r"\b(?:cannot|can\s?not|can['’]t|could\s?(?:not|n['’]t))\s+be\s+(?:answered|determined|"
        r"inferred|told|established)\b",
        r"^(?:unfortunately,?\s+)?(?:not|nothing)\s+(?:\w+\s+)?(?:mentioned|stated|specified|found|"
        r"discussed|said|given|in\b)",
        r"\b(?:it\s+is|it['’]s)\s+(?:not\s+(?:clear|possible|stated|specified|mentioned|known)|"
        r"unclear|impossible|unknown)\b[^.]*\b(?:from|in|based\s+on)\s+(?:the|these|this|what)\b",
    )
]
# What turns a refusal into an answer within one sentence.
_YET = re.compile(r"[,;]\s*(?:but|although|though|however|while|yet|except)\b", re.IGNORECASE)


def says_not_there(sentence: str) -> bool:
    """Whether a sentence says nothing but that the passages do not tell."""
    plain = re.sub(r"“[^”]*”|\"[^\"]*\"", " ", sentence)
    for pattern in _REFUSES:
        match = pattern.search(plain)
        if match and not _YET.search(plain, match.end()):
            return True
    return False
