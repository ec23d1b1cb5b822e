"""Words by which a post addresses an audience, and by which who comments says who they are; a rule from role and language.

The words are data: add a language as one line. All languages are tried on every text. Of a person nothing counts but what
they say of themselves: no name, no language, no place (docs/methods.md#audiences).
"""

from functools import cache

MEDIA, FOREIGN, DIASPORA, NATIONALS, DIPLOMATS = (
    "media",
    "foreign publics",
    "diaspora",
    "nationals",
    "diplomatic community",
)
AUDIENCES = (MEDIA, FOREIGN, DIASPORA, NATIONALS, DIPLOMATS)
UNKNOWN = "unknown"
ORDER = (
    MEDIA,
    DIPLOMATS,
    DIASPORA,
    NATIONALS,
    FOREIGN,
)  # the order in which words are looked for, where two stand at one place
ADDRESSES = {
    MEDIA: {
        "en": r"journalists|correspondents|press (?:conference|briefing|accreditation)|members of the (?:press|media)",
        "fr": r"journalistes|correspondants de presse|(?:conférence|point|accréditation) de presse",
        "de": r"journalist|pressekonferenz|medienvertreter|presseakkreditierung",
        "es": r"periodistas|corresponsales|(?:rueda|conferencia) de prensa|medios de comunicación",
        "pt": r"jornalistas|correspondentes|conferência de imprensa",
    },
    DIPLOMATS: {
        "en": r"excellenc(?:y|ies)|diplomatic corps|note verbale|fellow diplomats|(?:visiting|member) delegations",
        "fr": r"excellences|corps diplomatique|note verbale|délégations (?:invitées|membres)",
        "de": r"exzellenzen|diplomatische[ns]? korps|verbalnote|delegationen",
        "es": r"excelencias|cuerpo diplomático|nota verbal|delegaciones",
        "pt": r"excelências|corpo diplomático|nota verbal|delegações",
    },
    DIASPORA: {
        "en": r"(?:compatriots|citizens|nationals) abroad|our diaspora|overseas voters|consular registration",
        "fr": r"(?:compatriotes|ressortissants|concitoyens) (?:à|de) l'étranger|notre diaspora|inscription consulaire",
        "de": r"(?:landsleute|staatsangehörige|bürger) im ausland|unsere diaspora|konsularische registrierung",
        "es": r"(?:compatriotas|connacionales|ciudadanos) en el (?:exterior|extranjero)|nuestra diáspora",
        "pt": r"(?:compatriotas|cidadãos) no (?:exterior|estrangeiro)|nossa diáspora",
    },
    NATIONALS: {
        "en": r"fellow citizens|dear citizens|citizens at home|before you travel abroad",
        "fr": r"chers concitoyens|citoyens au pays|avant de partir à l'étranger",
        "de": r"liebe mitbürger|bürgerinnen und bürger im land|vor ihrer reise ins ausland",
        "es": r"queridos (?:con)?ciudadanos|ciudadanos en el país|antes de viajar al (?:exterior|extranjero)",
        "pt": r"caros (?:con)?cidadãos|cidadãos no país|antes de viajar ao exterior",
    },
    FOREIGN: {
        "en": r"foreign (?:students|investors|visitors|guests)|discover our country|visit our country",
        "fr": r"(?:étudiants|investisseurs|visiteurs) étrangers|découvrez notre pays|visitez notre pays",
        "de": r"ausländische (?:studierende|investoren|besucher|gäste)|entdecken sie unser land|besuchen sie unser land",
        "es": r"(?:estudiantes|inversionistas|visitantes) extranjeros|(?:descubra|visite) nuestro país",
        "pt": r"(?:estudantes|investidores|visitantes) estrangeiros|(?:descubra|visite) nosso país",
    },
}
DECLARES = {
    MEDIA: {
        "en": r"as a (?:journalist|reporter|correspondent)|i am a (?:journalist|reporter|correspondent)|our newsroom",
        "fr": r"(?:en tant que|je suis) journaliste|notre rédaction",
        "de": r"als journalist|ich bin journalist|unsere redaktion",
        "es": r"(?:como|soy) periodista|nuestra redacción",
        "pt": r"(?:como|sou) jornalista|nossa redação",
    },
    DIPLOMATS: {
        "en": r"as a diplomat|on behalf of (?:the|our) (?:embassy|delegation|mission)|our delegation",
        "fr": r"en tant que diplomate|au nom de (?:l'ambassade|notre délégation)|notre délégation",
        "de": r"als diplomat|im namen (?:der botschaft|unserer delegation)|unsere delegation",
        "es": r"como diplomátic[oa]|en nombre de (?:la embajada|nuestra delegación)|nuestra delegación",
        "pt": r"como diplomata|em nome da (?:embaixada|nossa delegação)|nossa delegação",
    },
    DIASPORA: {
        "en": r"(?:i|we|who) live abroad|living abroad|far from home|we abroad",
        "fr": r"(?:je vis|nous vivons|vivant) à l'étranger|loin du pays",
        "de": r"(?:ich lebe|wir leben|lebend) im ausland|fern der heimat",
        "es": r"(?:vivo|vivimos|viviendo) en el (?:exterior|extranjero)|lejos de casa",
        "pt": r"(?:moro|moramos|vivendo) no (?:exterior|estrangeiro)|longe de casa",
    },
    NATIONALS: {
        "en": r"as a citizen|we citizens|here at home",
        "fr": r"en tant que (?:citoyen|citoyenne)|nous,? citoyens|ici au pays",
        "de": r"als bürger|wir bürger|hier zu hause im land",
        "es": r"como ciudadan[oa]|nosotros los ciudadanos|aquí en el país",
        "pt": r"como cidad(?:ão|ã)|nós cidadãos|aqui no país",
    },
    FOREIGN: {
        "en": r"as a (?:foreigner|visitor|tourist|foreign student)|in your country|i visited your",
        "fr": r"en tant que (?:étranger|visiteur|touriste)|dans votre pays|j'ai visité votre",
        "de": r"als (?:ausländer|besucher|tourist)|in ihrem land|ich besuchte ihr",
        "es": r"como (?:extranjer[oa]|visitante|turista)|en su país|visité su",
        "pt": r"como (?:estrangeir[oa]|visitante|turista)|no seu país|visitei seu",
    },
}
BY_OFFICE = {"permanent mission": DIPLOMATS, "spokesperson": MEDIA}
MISSIONS = ("embassy", "consulate", "ambassador", "permanent mission")


