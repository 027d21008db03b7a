"""English words that are one in a claim and a sentence though they look different: forms of verbs
that change within, words near in meaning, and words that say little by themselves."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

from ..wording.values import DIGITS
from .denial import Terms

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
written; child children; man men; woman women; person people
"""
_BASE = {
    form: base for base, *forms in (group.split() for group in _FORMS.split(";")) for form in forms
}
_FORM = re.compile(rf"\b(?:{'|'.join(_BASE)})\b", re.IGNORECASE)

# Each line of words can stand for one another in a report; a word may be in several.
_KIN = """
rise increase grow climb up gain higher more jump raise growth add expand lift
fall decrease drop decline down lower shrink less reduce slow cut slip shed lessen dip below
pay cost price worth finance fund spend cover bear expense charge fee foot run
give grant fund donate provide receive get contribute award allocate lend offer
begin start launch open commence found establish initiate
end close finish stop shut conclude expire last until
remain stay keep still continue unchanged hold
return back come
change alter adjust modify revise shift
need require must necessary want
want wish like prefer rather hope desire love
plan intend mean aim going propose want expect schedule due will next
expect think anticipate believe foresee reckon estimate forecast predict hope put assume
support back favour favor endorse approve vote agree accept backing yes
approve adopt pass accept agree authorise vote sign clear
oppose against object reject refuse resist
refuse reject decline turn down object
agree accept consent willing ready
postpone delay put off defer move later
test try trial pilot experiment
follow track monitor observe watch accompany
count record measure register number amount total stand
build construct make create erect construction
construction work building
repair mend fix restore renew replace
replace renew exchange swap
show reveal demonstrate prove indicate suggest picture
find discover detect see notice spot
pupil student schoolchild child
job post position vacancy place employment work
employ hire recruit appoint
doctor physician medic
worker employee staff labour
lorry truck
car vehicle automobile
shop store business trader retailer
picture image photo photograph
company firm business enterprise manufacturer maker
maker manufacturer producer
founder found founding start
contest competition prize
machine robot device unit
road street lane route way
bike bicycle cycle cycling cyclist
home house flat apartment housing
rent lease hire
reach hit amount come total stand arrive get
arrive get reach come land
worth value amount total
condition if provided unless provide long
because since due reason therefore cause owing
attempt try
chance probability likelihood odds risk possible
risk danger threat chance
worry fear concern afraid anxious
happy glad pleased delighted content satisfied
proud pride
thank gratitude grateful thankful
important importance significant key
sure certain confident convinced
careful caution cautious
wrong mistake error fail failure
leader president head
trouble problem difficulty issue fault
big large great huge
largest biggest
quick fast rapid
yearly year annual annually
daily day
weekly week
monthly month
often frequent
long length last duration
high height altitude tall
wide width broad
deep depth
orbit circle
main chief key most mainly largely
mainly mostly most largely primarily
about around roughly approximately nearly almost some
currently now present today moment
earlier before previous ago former
later after following next afterwards since
talk discuss speak conversation negotiate
discuss talk mention raise debate
answer reply respond
say mention note tell
admit acknowledge concede
declare state announce disclose
promise pledge assure commit undertake
warn caution
demand ask request call want
ask request want demand
avoid not off
allow permit let
ban forbid prohibit
trade commerce commercial
invest investment investor
country nation state
border frontier
visit trip travel
invite invitation
meet meeting summit session talk
jointly together joint mutual bilateral
relation relationship tie link
money fund sum cash
pound sterling
tax levy
law legal statute
court sue legal lawsuit action
injure hurt wound
die death dead kill
crash accident collision
illness disease sick
infection infect
surgery operation surgical
lecture talk speech
paper study article publication
study research trial investigation
patient people
resident inhabitant local people
local here around
adult people person
member people
parking park
survey poll
petition signature
win award
leave quit depart go resign
sell go price
buy purchase acquire
sell sale
own possess belong
send dispatch
get obtain receive
lose loss lost
profit profitable earn money
expensive dear costly
cheap cheaper inexpensive
free gratis
ready willing prepared
enough sufficient adequate
lack short missing without fewer shortage
unknown know
independent independently separately
publicly public
careful careful
beginning start early
middle mid
mid middle
finance fund pay
recall call back
restart reboot
own itself
interest policy key
rate interest
target goal aim
join enter
enter come join
field land farmland
water flood flooded
compensation compensate pay
full capacity filled
empty drained
level point mark
lowest lowest minimum
vote ballot
bring introduce
introduction introduce bring
operate run work function
charge battery
tell distinguish recognise recognize
cope handle deal manage
break even balance
balance balanced even
"""
# Words that say nothing of the matter.
EMPTY = frozenset(
    "i me my mine you your yours he him his she her hers it its we us our ours they them their "
    "theirs any anyone anybody anything some someone something under above below over into onto "
    "upon of off to at by in on for from with within without between among through during before "
    "after until very too quite such so than then and or but if that this these those a an the be "
    "is am are was were been being do does did done has have had having will would can could "
    "shall should may might must not no nor yes there here what which who whom whose when where "
    "why how just only also even cannot as because since while whereas although though "
    "however".split()
)
# Nor is what only counts or dates part of what is denied.
_COUNTS = f"{' '.join(DIGITS)} year month week day hour minute time ago since"
# Words that say little by themselves: a claim may add them.
LIGHT = frozenset(
    "company firm board team organisation organization group researcher official authority thing "
    "way time number total amount figure case part level kind matter place side point fact order "
    "result basis area end year day today currently now still already just only even also about "
    "around roughly approximately approx nearly almost some over more less further additional "
    "another other various several due come take make get put go bring have be do need use give "
    "set keep let become remain stand turn note add describe indicate characterise characterize "
    "according overall per each every own itself himself herself themselves instead however "
    "therefore thus well main mainly mostly particular specifically especially whole entire "
    "actual actually really simply clearly first next last new recent recently previous earlier "
    "later compare compared comparison versus respectively both either such same while whereas "
    "since because so far up down out off back again within without among rather which who whose "
    "whom where when there here would could should may might can will long able want view see "
    "consider feel regard express speak discuss raise reveal show state issue question talk say "
    "think believe tell mention ask remark comment call answer reply respond plan planned "
    "schedule scheduled create room allow range find ranging include involve follow following "
    "slightly bit little lot many much few great good people person man woman one two".split()
)


