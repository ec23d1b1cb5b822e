"""Rules that find an inquiry in a text: question marks, openers and requests by language; and what is procedural.

The words are data: add a language as one line. All languages are tried on every text, since most exports do not tell it.
"""

import re

MARKS = "?¿؟？;՞፧"
OPENERS = {
    "en": r"(?:how (?!nice|great|lovely|sad|awful|dare)|when (?:do|does|did|will|is|are|can)|where (?:do|does|is|are|can)"
    r"|what(?:'s| is| are| do| does| time| documents)|which|who(?:m| can)|why (?:do|does|is|are)|(?:can|could|may) (?:i|you|we)"
    r"|do (?:i|you) |does the|is (?:there|it possible)|are there)",
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


def _any(words):
    """One expression for the words of all languages."""
    return "|".join(words.values())


ADDRESS = re.compile(r"\S+://\S+")
ASKS = re.compile(rf"[{MARKS}]|(?:^|[.!\n]\s*)(?:{_any(OPENERS)})(?!\w)|\b(?:{_any(REQUESTS)})", re.IGNORECASE)
ROUTINE = re.compile(rf"\b(?:{_any(PROCEDURAL)})", re.IGNORECASE)
HARD = re.compile(rf"\b(?:{_any(DISTRESS)})", re.IGNORECASE)


def kind_of(text):
    """none, procedural or complex: what the rules make of a text; none where there is no text.

    >>> [kind_of(text) for text in ("Where do I get a visa", "Lost my passport, what now?", "What a day!", None)]
    ['procedural', 'complex', 'none', 'none']
    """
    words = ADDRESS.sub(" ", text) if isinstance(text, str) else ""
    if not ASKS.search(words):
        return "none"
    return "procedural" if ROUTINE.search(words) and not HARD.search(words) else "complex"
