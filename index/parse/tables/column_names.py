"""What the columns of a transcript are called, in a dozen languages.

Each kind has its names in order: the most telling first. Of several columns of speech, those with
nothing but speech stand before those that hold stage directions too; of speakers, names before
numbers.
"""

from __future__ import annotations

import re

# What a name with one of these words in it is about, whatever else it says.
_BESIDE = frozenset(
    "id ids no num number count counts length len word words chars type url link file path lang "
    "score confidence party gender sentiment emotion clean cleaned processed normalized lemma "
    "lemmas tokens tokenized stems pos duration speaking total order index image avatar email "
    "color translation translated".split()
)


class Kind:
    """Names of one kind of column, most telling first; and words that tell one in other names."""

    def __init__(self, names: str, words: str = "") -> None:
        split = (name.strip() for name in names.split(","))
        self._places = {name: place for place, name in enumerate(split, 1)}
        self._words = frozenset(words.split())

    def rank(self, name: str) -> int:
        """1 for the most telling name, 0 for one that is not of this kind."""
        listed = self._places.get(name, 0)
        words = frozenset(name.split())
        is_told = bool(words & self._words) and not words & _BESIDE
        return listed or (len(self._places) + 1 if is_told else 0)


def name_of(cell: str) -> str:
    """The name in the head of a column: "startTime", "start_time" and "Start time:" are one."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell)
    return re.sub(r"[\s_./:#*\"'()\[\]\ufeff-]+", " ", spaced).strip().casefold()


SPEECH = Kind(
    """
    spoken words, character words, dialogue, dialog, utterance, utterance text, speech,
    speech text, speech content, spoken text, line text, sentence, transcript, transcription,
    transcript text, text, content, message, message text, message content, body, statement,
    remarks, caption, subtitle, quote, words, line, lines, full text, raw text, value, response,
    comment, paragraph, fala, falas, texto, intervenção, intervencao, intervención,
    intervencion, discurso, pronunciamento, diálogo, dialogo, parlamento, mensaje, mensagem,
    contenido, conteúdo, texte, parole, paroles, propos, intervention, discours, réplique,
    replique, contenu, rede, redetext, redebeitrag, beitrag, aussage, inhalt, testo, intervento,
    discorso, battuta, tekst, toespraak, wypowiedź, wypowiedz, treść, anförande, anforandetext,
    текст, реплика, речь, выступление, содержание, 文本, 发言, 發言, 发言内容, 發言內容, 内容,
    內容, 台词, 对话, 字幕, 発言, 発言内容, 発話, 本文, セリフ, テキスト, 발언, 대사, 텍스트,
    내용
    """,
    "text speech utterance transcript dialogue sentence texto texte",
)
SPEAKER = Kind(
    """
    speaker name, name of speaker, speaker full name, speaker, speaker label, character name,
    character, raw character text, char, full name, participant, participant name, who,
    author name, author, sender name, sender, display name, user name, username, user, from,
    name, person, member, member name, mp, legislator, senator, deputy, politician, candidate,
    witness, actor, caller, role, spk, speaker id, speakerid, channel, orador, oradora,
    hablante, interviniente, personaje, participante, falante, locutor, deputado, nome, nombre,
    autor, orateur, oratrice, locuteur, intervenant, personnage, auteur, nom, sprecher,
    sprecherin, redner, rednerin, rednername, figur, rolle, oratore, parlante, personaggio,
    spreker, naam, mówca, mowca, osoba, talare, спикер, говорящий, оратор, имя, персонаж, автор,
    发言人, 發言人, 说话人, 說話人, 讲者, 講者, 姓名, 角色, 人物, 名字, 話者, 発言者, 発話者,
    氏名, 名前, キャラクター, 화자, 발언자, 이름
    """,
    "speaker character sprecher redner orador orateur author",
)
START = Kind(
    """
    start, start time, start timestamp, start seconds, start sec, start secs, start s, start ms,
    time start, begin, begin time, onset, tc in, timecode in, in, timecode, time code, time,
    timestamp, times, minute, time stamp, video time, xmin, offset, inicio, início, hora inicio,
    hora de inicio, minuto, tiempo, tempo, hora, début, debut, heure, beginn, anfang, startzeit,
    start zeit, zeit, uhrzeit, inizio, начало, время, 开始, 开始时间, 開始, 開始時間,
    开始时间戳, 时间, 時間, timestamp in ms, timestamp ms, time ms, time in ms, ms
    """,
    "start begin",
)
END = Kind(
    """
    end, end time, end timestamp, end seconds, end sec, end secs, end s, end ms, time end, stop,
    stop time, finish, offset end, tc out, timecode out, out, xmax, fin, hora fin, fim, final,
    ende, endzeit, end zeit, fine, koniec, конец, 结束, 结束时间, 終了, 終了時間, to
    """,
    "end stop",
)
DATE = Kind(
    """
    date, datetime, date time, day, meeting date, event date, debate date, air date,
    release date, created at, timestamp, time, datum, fecha, data, дата, 日期, 日付
    """,
)
TITLE = Kind(
    """
    title, debate name, debate, meeting title, meeting name, meeting, event title, event name,
    event, session title, episode title, episode name, video title, headline, agenda, show,
    podcast, movie, film, play, titel, titre, título, titulo, titolo, название, 标题, 標題,
    タイトル, 제목
    """,
)
GIVEN_NAME = Kind(
    """
    first name, firstname, given name, forename, vorname, prénom, prenom, nombre, nome, imię, имя
    """,
)
FAMILY_NAME = Kind(
    """
    last name, lastname, surname, family name, nachname, nom de famille, nom, apellido, apellidos,
    sobrenome, cognome, nazwisko, фамилия
    """,
)
DURATION = Kind("duration, duration s, duration seconds, dur, dauer, durée, duración, 时长")