def with_base_forms(text: str) -> str:
    """A text with such verbs in their first form."""
    return _FORM.sub(lambda form: _BASE[form[0].lower()], text)


@lru_cache(maxsize=32)
def _kin(terms: Terms) -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(_KIN.strip().splitlines()):
        for term in terms(line):
            groups.setdefault(term, set()).add(number)
    return {term: frozenset(numbers) for term, numbers in groups.items()}


def kin_of(words: AbstractSet[str], terms: Terms) -> frozenset[int]:
    """The groups of words near in meaning that these terms belong to."""
    known = _kin(terms)
    return frozenset(group for word in words for group in known.get(word, ()))


@lru_cache(maxsize=32)
def empty(terms: Terms) -> AbstractSet[str]:
    """The terms that say nothing."""
    return terms(" ".join(sorted(EMPTY)))


@lru_cache(maxsize=32)
def light(terms: Terms) -> AbstractSet[str]:
    """The terms that say little."""
    return terms(" ".join(sorted(LIGHT)))


def telling(terms: Terms) -> Terms:
    """Terms without those that say little: "in six years" is no part of what is denied."""
    return lambda text: terms(text) - light(terms) - terms(_COUNTS)


def with_kin(words: AbstractSet[str], terms: Terms) -> AbstractSet[str]:
    """The terms, and the groups that they belong to."""
    return words | {f"~{group}" for group in kin_of(words, terms)}
