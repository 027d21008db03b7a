"""Made-up talk with questions, for what real question sets lack: figures with a role (a target
against what was reached, this year's against last year's), dates among dates, who said what, who
is to do what, and whose figure it is.

Every family has wordings of its own. Half of them, those at odd places of their lists, are kept
back: `made(rng, held_out=True)` uses them alone, so that what is measured was never trained on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .spoken import Talk, speaker_label


@dataclass(frozen=True, slots=True)
class Asked:
    """A talk and a question whose answers are marked in it; none where it has none."""

    question: str
    talk: Talk


_SUBJECTS = (
    "trade turnover|exports|grain output|foreign investment|housing construction|tourist arrivals|"
    "the defence budget|steel production|software revenue|electricity generation|tax revenue|"
    "bilateral trade|passenger traffic|the marketing budget|enrolment|membership|gas deliveries|"
    "freight volume|subscription revenue|renewable capacity|the research budget|oil output|"
    "the number of users|coal shipments|vaccine deliveries|online sales|the aid programme|"
    "apprenticeships|new listings|cargo throughput"
).split("|")
_UNITS = (
    "{n} billion dollars|${n} billion|{n} million tonnes|{n} percent|{n} million euros|"
    "{n} thousand|€{n} million|{n} million people|{n} gigawatts|{n} billion|{n}%|{n} million|"
    "{n} per cent|{n} billion rubles|£{n} million|{n},000 units"
).split("|")
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_EVENTS = (
    "the trade agreement|the ceasefire|the new terminal|the product launch|the next meeting|"
    "the audit|the pilot project|the summit|the hearing|the election|the bridge|the second release|"
    "the training course|the budget vote|the clinical trial|the licence|the contract|the upgrade|"
    "the festival|the review|the railway link|the beta test|the survey|the moratorium"
).split("|")
_TASKS = (
    "draft the minutes|send the figures to the ministry|test the new build|call the supplier|"
    "write the press release|update the roadmap|book the venue|check the contract|review the code|"
    "prepare the slides|talk to the lawyers|collect the feedback|file the report|fix the login bug|"
    "contact the embassy|order the parts|compare the quotes|translate the statement|"
    "interview the candidates|publish the data"
).split("|")
_PADDING = (
    "I think that is important for everybody here.|Thank you for the question.|"
    "Let me say a few words about this.|We have worked on it for a long time.|"
    "Our colleagues will give you the details later.|It was a frank and useful conversation.|"
    "As you know, the situation is not simple.|There is still a lot to be done.|"
    "I would like to thank all of you for coming.|We discussed it yesterday as well.|"
    "That is how we see it today.|I hope that answers your question.|Can everybody hear me?|"
    "We are moving in the right direction.|This concerns the whole region."
).split("|")


def made(rng: random.Random, *, held_out: bool = False) -> Asked:
    """One question over made-up talk, of a family drawn by chance."""
    return rng.choice(_FAMILIES)(_Draw(rng, held_out))


class _Draw:
    """Chance, and the half of each list of wordings that is in use."""

    def __init__(self, rng: random.Random, held_out: bool) -> None:
        self.rng = rng
        self._from = 1 if held_out else 0

    def wording(self, texts: Sequence[str]) -> str:
        return self.rng.choice(texts[self._from :: 2])

    def people(self, count: int) -> list[str]:
        names: list[str] = []
        while len(names) < count:
            name = speaker_label(self.rng)
            if name not in names:
                names.append(name)
        return names

    def figures(self, count: int) -> list[str]:
        unit = self.rng.choice(_UNITS)
        numbers = self.rng.sample(range(2, 98), count)
        dotted = self.rng.random() < 0.3
        return [unit.format(n=f"{n}.{self.rng.randint(1, 9)}" if dotted else n) for n in numbers]

    def dates(self, count: int) -> list[str]:
        form = self.rng.randrange(6)
        found: list[str] = []
        while len(found) < count:
            day, month = self.rng.randint(1, 28), self.rng.choice(_MONTHS)
            year = self.rng.randint(2012, 2031)
            date = [
                f"{month} {day}", f"the {day}th of {month}", f"{day} {month} {year}", f"{month}",
                f"{month} {day}, {year}", f"{month} {year}",
            ][form]  # fmt: skip
            if date not in found:
                found.append(date)
        return found

    def padded(self, sentences: Sequence[str]) -> list[str]:
        """The sentences in order, with idle ones between."""
        result: list[str] = []
        for sentence in sentences:
            while self.rng.random() < 0.35:
                result.append(self.rng.choice(_PADDING))
            result.append(sentence)
        while self.rng.random() < 0.4:
            result.append(self.rng.choice(_PADDING))
        return result


def _said(lines: Sequence[tuple[str | None, str]], answer: str | None) -> Talk:
    """Lines as turns. What stands in `<>` answers, unless `answer` is None: then nothing does."""
    turns: list[tuple[str | None, str]] = []
    places: list[tuple[int, int, int]] = []
    for speaker, text in lines:
        turn = len(turns)
        while "<" in text:
            start = text.index("<")
            end = text.index(">") - 1
            text = text.replace("<", "", 1).replace(">", "", 1)
            if answer is not None:
                places.append((turn, start, end))
        turns.append((speaker, text))
    return Talk(tuple(turns), tuple(places))


def _as_turns(draw: _Draw, sentences: Sequence[str]) -> list[tuple[str | None, str]]:
    """Sentences said by one, or by some in turn, or without a label."""
    sentences = draw.padded(sentences)
    kind = draw.rng.random()
    if kind < 0.25:
        return [(None, " ".join(sentences))]
    if kind < 0.6:
        return [(draw.people(1)[0], " ".join(sentences))]
    people = draw.people(2)
    return [(people[i % 2], sentence) for i, sentence in enumerate(sentences)]


_REACHED = (
    "Last year {s} reached {f}.|In {y}, {s} came to {f}.|So far {s} stands at {f}.|"
    "We already have {f}, if we speak of {s}.|For {s} the figure in {y} was {f}.|"
    "Over the past year {s} grew to {f}.|{s} amounted to {f} in the previous year.|"
    "At present {s} is {f}.|Two years ago {s} was only {f}.|Actual {s} was {f}.|"
    "We ended {y} with {s} at {f}.|Today we are at {f} in {s}."
).split("|")
_AIMED = (
    "Our target for {s} is {f}.|We want to bring {s} to {f} by {z}.|The goal is {f} in {s}.|"
    "We have set the task of reaching {f} in {s}.|{s} should reach {f} by {z}.|"
    "By {z} we plan to have {s} at {f}.|We agreed to aim for {f} in {s}.|"
    "The plan is to raise {s} to {f} in the coming years.|We are striving for {s} of {f}.|"
    "Our ambition is that {s} will be {f}.|We expect {s} to get to {f} next year.|"
    "I am confident that we will see {f} in {s} by {z}.|"
    "Next year, I am sure, we will reach the mark of {f} in {s}.|"
    "We will cross the threshold of {f} in {s} before long.|"
    "I believe that in a year or two we are going to hit {f} in {s}.|"
    "{s} will climb to {f}, that much I can promise.|"
    "In the near future {s} will exceed the significant milestone of {f}.|"
    "Soon we will be at {f} in {s}, I have no doubt.|"
    "We have every chance to get to a level of {f} in {s} by {z}.|"
    "The milestone of {f} in {s} is within reach.|"
    "Within a few years we intend to double {s}, to {f}.|"
    "We look forward to {s} of {f} in {z}.|"
    "Together we can bring {s} up to {f}, and we will.|"
    "It is realistic to take {s} to {f}."
).split("|")
_ASK_AIM = (
    "What target was mentioned for {s}?|What {s} target was mentioned?|What is the goal for {s}?|"
    "How much {s} do they hope to reach?|What figure are they aiming for in {s}?|"
    "What level of {s} is planned?|To what figure should {s} rise?|{s} target|"
    "What do they want {s} to be by {z}?|What is the aim with regard to {s}?|"
    "How high is {s} supposed to go?|Which number was set as the objective for {s}?|"
    "What goal was mentioned for {s}?|What {s} goal was mentioned?|"
    "What target was set for {s}?|What {s} target was set?|"
    "What milestone in {s} do they expect?|What is {s} expected to reach?|"
    "What {s} goal was named?|What target did they name for {s}?|"
    "What do they hope {s} will be?|How much will {s} be?|"
    "What is the {s} target?|What is the {s} goal?"
).split("|")
_ASK_REACHED = (
    "What did {s} reach last year?|How much was {s} in {y}?|What is {s} at present?|"
    "What was actually achieved in {s}?|How large was {s} last year?|What did {s} amount to?|"
    "What is the current level of {s}?|How high was {s} so far?|{s} last year|"
    "What figure has {s} already reached?|What was the actual {s}?|Where does {s} stand now?"
).split("|")


def _target(draw: _Draw) -> Asked:
    """A figure aimed at beside one reached; sometimes only one of both is said."""
    rng = draw.rng
    subject, other = rng.sample(_SUBJECTS, 2)
    aimed, reached, another = draw.figures(3)
    years = {"y": rng.randint(2015, 2024), "z": rng.randint(2026, 2040)}
    wants_aim = rng.random() < 0.55
    lacking = rng.random() < 0.4
    lines = []
    if not (lacking and not wants_aim):
        mark = "<{}>" if not wants_aim else "{}"
        lines.append(draw.wording(_REACHED).format(s=subject, f=mark.format(reached), **years))
    if not (lacking and wants_aim):
        mark = "<{}>" if wants_aim else "{}"
        lines.append(draw.wording(_AIMED).format(s=subject, f=mark.format(aimed), **years))
    if rng.random() < 0.5 or not lines:
        distractor = draw.wording(_AIMED if wants_aim else _REACHED)
        lines.append(distractor.format(s=other, f=another, **years))
    rng.shuffle(lines)
    question = draw.wording(_ASK_AIM if wants_aim else _ASK_REACHED).format(s=subject, **years)
    answer = None if lacking else aimed
    return Asked(question, _said(_as_turns(draw, lines), answer))


_DATED = (
    "{e} starts on {d}.|We will hold {e} on {d}.|{e} is planned for {d}.|{e} ends on {d}.|"
    "They moved {e} to {d}.|{e} took place on {d}.|The date for {e} is {d}.|{e} was signed on {d}.|"
    "We expect {e} around {d}.|Let's say {d} for {e}.|{e} has been fixed for {d}.|{e} is due {d}."
).split("|")
_ASK_DATE = (
    "When is {e}?|On what date is {e}?|What is the date of {e}?|When does {e} take place?|"
    "What day was named for {e}?|For when is {e} scheduled?|{e} date|When will {e} happen?|"
    "Which date was given for {e}?|By when is {e} expected?|When was {e} said to be?|"
    "What time was set for {e}?"
).split("|")
_UNDATED = (
    "We also spoke about {e}, but there is no date yet.|{e} will cost {f}.|"
    "{e} is important to all of us.|Nobody has decided about {e} so far.|"
    "{e} has been postponed, we will announce it in due course.|As for {e}, it depends on funding."
).split("|")


def _date(draw: _Draw) -> Asked:
    """A date among the dates of other things."""
    rng = draw.rng
    event, *others = rng.sample(_EVENTS, rng.choice([2, 3]))
    date, *more = draw.dates(1 + len(others))
    lacking = rng.random() < 0.35
    if lacking:
        lines = [draw.wording(_UNDATED).format(e=event, f=draw.figures(1)[0])]
    else:
        lines = [draw.wording(_DATED).format(e=event, d=f"<{date}>")]
    lines += [
        draw.wording(_DATED).format(e=name, d=when) for name, when in zip(others, more, strict=True)
    ]
    rng.shuffle(lines)
    question = draw.wording(_ASK_DATE).format(e=event)
    return Asked(question, _said(_as_turns(draw, lines), None if lacking else date))


_THOUGHTS = (
    "we should postpone {e}|{e} is too expensive|{s} will fall next year|nobody needs {e}|"
    "{e} was a great success|we must not depend on {s}|{e} should be open to everyone|"
    "the rules for {e} are unfair|{s} matters more than anything else|we have lost two years with "
    "{e}|{e} needs a new manager|the press got {e} wrong|{s} can double within a decade|"
    "there is no money for {e}|{e} will bring jobs to the region|we ought to vote on {e} now"
).split("|")
_SAYS = (
    "I think {t}.|In my view, {t}.|Look, {t}.|I have always said that {t}.|To be honest, {t}.|"
    "My position is clear: {t}.|Well, {t}, that is what I believe.|Let me be blunt, {t}."
).split("|")
_ASK_WHO = (
    "Who said that {t}?|Who thinks that {t}?|Which speaker argued that {t}?|"
    "Who was of the opinion that {t}?|Who told the others that {t}?|According to whom {t}?|"
    "Who claimed {t}?|Who made the point that {t}?"
).split("|")


def _who_said(draw: _Draw) -> Asked:
    """An opinion among the opinions of others; the label answers."""
    rng = draw.rng
    thoughts = [
        thought.format(e=rng.choice(_EVENTS), s=rng.choice(_SUBJECTS))
        for thought in rng.sample(_THOUGHTS, 4)
    ]
    people = draw.people(3)
    lines: list[tuple[str | None, str]] = []
    for person, thought in zip(people, thoughts, strict=False):
        if rng.random() < 0.3:
            lines.append((rng.choice(people), rng.choice(_PADDING)))
        lines.append((person, draw.wording(_SAYS).format(t=thought)))
    lacking = rng.random() < 0.3
    asked = thoughts[3] if lacking else rng.choice(thoughts[:3])
    question = draw.wording(_ASK_WHO).format(t=asked)
    talk = _said(lines, None)
    if lacking:
        return Asked(question, talk)
    turn = next(i for i, (_, text) in enumerate(talk.turns) if asked in text)
    return Asked(question, Talk(talk.turns, ((turn, -1, -1),)))


_HAS_TASK = (
    "{p} will {t}.|ACTION: {p} to {t}.|{p}, could you {t}?|{p} has agreed to {t}.|"
    "I asked {p} to {t} by Friday.|We leave it to {p} to {t}.|{p} is going to {t}, right?|"
    "Let {p} {t}."
).split("|")
_ASK_TASK = (
    "Who will {t}?|Who was asked to {t}?|Who is supposed to {t}?|Whose job is it to {t}?|"
    "Who has to {t}?|Who took on the task to {t}?|Which person should {t}?|Who agreed to {t}?"
).split("|")
_ASK_DO = (
    "What is {p} going to do?|What was {p} asked to do?|What should {p} do?|"
    "What task did {p} get?|What will {p} take care of?|What is {p}'s job?"
).split("|")


def _task(draw: _Draw) -> Asked:
    """Who is to do what."""
    rng = draw.rng
    tasks = rng.sample(_TASKS, 4)
    people = [name.split("(")[0].strip() for name in draw.people(4)]
    chosen = rng.randrange(3)
    lacking = rng.random() < 0.3
    by_person = rng.random() < 0.4
    lines = []
    for i, (person, task) in enumerate(zip(people[:3], tasks, strict=False)):
        marked = i == chosen and not lacking
        shown = f"<{task}>" if marked and by_person else task
        who = f"<{person}>" if marked and not by_person else person
        lines.append(draw.wording(_HAS_TASK).format(p=who, t=shown))
    if by_person:
        question = draw.wording(_ASK_DO).format(p=people[3] if lacking else people[chosen])
    else:
        question = draw.wording(_ASK_TASK).format(t=tasks[3] if lacking else tasks[chosen])
    return Asked(question, _said(_as_turns(draw, lines), None if lacking else ""))


_CLAIMS = (
    "My figure for {s} is {f}.|I would put {s} at {f}.|{s} is {f}, as I see it.|"
    "We count {f} in {s}.|By our estimate {s} comes to {f}.|I was told {f} for {s}."
).split("|")
_ASK_CLAIM = (
    "What figure did {p} give for {s}?|According to {p}, how high is {s}?|"
    "How much is {s} in the view of {p}?|What did {p} say {s} was?|"
    "What number did {p} mention for {s}?|{p} on {s}: which figure?"
).split("|")


def _whose(draw: _Draw) -> Asked:
    """Two speakers with two figures for one thing; one of them is asked for."""
    rng = draw.rng
    subject = rng.choice(_SUBJECTS)
    people = draw.people(3)
    figures = draw.figures(2)
    lacking = rng.random() < 0.3
    chosen = rng.randrange(2)
    lines: list[tuple[str | None, str]] = []
    for i in range(2):
        shown = f"<{figures[i]}>" if i == chosen and not lacking else figures[i]
        words = draw.padded([draw.wording(_CLAIMS).format(s=subject, f=shown)])
        lines.append((people[i], " ".join(words)))
    rng.shuffle(lines)
    person = people[2] if lacking else people[chosen]
    question = draw.wording(_ASK_CLAIM).format(p=person, s=subject)
    return Asked(question, _said(lines, None if lacking else ""))


_INTERVIEW = (
    "How much {s} do you have at the moment?|What about {s}?|And {s}, how high is it?|"
    "Could you tell us the figure for {s}?|What do you expect from {s}?|So what is {s} now?"
).split("|")
_REPLY = (
    "It is about {f}.|{f}, roughly.|Let me see, {f}.|We are talking about {f}.|"
    "Around {f}, I believe.|At the moment, {f}."
).split("|")
_NO_REPLY = (
    "I can't give you a number.|That is for my colleagues to say.|I don't know, to be honest.|"
    "We will publish it soon.|You would have to ask the ministry.|I'd rather not comment on that."
).split("|")


def _interview(draw: _Draw) -> Asked:
    """A figure whose subject stands in the question before it; or a question not answered."""
    rng = draw.rng
    subject, other = rng.sample(_SUBJECTS, 2)
    asking, replying = draw.people(2)
    figure, another = draw.figures(2)
    lacking = rng.random() < 0.45
    reply = draw.wording(_NO_REPLY) if lacking else draw.wording(_REPLY).format(f=f"<{figure}>")
    pair = [
        (asking, draw.wording(_INTERVIEW).format(s=subject)),
        (replying, " ".join(draw.padded([reply]))),
    ]
    rest = [
        (asking, draw.wording(_INTERVIEW).format(s=other)),
        (replying, draw.wording(_REPLY).format(f=another)),
    ]
    lines: list[tuple[str | None, str]] = [*pair, *rest] if rng.random() < 0.5 else [*rest, *pair]
    question = draw.wording(_ASK_REACHED).format(s=subject, y=rng.randint(2015, 2024))
    return Asked(question, _said(lines, None if lacking else ""))


_FAMILIES: tuple[Callable[[_Draw], Asked], ...] = (
    _target, _target, _date, _who_said, _task, _whose, _interview,
)  # fmt: skip
