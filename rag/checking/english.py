"""English verbs that change within, so that "found" is "find"; their stems don't tell."""

from __future__ import annotations

import re

_FORMS = """
be am is are was were been; become became; begin began begun; break broke broken; bring brought;
build built; buy bought; catch caught; choose chose chosen; come came; deal dealt; do did done does;
draw drew drawn; drive drove driven; eat ate eaten; fall fell fallen; feel felt; fight fought;
find found; fly flew flown; forget forgot forgotten; get got gotten; give gave given; go went gone;
grow grew grown; have has had; hear heard; hold held; keep kept; know knew known; lead led;
leave left; lend lent; lose lost; make made; mean meant; meet met; pay paid; rise rose risen;
run ran; say said; see saw seen; seek sought; sell sold; send sent; shake shook shaken; show shown;
shrink shrank shrunk; sing sang sung; sink sank sunk; sit sat; speak spoke spoken; spend spent;
stand stood; steal stole stolen; swim swam swum; take took taken; teach taught; tell told;
think thought; throw threw thrown; understand understood; wear wore worn; win won; write wrote
written
"""
_BASE = {
    form: base for base, *forms in (group.split() for group in _FORMS.split(";")) for form in forms
}
_FORM = re.compile(rf"\b(?:{'|'.join(_BASE)})\b", re.IGNORECASE)


def with_base_forms(text: str) -> str:
    """A text with such verbs in their first form."""
    return _FORM.sub(lambda form: _BASE[form[0].lower()], text)
