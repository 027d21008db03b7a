"""What a speaker's name may look like on a label, word by word. Who it is: index/speakers.py."""

from __future__ import annotations

import re
from functools import lru_cache

_PARTICLES = frozenset(
    "of the for and at in on to de del della di da do dos das la las lo los le les du des d l von "
    "van der den dem des zu zur zum für im bin ibn al el y e und och og et & a with from as "
    "señor señora señorita heer mevrouw voorzitter".split()
)
# Particles that a name or an office may begin with.
_OPENING_PARTICLES = frozenset(
    "the la el al de van von le les lo los der die das den il o a".split()
)
_ELIDED = re.compile(r"^(?:d|l|dell|all|al|el|as|es|o|qu)['’ʼ-]", re.I)  # d'Estaing, el-Sisi
_ABBREVIATION = re.compile(r"(?:[A-ZÀ-ÞА-Я]\.)+|\w{1,5}\.")
# Words that open a remark, a heading or a field of a form rather than name a person.
NOT_SPEAKERS = frozenset(
    "note notes update updates source sources subject subjects date time place location title "
    "topic topics agenda attendees participants participant-list present absent regrets duration "
    "recorded warning example examples summary contents http https ftp from sent fig figure table "
    "chapter section part step steps item items point points action actions link links url email "
    "tel phone fax tags tag author authors edited updated published transcript transcription "
    "recording meeting p.s ps nb break intro outro music presenter presenters facilitator "
    "facilitators scribe scribes scribenick speakers panelists interviewees language languages "
    "room session name names keywords resources references conclusion abstract background "
    "overview status resolution resolved proposal proposed issue decision decisions minutes "
    "notetaker deadline version id video audio podcast episode guests hosts sponsors sponsor "
    "überweisungsvorschlag beschlussempfehlung drucksache "
    "copyright subscribe website twitter instagram facebook youtube "
    "fecha lugar asunto datum ort thema inhalt quelle hinweis lieu sujet objet data luogo "
    "дата место тема источник 时间 地点 时段 事件 主题 主題 "
    "位置 幻灯片 来源 來源 日期 日時 場所 议题 標題 标题 出席 列席 注 备注".split()
)
_PARTS = frozenset(
    "q a r question questions answer answers moderator interviewer interviewee host co-host cohost "
    "guest reporter journalist speaker operator narrator announcer chair chairman chairwoman "
    "chairperson clerk court witness audience member members unknown unidentified voice voices "
    "translator interpreter participant caller student attendee panelist all both everyone "
    "вопрос ответ ведущий ведущая корреспондент журналист голос реплика питання відповідь "
    "frage antwort zuruf zwischenruf journalistin moderatorin sprecher sprecherin abg "
    "pregunta preguntas respuesta moderador moderadora interlocutor interlocutora periodista "
    "presentador presentadora entrevistador intervención voz voces asistentes coro "
    "réponse journaliste animateur animatrice intervenant intervenante modérateur "
    "domanda risposta giornalista moderatore pergunta resposta jornalista repórter apresentador "
    "pytanie odpowiedź głos dziennikarz vraag antwoord fråga svar "
    "问 答 問 記者 记者 主持人 主持".split()
)
_OFFICES = frozenset(
    "president minister chancellor secretary general chairman director officer justice judge "
    "leader mayor governor ambassador commissioner manager counsel senator representative pm "
    "premier prime vice deputy attorney premier präsident präsidentin vizepräsident "
    "vizepräsidentin bundeskanzler bundeskanzlerin staatsminister ministro ministra presidente "
    "presidenta secretario secretaria gobernador président présidente ministre premier première "
    "rapporteur sénateur député президент министр председатель премьер".split()
)
OFFICES_AND_PARTS = _PARTS | _OFFICES
QUESTIONS = frozenset("q question 问 問 вопрос frage pregunta вопросы".split())
ANSWERS = frozenset("a r answer réponse 答 ответ antwort respuesta risposta".split())
_TITLES_OF_SIGNS = tuple(
    "議員 议员 主席 先生 女士 小姐 司長 司长 局長 局长 部長 部长 大臣 記者 记者 教授 博士 "
    "主任 總理 总理 總統 总统 首相 長官 长官 委員 委员 議長 议长 發言人 发言人 主持人 同学 老师 "
    "さん 氏 君 市長 市长".split()
)
_ODD = re.compile(r"[!?;…\"“”«»<>{}=|\\^~`]|\.\.\.")
# What stands in brackets, which may hold brackets: "The Acting Chair (Mr. Lind (Oslo, Con))".
_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]")
_MAX_LABEL_WORDS = 12
_MAX_OFFICE_WORDS = 25
_MAX_CHARS_WITHOUT_SPACES = 20


