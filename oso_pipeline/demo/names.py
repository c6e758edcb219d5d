"""Names that sound right and are nobody's: boards, schools, streets.

Every word was held against the real address files; none of these names stands in them. As in the real
country names are not unique, and a few carry quotes, accents and the curly apostrophes of windows-1252.
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.demo.draws import Draws
from oso_pipeline.demo.text import fill_in

_ADJECTIVES = (
    "Zilveren", "Koperen", "Gestreepte", "Ruisende", "Glazen", "Windstille", "Zwevende", "Loden",
    "Gevlochten", "Knisperende", "Amberen", "Dansende", "Fluwelen", "Hollende", "Tinnen", "Mosgroene",
    "Krakende", "Bonte", "Waaiende", "Porseleinen", "Wollen", "Schemerende", "Ivoren", "Duizelige",
)  # fmt: skip
_NOUNS = (
    "Lepelaar", "Grutto", "Wulp", "Zaagbek", "Karekiet", "Roerdomp", "Tureluur", "Kluut", "Smient",
    "Duindoorn", "Krabbescheer", "Lisdodde", "Zwanebloem", "Watermunt", "Gagel", "Spaanse Ruiter",
    "Trekschuit", "Windvaan", "Hooiopper", "Steekmug", "Waterschout", "Zandloper", "Klinker",
    "Poëet", "Ideeënbus", "Hagedisstaart", "Wâldpyk", "Reünist", "Kievitsbloem", "Rietorchis",
)  # fmt: skip
_POPULAR = (
    "De Amberen Grutto",
    "De Bonte Tureluur",
    "'t Hooiopperke",
    "De \u2018Kleine\u2019 Windvaan",
)
_STEMS = ("Wimm", "Duvel", "Roderv", "Ottel", "Halv", "Brenk", "Tjaard", "Quirl", "Meeuws", "Zonn")
_ENDINGS = ("erinckx", "enstra", "inghof", "elvliet", "ersgaard", "ummersma", "ockhorst", "aertsen")
_SO_KINDS = {
    "SBAO": "School voor Speciaal Basisonderwijs",
    "SO": "School voor Speciaal Onderwijs",
    "VSO": "School voor Voortgezet Speciaal Onderwijs",
    "(V)SO": "School voor (V)SO",
}
_VO_KINDS = (
    "{} College", "{} Lyceum", "Openbare Scholengemeenschap {} voor Lyceum Havo Mavo Vbo Lwoo",
    "Praktijkschool {}", "Gymnasium {}", "Scholengemeenschap {} voor Vwo Havo Vmbo",
)  # fmt: skip
_BOARD_FORMS = (
    "Stichting {} Onderwijs", "Stichting Scholengroep {}", "Vereniging tot Stichting {}",
    "Stichting Openbaar Onderwijs {}", "Coöperatie {} U.A.",
)  # fmt: skip
_STREETS = (
    "Schoolstraat", "Kerkstraat", "Dorpsstraat", "Sportlaan", "Hoofdweg", "Molenstraat", "Kerklaan",
    "Grutterspad", "Wulpenlaan", "Gagelhof", "Turfmeterstraat", "Lisdoddeweg", "Burg. Halvinghofweg",
    "\u2019t Zijpad", "Commandeur Quirlstraat", "Smientplein", "Prof. Ottelvlietsingel", "Zonnedauw",
)  # fmt: skip
_PREFIXES = ("", "Basisschool ", "OBS ", "CBS ", "Daltonschool ", "Kindcentrum ")
_PLAIN = {
    "ë": "e", "é": "e", "ü": "u", "â": "a", "ö": "o", "'": "", "\u2018": "", "\u2019": "", '"': "", "(": "",
    ")": "", ".": "", " ": "-",
}  # fmt: skip


def po_name(draws: Draws, key: pl.Expr) -> pl.Expr:
    """Name a primary school; one in fifty has one of the popular names, one in a hundred quotes."""
    own = fill_in(
        "De {} {}",
        draws.pick("name adjective", key, _ADJECTIVES),
        draws.pick("name noun", key, _NOUNS),
    )
    popular = draws.pick("popular name", key, _POPULAR)
    name = pl.when(draws.chance("is popular", key, 0.02)).then(popular).otherwise(own)
    full = pl.concat_str(draws.pick("name prefix", key, _PREFIXES), name)
    quoted = fill_in('Basisschool "{}"', name)
    return pl.when(draws.chance("is quoted", key, 0.01)).then(quoted).otherwise(full)


def so_name(draws: Draws, key: pl.Expr, kind: pl.Expr) -> pl.Expr:
    """Name a special school after its ``kind`` (SBAO, SO, VSO, (V)SO)."""
    return fill_in(
        "{} De {} {}",
        kind.replace_strict(_SO_KINDS),
        draws.pick("name adjective", key, _ADJECTIVES),
        draws.pick("name noun", key, _NOUNS),
    )


def vo_name(draws: Draws, key: pl.Expr) -> pl.Expr:
    """Name a secondary school; its branches carry the same name, as in the real file."""
    forms = [fill_in(form, _surname(draws, key)) for form in _VO_KINDS]
    return _one_of(draws.below("name form", key, len(forms)), forms)


def board_name(draws: Draws, key: pl.Expr) -> pl.Expr:
    """Name a board."""
    forms = [fill_in(form, _surname(draws, key)) for form in _BOARD_FORMS]
    return _one_of(draws.below("board form", key, len(forms)), forms)


def street(draws: Draws, key: pl.Expr) -> pl.Expr:
    """Name a street."""
    return draws.pick("street", key, _STREETS)


def website(name: pl.Expr) -> pl.Expr:
    """Give an address that nobody can own (RFC 2606: ``.example``)."""
    slug = name.str.to_lowercase().str.replace_many(_PLAIN).str.strip_chars("-").str.slice(0, 60)
    return fill_in("www.{}.example", slug)


def _surname(draws: Draws, key: pl.Expr) -> pl.Expr:
    return pl.concat_str(
        draws.pick("surname stem", key, _STEMS),
        draws.pick("surname ending", key, _ENDINGS),
    )


def _one_of(drawn: pl.Expr, choices: list[pl.Expr]) -> pl.Expr:
    last = choices[-1]
    for number, choice in reversed(list(enumerate(choices[:-1]))):
        last = pl.when(drawn == number).then(choice).otherwise(last)
    return last