def pattern(words):
    """The words of all languages of one audience as one regular expression, at the beginning of a word."""
    return rf"(?i)(?:^|\W)(?:{'|'.join(words.values())})"


@cache
def official_languages(state):
    """The official languages of a state, in law or in fact, as Unicode's CLDR has them; none of an unknown state.

    >>> sorted(official_languages("MUS")), sorted(official_languages("FRA"))
    (['en', 'fr'], ['fr'])
    """
    import pycountry
    from babel.languages import get_official_languages

    found = pycountry.countries.get(alpha_3=state) if isinstance(state, str) else None
    return frozenset(get_official_languages(found.alpha_2, de_facto=True) if found else ())


def by_role(ministry, office, receiving, language):
    """Whom an account of this office addresses in this language, where words do not say it; `unknown` where it may be several.

    A language official here and not there means one, one official in both means nobody in particular.

    >>> by_role("MUS", "embassy", "FRA", "en"), by_role("MUS", "embassy", "FRA", "fr"), by_role("MUS", "ministry", None, "de")
    ('diaspora', 'unknown', 'foreign publics')
    """
    if office in BY_OFFICE:
        return BY_OFFICE[office]
    own, there = official_languages(ministry), official_languages(receiving)
    if office in MISSIONS and there:
        if language in own ^ there:
            return DIASPORA if language in own else FOREIGN
        return UNKNOWN
    return FOREIGN if own and language not in {*own, "und"} and office not in MISSIONS else UNKNOWN
