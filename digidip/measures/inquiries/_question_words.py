"""Rules that find an inquiry in a text: question marks, openers and requests by language.

And what is procedural.

The words are data: add a language as one line. All languages are tried on every text, since most exports do not tell it.
"""

import re

import ibis

MARKS = "?¿؟？;՞፧"
OPENERS = {
    "en": r"(?:how (?:do|does|did|can|could|should|would|to|much|many|long|often|soon|late)|when (?:do|does|did|will|is|are|can)"
    r"|where (?:do|does|is|are|can)|what(?:'s| is| are| do| does| time| documents)|which|who(?:m| can)|why (?:do|does|is|are)"
    r"|(?:can|could|may) (?:i|you|we)|do (?:i|you)|does the|is (?:there|it possible)|are there)",
    "es": r"(?:cómo|cuándo|cuánto|cuántos|cuál|cuáles|dónde|quién|qué (?:hago|debo|requisitos|documentos|hora|necesito|pasa)"
    r"|alguien sabe|se puede|puedo)",
    "pt": r"(?:quando|quanto custa|onde|qual|quais|posso|alguém sabe|é possível)",
    "fr": r"(?:comment|quand|combien|où|quel|quels|quelle|quelles|est-ce que|puis-je|peut-on)",
    "de": r"(?:wann|wo|wer|wie (?:lange|viel|kann|bekomme)|welche|welcher|kann ich|können sie|gibt es)",
    "ru": r"(?:как|когда|где|кто|сколько|какие|можно ли)",
    "ar": r"(?:كيف|متى|أين|اين|هل|كم|من يستطيع|ما هي)",
    "hi": r"(?:कैसे|कब|कहाँ|क्या|कौन|कितन)",
}
REQUESTS = {
    "en": r"please (?:answer|tell|help|advise|send|reply)|i (?:need|would like) (?:to know|help|information)|can you help",
    "es": r"(?:necesito|quisiera|quiero) (?:saber|información|ayuda|informes)|por favor (?:ayuda|ayúden|respond|inform|indíqu)",
    "pt": r"(?:preciso de|gostaria de) (?:saber|ajuda|informaç)|por favor (?:ajud|respond|inform)",
    "fr": r"(?:j'ai besoin|je voudrais|je souhaite) (?:de savoir|d'aide|savoir|des? )|merci de (?:me|répondre)",
    "de": r"(?:ich brauche|ich benötige|bitte (?:antworten|helfen|teilen))",
    "ru": r"(?:подскажите|помогите|ответьте|скажите),? пожалуйста|пожалуйста,? (?:подскажите|помогите|ответьте)",
    "ar": r"(?:أرجو|ارجو|نرجو|من فضلك)",
    "hi": r"कृपया (?:बता|मदद|उत्तर)",
}
PROCEDURAL = {
    "en": r"visas?\b|passport|opening hours|appointment|office hours|fees?\b|how much|application form|apply for|renew"
    r"|legali[sz]|apostille|queue|certificate",
    "es": r"visas?\b|visado|pasaporte|horario|citas?\b|cuánto (?:cuesta|demora)|requisitos|trámite|legalizar|apostilla"
    r"|renovar|atienden?\b|formulario",
    "pt": r"vistos?\b|passaporte|horário|agendament|quanto custa|requisitos|apostil|renovar",
    "fr": r"visas?\b|passeport|horaires|rendez-vous|combien coûte|légalis|apostille|renouvel|formulaire",
    "de": r"visum|visa\b|reisepass|öffnungszeiten|termin\b|gebühr|beglaubig|apostille|antrag",
    "ru": r"виз[аыуе]\b|загранпаспорт|паспорт|часы работы|запис[ья]|апостиль|справк",
    "ar": r"تأشيرة|جواز|موعد|ساعات|رسوم|تصديق",
    "hi": r"वीज़ा|वीजा|पासपोर्ट|शिविर|शुल्क|समय",
}
DISTRESS = {
    "en": r"detain|arrest|died|death|emergency|stolen|lost my|hospital|fell ill|custody|missing person|no papers",
    "es": r"detenid|arrestad|murió|falleci|emergencia|robaron|perdí|hospital|enferm|herencia|custodia|desaparecid",
    "pt": r"detid|pres[oa]\b|morreu|faleceu|emergência|roubaram|perdi\b|hospital|doente|herança",
    "fr": r"détenu|arrêté|décéd|urgence|volé|perdu|hôpital|malade|héritage",
    "de": r"verhaftet|gestorben|notfall|gestohlen|verloren|krankenhaus|erbschaft",
    "ru": r"задержан|арестован|умер|украли|потерял|больниц|наследств",
    "ar": r"معتقل|توفي|طوارئ|سرقة|فقدت|مستشفى",
    "hi": r"गिरफ़्तार|मृत्यु|आपात|चोरी|अस्पताल",
}


def patterns(letter, space):
    """The regular expressions of address, asking, routine and hard questions.

    From what is inside brackets for a letter and a space.
    """
    asks, requests, routine, hard = ("|".join(words.values()) for words in (OPENERS, REQUESTS, PROCEDURAL, DISTRESS))
    before, after = rf"(?:^|[^{letter}])", rf"(?:[^{letter}]|$)"
    asking = rf"[{MARKS}]|(?:^|[.!\n][{space}]*)(?:{asks}){after}|{before}(?:{requests})"
    inside = (rf"{before}(?:{words})".replace(r"\b", after) for words in (routine, hard))
    return rf"[^{space}]+://[^{space}]+", asking, *inside


IN_PYTHON = [re.compile(pattern) for pattern in patterns(r"\w", r"\s")]
IN_ENGINES = patterns(r"\p{L}\p{N}_", r"\s\p{Z}")  # there \w knows the letters of English alone


def kind_of(text):
    """none, procedural or complex: what the rules make of a text; none where there is no text.

    >>> [kind_of(text) for text in ("Where do I get a visa", "Lost my passport, what now?", "What a day!", None)]
    ['procedural', 'complex', 'none', 'none']
    """
    address, asks, routine, hard = IN_PYTHON
    words = address.sub(" ", text.lower()) if isinstance(text, str) else ""
    if not asks.search(words):
        return "none"
    return "procedural" if routine.search(words) and not hard.search(words) else "complex"


def kinds_of(text):
    """What `kind_of` says of each text of an Ibis column, found in the engine."""
    address, asks, routine, hard = IN_ENGINES
    words = text.lower()
    words = ibis.ifelse(words.contains("://"), words.re_replace(address, " "), words).fill_null("")
    simple = words.re_search(routine) & ~words.re_search(hard)
    return ibis.cases((~words.re_search(asks), "none"), (simple, "procedural"), else_="complex")
