"""Whose words a question asks for: "What did Putin say about Tokayev?" asks for Putin's.

Rules of English word order around the place where a person is named, and nothing of who it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .frame import AND

# Verbs whose subject is asked for words or a mind, in the form after "did" and others.
VERBS = (
    r"(?:sa(?:y|ys|id|ying)|th(?:ink|inks|ought)|tell|tells|told|talk(?:s|ed)?|speaks?|spoke|"
    r"repl(?:y|ies|ied)|answer(?:s|ed)?|respond(?:s|ed)?|ask(?:s|ed)?|mention(?:s|ed)?|"
    r"describ(?:e|es|ed)|explain(?:s|ed)?|claim(?:s|ed)?|call(?:s|ed)?|believ(?:e|es|ed)|"
    r"argu(?:e|es|ed)|promis(?:e|es|ed)|announc(?:e|es|ed)|express(?:es|ed)?|expect(?:s|ed)?|"
    r"not(?:e|es|ed)|thank(?:s|ed)?|suggest(?:s|ed)?|add(?:s|ed)?|stat(?:e|es|ed)|"
    r"feels?|felt|wants?|wanted|hop(?:e|es|ed)|fear(?:s|ed)?|propos(?:e|es|ed)|"
    r"recommend(?:s|ed)?|disagree[sd]?|agree[sd]?|discuss(?:es|ed)?|rais(?:e|es|ed)|"
    r"stress(?:es|ed)?|emphasi[sz](?:e|es|ed)|insist(?:s|ed)?|warn(?:s|ed)?|predict(?:s|ed)?|"
    r"comment(?:s|ed)?|complain(?:s|ed)?|criticis(?:e|es|ed)|criticiz(?:e|es|ed)|prais(?:e|es|ed)|"
    r"characteri[sz](?:e|es|ed)|elaborat(?:e|es|ed)|clarif(?:y|ies|ied)|defend(?:s|ed)?|"
    r"justif(?:y|ies|ied)|report(?:s|ed)?|admit(?:s|ted)?|den(?:y|ies|ied)|doubt(?:s|ed)?|"
    r"conclud(?:e|es|ed)|remark(?:s|ed)?|point(?:s|ed)? out|bring up|brings up|brought up|"
    r"refer(?:s|red)? to|view(?:s|ed)?|see|sees|saw|prefer(?:s|red)?|oppos(?:e|es|ed)|"
    r"regard(?:s|ed)?|consider(?:s|ed)?|identif(?:y|ies|ied)|cit(?:e|es|ed)|advis(?:e|es|ed)|"
    r"object(?:s|ed)?|react(?:s|ed)?|mean|means|meant|compare[sd]?|introduc(?:e|es|ed)|"
    r"outlin(?:e|es|ed)|assert(?:s|ed)?|declar(?:e|es|ed)|offer(?:s|ed)?|intend(?:s|ed)?|"
    r"spell(?:s|ed)? out|commit(?:s|ted)? to|reject(?:s|ed)?|appreciat(?:e|es|ed)|present(?:s|ed)?|"
    r"plan(?:s|ned)?|wish(?:es|ed)?|like[sd]?|(?:come|came) up with|(?:put|bring|brought) forward)"
)  # fmt: skip
_OPINION = (
    r"(?:words?|views?|opinions?|telling|eyes|remarks?|speech|comments?|reactions?|responses?|"
    r"answers?|repl(?:y|ies)|statements?|thoughts?|take|stances?|positions?|attitudes?|"
    r"explanations?|arguments?|concerns?|advice|perspectives?|assessments?|criticisms?|"
    r"suggestions?|proposals?|recommendations?|conclusions?|reasons?|reasoning|claims?|"
    r"promises?|objections?|questions?|predictions?|impressions?|evaluation|disagreements?|"
    r"desires?|self-introduction|presentation|point of view|points)"
)
# Languages that put the verb first.
_VERB_BEFORE = re.compile(
    r"\b(?:sagte?|meinte?|denkt|erklärte?|antwortete|forderte?|dijo|dice|opin[óa]|piensa|respondió|"
    r"ha dicho|explicó|сказала?|говорила?|говорит|ответила?|думает|считает|a dit|dit|pense|"
    r"a répondu|a déclaré)\s+(?:(?:herrn?|frau|el|la|le|monsieur|madame|m\.|mme|señora?)\s+)?"
    r"(?:\w+(?:in|ent|er|[oa]r[ae]?)\s+)?$",
    re.IGNORECASE,
)  # fmt: skip
# German, which puts the verb last: "Was hat Frau Merkel über die Steuer gesagt?"
_HAS = re.compile(r"\b(?:hat|haben)\s+(?:herr|frau)?\s*$", re.IGNORECASE)
_SAID_LAST = re.compile(
    r"\b(?:gesagt|gemeint|erklärt|geantwortet|gefordert|angekündigt|vorgeschlagen)\W*$",
    re.IGNORECASE,
)
_DID = re.compile(r"\b(?:did|does|do)\s+(?:the\s+)?$", re.IGNORECASE)
_BY = re.compile(r"\b(?:according\s+to|said\s+by|told\s+by)\s+(?:the\s+)?$", re.IGNORECASE)
_BETWEEN = (
    r"(?:\s+(?:\w+ly|also|ever|first|then|not|really|once|himself|herself|themselves|later|"
    r"again|just|still|even|always|have to|need to|want to|have|has|had)|n['’]t|,)*"
)
_SUBJECT_OF = re.compile(rf"^{_BETWEEN}\s+{VERBS}\b", re.IGNORECASE)
_POSSESSOR = re.compile(rf"^\s?['’]s?\s+(?:[\w-]+\s+){{0,2}}?{_OPINION}\b", re.IGNORECASE)
_PASSIVE = re.compile(r"\b(?:was|were|is|are|been|being)\s+(?:the\s+)?$", re.IGNORECASE)
_SOURCE = re.compile(
    rf"\baccording\s+to\s+(?:the\s+)?$"
    rf"|(?<!['’]s )(?<!['’] )\b{_OPINION}\s+(?:from|by)\s+(?:the\s+)?$"
    rf"|(?<!['’]s )(?<!['’] )\b(?:words|remarks|statements?|answers?|promises|telling)\s+of\s+"
    rf"(?:the\s+)?$"
    rf"|\bin\s+the\s+(?:words|eyes|view|opinion)\s+of\s+(?:the\s+)?$"
    rf"|\bfrom\s+(?:the\s+)?(?:point\s+of\s+view|perspective)\s+of\s+(?:the\s+)?$"
    rf"|^for\s+$",
    re.IGNORECASE,
)
# "The opinion of Putin" may be what others think of him; "... on trade" makes it his.
_OPINION_OF = re.compile(rf"(?<!['’]s )\b{_OPINION}\s+of\s+(?:the\s+)?$", re.IGNORECASE)
_ON_SOMETHING = re.compile(r"^\s+(?:on|about|regarding|concerning|towards?|when)\b", re.IGNORECASE)
# What somebody else did with it: "the answer to Cameron's question", "agrees with Biden's view".
_TAKEN_UP = re.compile(
    r"\b(?:answer\w*|repl\w+|respon\w+|react\w+|(?:dis)?agree\w*|support\w*|oppos\w+|reject\w*|"
    r"criticis\w+|criticiz\w+)\s+(?:to\s+|with\s+|on\s+|of\s+)?(?:the\s+)?$", re.IGNORECASE
)  # fmt: skip
_WAS_TAKEN_UP = re.compile(
    r"^\s?['’]s?\s+(?:[\w-]+\s+){1,3}?(?:answered|rejected|received|met|supported)\b", re.IGNORECASE
)
_WHO_ELSE = re.compile(r"^(?:and\s+)?who(?:\s+else)?\s+(?!did\b|does\b|do\b)", re.IGNORECASE)
_TITLES = (
    r"(?:(?:the|mr|mrs|ms|dr|prime|president|minister|chief|justice|general|senator|professor|"
    r"director|secretary|chairman|chair|hon)\.?\s+)*"
)
# Where a subject stands whose words the question is for, and not that of a clause beside:
# "What did Long answer when Ginsburg asked ...", "the plan Biden announced".
_HEAD = re.compile(
    rf"(?:^|[,:;]\s*|\b(?:did|does|do|has|have|had|will|would|can|could|should|what|why|how|whether|"
    rf"where|and|or)\s+){_TITLES}$", re.IGNORECASE
)  # fmt: skip
# So much before a name decides; a question may be long.
_LOOK_BACK = 200
_AGENT = re.compile(
    rf"\b(?:{VERBS}|made|given|put|raised|set)(?:\s+\w+)?\s+by\s+(?:the\s+)?$", re.IGNORECASE
)
_OF_ALL = re.compile(
    rf"\b(?:did|do|does)\b[^,?]*?\s{VERBS}\b|\b(?:was|were|is|are)\s+(?:\w+\s+)?(?:said|asked)\b",
    re.IGNORECASE,
)


def who_says(text: str, places: Sequence[tuple[int, int]]) -> list[bool]:
    """For each place (start, end) where a person is named, whether that one's words are asked for.

    "Putin's view of Tokayev" and "What did Putin reply to Tokayev?" ask for Putin's words alone,
    "What was said about Putin?" for nobody's. Two joined by "and" are taken alike. Where a
    question has a subject that says something, what others have said is only what it is about:
    "What did the team think of Putin's proposal?"
    """
    subjects = [_is_subject(text, *place) for place in places]
    sources = [not any(subjects) and _is_source(text, start, end) for start, end in places]
    found = [a or b for a, b in zip(subjects, sources, strict=True)]
    for here in range(len(places) - 2, -1, -1):  # "Putin and Tokayev say": the last has the verb
        between = text[places[here][1] : places[here + 1][0]]
        if AND.fullmatch(between) and found[here + 1]:
            found[here] = True
    for here in range(1, len(places)):  # "according to Putin and Tokayev"
        between = text[places[here - 1][1] : places[here][0]]
        if (
            AND.fullmatch(between)
            and found[here - 1]
            and not _SUBJECT_OF.match(text[places[here][1] :])
        ):
            found[here] = True
    return found


def stands_as_speaker(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]`, whatever it is, stands where only somebody who speaks can."""
    before, after = text[:start], text[end:]
    subject = _DID.search(before) and _SUBJECT_OF.match(after)
    return bool(subject or _BY.search(before) or _POSSESSOR.match(after))


def _is_subject(text: str, start: int, end: int) -> bool:
    if _VERB_BEFORE.search(text[:start]):
        return True
    if _HAS.search(text[:start]) and _SAID_LAST.search(text[end:]):
        return True
    before = text[max(0, start - _LOOK_BACK) : start]
    if _WHO_ELSE.match(text) or not _HEAD.search(before) or _PASSIVE.search(before):
        return False
    return _SUBJECT_OF.match(text[end:]) is not None


def _is_source(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - _LOOK_BACK) : start], text[end:]
    if _WHO_ELSE.match(text):
        return False
    if _SOURCE.search(before) or (_OPINION_OF.search(before) and _ON_SOMETHING.match(after)):
        return True
    if _OF_ALL.search(before) or _TAKEN_UP.search(before) or _WAS_TAKEN_UP.match(after):
        return False
    return bool(_POSSESSOR.match(after) or _AGENT.search(before))
