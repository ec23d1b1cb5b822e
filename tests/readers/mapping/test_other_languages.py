"""`digidip map` knows headers of eight languages beside English, joins day and time, and counts the words it has no meaning for."""

import pytest
import yaml

from digidip import readers
from digidip.readers.mapping import _other_languages
from digidip.readers.mapping._synonyms import KNOWN, WORDS, plain

HEADERS = {
    "German": "Beitrags-ID;Seite;Datum;Uhrzeit;Text;Art;Gefällt mir;Kommentare;Geteilt;Link",
    "German without umlauts": "Beitrags-ID;Seite;Datum;Uhrzeit;Text;Art;Gefaellt mir;Kommentare;Geteilt;Link",
    "French": "ID de la publication;Page;Date;Heure;Texte;Type;J'aime;Commentaires;Partages;Lien",
    "Spanish": "ID de publicación;Página;Fecha;Hora;Mensaje;Tipo;Me gusta;Comentarios;Compartidos;Enlace",
    "Spanish without accents": "ID de publicacion;Pagina;Fecha;Hora;Mensaje;Tipo;Me gusta;Comentarios;Compartidos;Enlace",
    "Portuguese": "ID da publicação;Página;Data;Hora;Mensagem;Tipo;Curtidas;Comentários;Compartilhamentos;Endereço",
    "Italian": "ID del post;Pagina;Data;Ora;Testo;Tipo;Mi piace;Commenti;Condivisioni;Collegamento",
    "Arabic": "معرف المنشور;الصفحة;التاريخ;الوقت;النص;النوع;الإعجابات;التعليقات;المشاركات;الرابط",
    "Russian": "ID поста;Страница;Дата;Время;Текст;Тип;Лайки;Комментарии;Репосты;Ссылка",
    "Chinese": "帖子ID;主页;日期;时刻;正文;类型;点赞数;评论数;转发数;链接",
}
PLACED = "post_id account_name posted_at text medium like_count comment_count repost_count url".split()
ROWS = "".join(
    f"1000000000{n};MFA;{n}.03.2024;10:{n};Ein Satz {n};{'Foto' if n < 25 else 'Kachel'};{n};{n};{n};https://example.org/{n}\n"
    for n in range(13, 28)
)


@pytest.mark.parametrize("language", HEADERS)
def test_headers(language, export):
    """Each column has its place, and the day and the time of day are one instant."""
    found = readers.proposal(export("table.csv", f"{HEADERS[language]}\n{ROWS}"))
    names = HEADERS[language].split(";")
    columns = yaml.load(found.text, Loader=yaml.BaseLoader)["columns"]
    time = columns.pop("posted_at")
    assert (time["from"], time["and"], time["format"]) == (names[2], [names[3]], "%d.%m.%Y %H:%M")
    assert {**columns, "posted_at": names[2]} == dict(zip(PLACED, names[:3] + names[4:], strict=True))
    assert 'words.medium: without a meaning yet, so they would be missing: "Kachel" (3)' in found.needs


def test_words_that_the_map_has_not_are_counted_at_add(digidip, export):
    """Kachel three times: told, with the remedy, which works."""
    path = export("table.csv", f"{HEADERS['German']}\n{ROWS}")
    own = path.with_name("table.csv.map.yml")
    lines = readers.proposal(path).text.replace("platform:  #", "platform: facebook  #")
    own.write_text(lines.replace("\ncolumns:", '\ncolumns:\n  account_id: {constant: "77"}'), encoding="utf-8")
    stated = ("--ministry", "Deutschland", "--label", "real", "--zone", "Europe/Berlin")
    code, out, err = digidip("add", path, *stated)
    assert (code, err) == (0, "") and "medium: not in `words` of the map, so missing: 'Kachel' 3 times" in out
    own.write_text(own.read_text(encoding="utf-8").replace('# "Kachel"', '"Kachel"'), encoding="utf-8")
    assert readers.reader("mapped").unmapped_words(path) == {}


def test_the_vocabulary_is_of_columns_and_words_that_there_are():
    """Every key is a column of a table, or a word of a coded column; every word is as names of columns are compared."""
    assert set(_other_languages.COLUMNS) <= {column for columns in KNOWN.values() for column in columns}
    assert all(set(words) <= set(WORDS[column]) for column, words in _other_languages.WORDS.items())
    listed = [
        *_other_languages.COLUMNS.values(),
        *(w for each in _other_languages.WORDS.values() for w in each.values()),
    ]
    names = [name for words in listed for name in _other_languages.spellings(words)]
    assert [name for name in names if plain(name) != name] == []
