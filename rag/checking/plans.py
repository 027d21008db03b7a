"""Whether a claim tells as done what is only wanted, planned or due; pure. English words."""

from __future__ import annotations

import re

from .denial import Terms

# What was done: "has widened", "were already paid", "widened", but not "a widened road".
_DONE = re.compile(
    r"\b(?:has|have|had|was|were|been)\s+(?:(?:already|also|now|since|just|finally|all|been)\s+)*"
    r"(?P<verb>[a-z]{3,})\b(?<!ing)|\b(?P<past>[a-z]{2,}ed)\b",
    re.IGNORECASE,
)
_NO_DEED = re.compile(r"\b(?:is|are|be|being|an?|the|any|each|every|its|their)\s+$", re.IGNORECASE)
# What is not done yet, up to the verb. "Had to", "could" and "would" may tell of what was done.
_TO_DO = re.compile(
    r"(?:\b(?:want|wish|hop(?:e|ing)|plan|planning|go(?:ing)?|intend|aim|aiming|propos(?:e|ing)|"
    r"need|like|try|trying|about|ready|willing|due|supposed|yet|have|has)(?:s|es|ed)?\s+to|"
    r"\b(?:wanna|gonna|will|shall|should|must|may|might|(?:is|are)\s+to|(?:think|talk)ing\s+(?:about|of)|"
    r"considering|if\s+\w+\s+(?:am|are|is|were))|['’]ll|\blet['’]s)"
    r"(?:\s+(?:be|also|then|all|just|really|actually|not|still|now))*\s+",
    re.IGNORECASE,
)
_PLANS = re.compile(
    r"\b(?:want|wish|hop(?:e|ing)|plan|going\s+to|inten[dt]|aim|propos|need|would|will|shall|should|"
    r"must|may|might|could|try|tried|trying|about\s+to|due\s+to|expect|to\s+be|yet|if|when|once|provid(?:ed|ing)|unless|"
    r"until|as\s+long)",
    re.IGNORECASE,
)


def only_planned(claim: str, said: str, terms: Terms) -> str | None:
    """The word of the claim for what it tells as done, where wherever it is said it is to be
    done: "they widened it" of "we want to widen it"."""
    due = {match.end() for match in _TO_DO.finditer(said)}
    if not due:
        return None
    words = [*re.finditer(r"[^\W\d_]+", said)]
    for done in _DONE.finditer(claim):
        before = claim[: done.start()]
        if _PLANS.search(before):
            return None
        if done["past"] and _NO_DEED.search(before):
            continue
        word = done["verb"] or done["past"]
        wanted = terms(word)
        planned = any(wanted & terms(each[0]) for each in words if each.start() in due)
        if planned and not any(
            wanted & terms(each[0]) for each in words if each.start() not in due
        ):
            return word
    return None
