"""Words -> stems, by the stemmers that tantivy carries; with lexical.py its only importer.

A word is stemmed by the language of its text or, where the script tells it, as Russian, Greek,
Arabic or Tamil.
"""

from __future__ import annotations

from functools import cache

import tantivy

from .languages import ENGLISH, STOP_WORDS

# Longer "words" are noise such as encoded data.
_MAX_WORD_CHARS = 60
# Scripts that tell how their words are stemmed, by their first and last letter.
_SCRIPTS = {
    "greek": ("\u0370", "\u03ff"),
    "russian": ("\u0400", "\u052f"),
    "arabic": ("\u0600", "\u06ff"),
    "tamil": ("\u0b80", "\u0bff"),
}


def stems_of(word: str, language: str) -> tuple[str, ...]:
    """The stem of a folded word with its accents and the one without, where they differ; none for
    a stop word. Spanish "votación" has the stem of "votaciones", and is found as "votacion" too."""
    for script, (first, last) in _SCRIPTS.items():
        if first <= word[0] <= last:
            language = script
    stems = dict.fromkeys(
        stem for analyser in _analysers(language) for stem in analyser.analyze(word)
    )
    return tuple(stems)


def plain_stem(word: str, language: str) -> str:
    """The stem of a lower-case word without its accents, stop words included."""
    return next(iter(_plain_stemmer(language).analyze(word)), word)


@cache
def _analysers(language: str) -> tuple[tantivy.TextAnalyzer, ...]:
    """Of single words: one that stems before it folds accents away, and one that folds first.

    What is noise in Latin letters can be a word in those of other scripts, which have more bytes.
    """
    short = tantivy.Filter.remove_long(_MAX_WORD_CHARS * (3 if language in _SCRIPTS else 1))
    fold, stem = tantivy.Filter.ascii_fold(), tantivy.Filter.stemmer(language)
    stop = _stop_words(language)
    if language == ENGLISH:  # its few accents tell nothing
        return (_analyser(short, fold, *stop, stem),)
    if language in _SCRIPTS:
        return (_analyser(short, *stop, stem),)
    return _analyser(short, *stop, stem, fold), _analyser(short, *stop, fold, stem)


@cache
def _plain_stemmer(language: str) -> tantivy.TextAnalyzer:
    return _analyser(tantivy.Filter.stemmer(language), tantivy.Filter.ascii_fold())


def _stop_words(language: str) -> list[tantivy.Filter]:
    if language in STOP_WORDS:
        return [tantivy.Filter.custom_stopword(STOP_WORDS[language].split())]
    return [] if language == "tamil" else [tantivy.Filter.stopword(language)]


def _analyser(*filters: tantivy.Filter) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
    for each in filters:
        builder = builder.filter(each)
    return builder.build()