@lru_cache(maxsize=4096)
def key_of(label: str) -> str:
    """What two prints of one label have in common: no case, no stops, no brackets' content."""
    bare = label if label.startswith(("(", "[")) else _BRACKETS.sub(" ", label)
    return re.sub(r"[\W_]+", " ", (bare.strip() or label).casefold()).strip()


@lru_cache(maxsize=4096)
def name_words(label: str) -> tuple[str, ...]:
    """The words of the name that are no particles; what stands in brackets is left out."""
    words = _BRACKETS.sub(" ", label).split()
    return tuple(word for word in words if word.casefold() not in _PARTICLES) or tuple(words)


@lru_cache(maxsize=4096)
def looks_like_name(label: str, *, strict: bool = True, max_words: int = _MAX_LABEL_WORDS) -> bool:
    """Whether the words could be a label. `strict` asks for capitals where the script has them."""
    bare = _BRACKETS.sub(" ", label).strip(" ,/")
    if not bare or not (bare[0].isalpha() or bare[0] in "'’@#"):
        return False
    name, comma, office = bare.partition(",")
    if _ODD.search(name) or _ODD.search(office.replace('"', "")):
        return False
    words = re.split(r"[\s/]+", name.strip())
    if len(words) > max_words or len(office.split()) > _MAX_OFFICE_WORDS:
        return False
    if (
        not bare.isascii()
        and " " not in bare
        and len(bare) > _MAX_CHARS_WITHOUT_SPACES
        and not bare[0].isupper()
    ):
        return False  # a sentence in a script without spaces
    if re.search(r"\d{3}[- ]\d{3}", label):
        return False  # a telephone number
    first, last = words[0].casefold().strip("."), words[-1].casefold().strip(".")
    if first == "by" and len(words) > 1:
        return False  # "BY MR. SMITH:" opens an examination
    if first in NOT_SPEAKERS or (last in NOT_SPEAKERS and len(words) > 1 and not comma):
        return False  # "Note", "Next Steps", "Action Items"
    if re.search(r"[,.，。、]", bare) and not bare.isascii() and not re.search(r"[^\W\d_]\s", bare):
        return False
    if not strict:
        return len(words) <= 6
    if first in _PARTICLES - _OPENING_PARTICLES and not words[0][0].isupper():
        return False
    if not all(_is_name_word(word) for word in words):
        return len(words) == 1 and re.fullmatch(r"[a-z][\w.-]{1,19}", bare) is not None
    return not comma or _is_office(office)


def is_named_in_a_few_signs(label: str) -> bool:
    """Whether a label in a script without spaces is as short as a name, or ends in an office."""
    bare = re.sub(r"[(（].*", "", label).strip()
    if bare.isascii() or " " in bare or any(char.upper() != char.lower() for char in bare):
        return True
    return len(bare) <= 5 or bare.endswith(_TITLES_OF_SIGNS)


def is_ordinary(label: str, lower_words: set[str]) -> bool:
    """Whether the text uses all the label's words in small letters, as it would no name."""
    words = [word.strip(".,'’").casefold() for word in name_words(label)]
    cased = [word for word in words if word.upper() != word.lower()]
    return bool(cased) and all(word in lower_words for word in cased)


def _is_office(text: str) -> bool:
    """Whether the words after a name's comma are an office or a given name, not a clause."""
    words = text.split()
    if not words:
        return False
    capitals = sum(word[0].isupper() or word[0].isdigit() for word in words)
    known = words[0].casefold() in _OFFICES
    return known or words[0][0].isupper() or capitals * 3 >= len(words)


def _is_name_word(word: str) -> bool:
    if word.casefold() in _PARTICLES:
        return True
    if "." in word and not _ABBREVIATION.fullmatch(word) and not word.replace(".", "").isupper():
        return False
    first = _ELIDED.sub("", word, count=1).lstrip("'’(-@#&")[:1]
    return (
        not first or first.isupper() or first.isdigit() or (first.isalpha() and not first.islower())
    )
