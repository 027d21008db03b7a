"""The countries of the world as English speech names them. Pure.

The members and observers of the United Nations with Kosovo and Taiwan, and for some of them the
short forms that are said more often. Adjectives ("Russian") name no country here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAMES = (
    "Afghanistan, Albania, Algeria, Andorra, Angola, Antigua and Barbuda, Argentina, Armenia, "
    "Australia, Austria, Azerbaijan, Bahamas, Bahrain, Bangladesh, Barbados, Belarus, Belgium, "
    "Belize, Benin, Bhutan, Bolivia, Bosnia and Herzegovina, Botswana, Brazil, Brunei, "
    "Bulgaria, Burkina Faso, Burundi, Cambodia, Cameroon, Canada, Cape Verde, Central African "
    "Republic, Chad, Chile, China, Colombia, Comoros, Costa Rica, Croatia, Cuba, Cyprus, Czech "
    "Republic, Democratic Republic of the Congo, Denmark, Djibouti, Dominica, Dominican "
    "Republic, Ecuador, Egypt, El Salvador, Equatorial Guinea, Eritrea, Estonia, Eswatini, "
    "Ethiopia, Fiji, Finland, France, Gabon, Gambia, Georgia, Germany, Ghana, Greece, Grenada, "
    "Guatemala, Guinea, Guinea-Bissau, Guyana, Haiti, Honduras, Hungary, Iceland, India, "
    "Indonesia, Iran, Iraq, Ireland, Israel, Italy, Ivory Coast, Jamaica, Japan, Jordan, "
    "Kazakhstan, Kenya, Kiribati, Kosovo, Kuwait, Kyrgyzstan, Laos, Latvia, Lebanon, Lesotho, "
    "Liberia, Libya, Liechtenstein, Lithuania, Luxembourg, Madagascar, Malawi, Malaysia, "
    "Maldives, Mali, Malta, Marshall Islands, Mauritania, Mauritius, Mexico, Micronesia, "
    "Moldova, Monaco, Mongolia, Montenegro, Morocco, Mozambique, Myanmar, Namibia, Nauru, "
    "Nepal, Netherlands, New Zealand, Nicaragua, Niger, Nigeria, North Korea, North Macedonia, "
    "Norway, Oman, Pakistan, Palau, Palestine, Panama, Papua New Guinea, Paraguay, Peru, "
    "Philippines, Poland, Portugal, Qatar, Republic of the Congo, Romania, Russia, Rwanda, "
    "Saint Kitts and Nevis, Saint Lucia, Saint Vincent and the Grenadines, Samoa, San Marino, "
    "Saudi Arabia, Senegal, Serbia, "
    "Seychelles, Sierra Leone, Singapore, Slovakia, Slovenia, Solomon Islands, Somalia, South "
    "Africa, South Korea, South Sudan, Spain, Sri Lanka, Sudan, Suriname, Sweden, Switzerland, "
    "Syria, São Tomé and Príncipe, Taiwan, Tajikistan, Tanzania, Thailand, Timor-Leste, Togo, "
    "Tonga, Trinidad and Tobago, Tunisia, Turkey, Turkmenistan, Tuvalu, Uganda, Ukraine, United "
    "Arab Emirates, United Kingdom, United States, Uruguay, Uzbekistan, Vanuatu, Vatican City, "
    "Venezuela, Vietnam, Yemen, Zambia, Zimbabwe"
).split(", ")
_OTHER_NAMES = {
    "America": "United States",
    "Bosnia": "Bosnia and Herzegovina",
    "Britain": "United Kingdom",
    "Burma": "Myanmar",
    "Byelorussia": "Belarus",
    "Cabo Verde": "Cape Verde",
    "Congo": "Democratic Republic of the Congo",
    "Czechia": "Czech Republic",
    "Côte d’Ivoire": "Ivory Coast",
    "Côte d'Ivoire": "Ivory Coast",
    "Democratic People's Republic of Korea": "North Korea",
    "Democratic People’s Republic of Korea": "North Korea",
    "DPRK": "North Korea",
    "DR Congo": "Democratic Republic of the Congo",
    "DRC": "Democratic Republic of the Congo",
    "East Timor": "Timor-Leste",
    "Emirates": "United Arab Emirates",
    "Great Britain": "United Kingdom",
    "Holland": "Netherlands",
    "Holy See": "Vatican City",
    "Kirghizia": "Kyrgyzstan",
    "Korea": "Korea",  # which of the two is not said
    "Kyrgyz Republic": "Kyrgyzstan",
    "Macedonia": "North Macedonia",
    "PRC": "China",
    "Republic of Korea": "South Korea",
    "ROK": "South Korea",
    "Russian Federation": "Russia",
    "Sao Tome": "São Tomé and Príncipe",
    "Slovak Republic": "Slovakia",
    "Swaziland": "Eswatini",
    "Türkiye": "Turkey",
    "U.A.E.": "United Arab Emirates",
    "U.K.": "United Kingdom",
    "U.S.": "United States",
    "U.S.A.": "United States",
    "UAE": "United Arab Emirates",
    "UK": "United Kingdom",
    "United States of America": "United States",
    "US": "United States",
    "USA": "United States",
    "Vatican": "Vatican City",
    "Viet Nam": "Vietnam",
}
_COUNTRY_OF = {name: name for name in _NAMES} | _OTHER_NAMES
_COUNTRY = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(_COUNTRY_OF, key=len, reverse=True)))}"
    r"|[Tt]he States(?!\s+(?:[A-Z]|of\b|parties)))(?!\w)"
)
# Also names of people, of an American state and of others' parts: alone among small words only.
_OTHERS_TOO = frozenset(("Chad", "Georgia", "Guinea", "Jordan", "Mali", "Turkey"))
_CAPITAL_BEFORE = re.compile(r"[A-ZÀ-Þ][\w’'.-]*\s+$")
_CAPITAL_AFTER = re.compile(r"^(?:['’]s)?\s+[A-ZÀ-Þ]")
# "New Mexico", "Northern Ireland", "South China Sea", "Bank of America" name none.
_PART_BEFORE = re.compile(r"\b(?:New|Northern|East|West|Latin|British|Papua New)\s+$")
_NO_COUNTRY_BEFORE = re.compile(r"\b(?:North|South|Central|Southern|Bank of|Voice of)\s+$")
_PART_AFTER = re.compile(r"^\s+(?:Sea|Ocean|Street|Avenue|Town|City)\b")


def countries(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a country is named, and which: (start, end, its usual name)."""
    for match in _COUNTRY.finditer(text):
        start, end = match.span()
        before, after = text[max(0, start - 40) : start], text[end : end + 20]
        name = match.group()
        if _PART_BEFORE.search(before) or _PART_AFTER.match(after):
            continue
        among_names = _CAPITAL_BEFORE.search(before) or _CAPITAL_AFTER.match(after)
        if name in _OTHERS_TOO and among_names:
            continue
        if name == "America" and _NO_COUNTRY_BEFORE.search(before):
            continue
        if name == "US" and text.isupper():  # "TELL US"
            continue
        yield start, end, _COUNTRY_OF.get(name, "United States")  # the States
