"""The vocabulary of `digidip map` in languages beside English: canonical column, or coded word → what exports call it.

German, French, Spanish, Portuguese, Italian, Arabic, Russian, Chinese, in this order: the words of social media in interfaces and
in tables that people keep. Small letters; a word with accents is also met without them. Sources: docs/formats.md#mapped.
"""

import unicodedata

COLUMNS = {
    "post_id": "beitrags-id, post-id, id de la publication, id de publication, id de publicación, id de la publicación, id del post, "
    "id da publicação, id del tuit, id do tweet, معرف المنشور, رقم المنشور, id поста, идентификатор поста, 帖子id, 博文id, 微博id, 贴文id",
    "comment_id": "kommentar-id, id du commentaire, id del comentario, id do comentário, id del commento, معرف التعليق, "
    "id комментария, 评论id",
    "account_id": "seiten-id, konto-id, nutzer-id, benutzer-id, id de la page, id du compte, id de la página, id de página, "
    "id de la cuenta, id da página, id da conta, id della pagina, id account, معرف الصفحة, معرف الحساب, id страницы, id аккаунта, "
    "主页id, 账号id, 用户id",
    "handle": "benutzername, nutzername, kontoname, nom d'utilisateur, identifiant, nombre de usuario, usuario, nome de usuário, "
    "nome do usuário, usuário, nome utente, اسم المستخدم, имя пользователя, никнейм, 用户名, 账号",
    "account_name": "seite, seitenname, konto, name der seite, nom de la page, page, nom du compte, nombre de la página, página, "
    "cuenta, nombre de la cuenta, nome da página, conta, nome da conta, nome della pagina, pagina, اسم الصفحة, الصفحة, اسم الحساب, "
    "الحساب, страница, название страницы, аккаунт, 主页名称, 主页, 昵称, 账号名称",
    "posted_at": "datum, veröffentlicht, veröffentlicht am, veröffentlichungsdatum, erstellt am, zeitpunkt, date de publication, "
    "publié le, heure de publication, créé le, fecha, fecha de publicación, publicado, publicado el, fecha y hora, data, "
    "data de publicação, data da publicação, publicado em, data e hora, data di pubblicazione, pubblicato il, data e ora, التاريخ, "
    "تاريخ النشر, تاريخ ووقت النشر, дата, дата публикации, опубликовано, дата и время, 发布时间, 发布日期, 日期, 时间, 發佈時間",
    "commented_at": "datum, geschrieben am, datum des kommentars, date, date du commentaire, fecha, fecha del comentario, data, "
    "data do comentário, data del commento, التاريخ, تاريخ التعليق, дата, дата комментария, 评论时间, 日期, 时间",
    "medium": "art, typ, beitragstyp, beitragsart, medientyp, inhaltstyp, type, type de publication, type de contenu, tipo, "
    "tipo de publicación, tipo de contenido, tipo de publicação, tipo de conteúdo, tipo di post, tipo di contenuto, النوع, "
    "نوع المنشور, نوع المحتوى, тип, тип поста, тип контента, 类型, 帖子类型, 内容类型",
    "text": "text, beitrag, nachricht, inhalt, beitragstext, kommentar, texte, message, contenu, texte de la publication, commentaire, "
    "texto, mensaje, contenido, publicación, comentario, mensagem, conteúdo, publicação, comentário, testo, messaggio, contenuto, "
    "commento, النص, نص المنشور, المحتوى, الرسالة, التعليق, текст, сообщение, текст поста, комментарий, 内容, 正文, 文本, 微博正文, 评论, 评论内容",
    "lang": "sprache, langue, idioma, língua, lingua, اللغة, язык, 语言",
    "url": "link, adresse, permalink, lien, lien de la publication, adresse url, enlace, enlace permanente, dirección, endereço, "
    "link permanente, indirizzo, collegamento, الرابط, رابط المنشور, ссылка, адрес, 链接, 网址, 原文链接",
    "like_count": "gefällt mir, gefällt mir angaben, gefällt-mir-angaben, likes, anzahl likes, j'aime, mentions j'aime, nombre de j'aime, "
    "me gusta, favoritos, curtidas, gostos, mi piace, الإعجابات, إعجابات, عدد الإعجابات, лайки, нравится, количество лайков, 点赞, 点赞数, 赞",
    "reaction_count": "reaktionen, anzahl reaktionen, réactions, nombre de réactions, reacciones, reações, reazioni, التفاعلات, "
    "реакции, 心情数, 反应数",
    "comment_count": "kommentare, anzahl kommentare, antworten, commentaires, nombre de commentaires, réponses, comentarios, respuestas, "
    "número de comentarios, comentários, respostas, commenti, risposte, التعليقات, عدد التعليقات, الردود, комментарии, "
    "количество комментариев, ответы, 评论数, 评论量, 回复数",
    "repost_count": "geteilt, geteilte inhalte, anzahl geteilt, retweets, partages, nombre de partages, compartidos, veces compartido, "
    "retuits, compartilhamentos, partilhas, condivisioni, المشاركات, عدد المشاركات, إعادات النشر, репосты, поделились, "
    "количество репостов, 转发, 转发数, 分享数",
    "view_count": "aufrufe, ansichten, vues, nombre de vues, visualizaciones, reproducciones, vistas, visualizações, visualizzazioni, "
    "المشاهدات, عدد المشاهدات, просмотры, количество просмотров, 播放量, 阅读量, 浏览量, 观看次数",
    "follower_count": "follower, abonnenten, anzahl follower, abonnés, nombre d'abonnés, seguidores, número de seguidores, "
    "follower della pagina, المتابعون, عدد المتابعين, подписчики, количество подписчиков, 粉丝数, 关注者, 订阅数",
    "author": "autor, verfasser, von, auteur, autor del comentario, autor do comentário, autore, الكاتب, اسم المعلق, автор, 作者, 评论者",
    "observed_at": "datum, stand, tag, date, fecha, data, día, dia, التاريخ, дата, 日期",
    "following_count": "folgt, gefolgte konten, abonnements, siguiendo, seguidos, seguindo, seguiti, يتابع, подписки, 关注数",
    "post_count": "beiträge, anzahl beiträge, publications, nombre de publications, publicaciones, publicações, numero di post, "
    "المنشورات, عدد المنشورات, посты, количество постов, 帖子数, 微博数",
    "platform": "plattform, netzwerk, plateforme, réseau, réseau social, plataforma, red, red social, rede, rede social, piattaforma, "
    "rete sociale, المنصة, платформа, соцсеть, 平台",
    "name": "name, nom, nombre, nome, الاسم, название, имя, 名称, 姓名",
    "ministry": "land, staat, entsendestaat, pays, état, état d'envoi, país, estado, estado acreditante, paese, stato, stato accreditante, "
    "الدولة, البلد, страна, государство, 国家, 派遣国",
    "sender": "entsendestaat, land, état accréditant, pays d'envoi, estado acreditante, país de origen, país de origem, stato accreditante, "
    "الدولة المرسلة, аккредитующее государство, 派遣国",
    "receiver": "empfangsstaat, gastland, état accréditaire, pays hôte, estado receptor, país receptor, estado recetor, país anfitrião, "
    "stato accreditatario, paese ospitante, الدولة المضيفة, государство пребывания, 接受国, 驻在国",
    "receiving": "empfangsstaat, gastland, état accréditaire, pays hôte, estado receptor, país receptor, país anfitrião, "
    "stato accreditatario, paese ospitante, الدولة المضيفة, государство пребывания, 接受国, 驻在国",
    "city": "stadt, sitz, ort, ville, siège, ciudad, sede, cidade, città, المدينة, город, 城市",
    "office": "amt, kontoart, fonction, cargo, función, carica, ufficio, الصفة, должность, 职务",
    "year": "jahr, année, año, ano, anno, السنة, год, 年份, 年",
    "event": "ereignis, veranstaltung, titel, événement, titre, evento, título, titolo, الحدث, العنوان, событие, название, 事件, 标题",
    "begins_at": "beginn, datum, début, date de début, inicio, fecha de inicio, início, data de início, inizio, data di inizio, البداية, "
    "начало, дата начала, 开始时间, 日期",
    "ends_at": "ende, fin, date de fin, fecha de fin, fim, data de término, fine, data di fine, النهاية, конец, дата окончания, 结束时间",
    "value": "wert, anzahl, artikel, valeur, nombre, valor, cantidad, quantidade, valore, numero, القيمة, العدد, значение, количество, 数值, 数量",
    "series": "suchbegriff, thema, recherche, sujet, término, tema, termo, termine, argomento, الموضوع, тема, запрос, 关键词, 主题",
}
WORDS = {
    "medium": {
        "photo": "foto, fotos, bild, bilder, image, images, imagen, imágenes, imagem, imagens, immagine, immagini, álbum, album, صورة, "
        "صور, фото, фотография, изображение, 图片, 照片",
        "video": "vidéo, vidéos, vídeo, vídeos, vidéo en direct, reels, فيديو, видео, 视频",
        "link": "lien, liens, enlace, enlaces, ligação, collegamento, رابط, ссылка, 链接",
        "text": "texte, texto, testo, statut, estado, stato, نص, текст, статус, 文字, 文本",
        "event": "veranstaltung, événement, evento, حدث, событие, 活动",
        "poll": "umfrage, sondage, encuesta, enquete, sondaggio, استطلاع, опрос, 投票",
        "audio": "صوت, аудио, 音频, áudio",
        "other": "sonstiges, andere, autre, otro, outro, altro, أخرى, другое, 其他",
    },
    "office": {
        "ministry": "außenministerium, auswärtiges amt, ministerium, ministère, ministère des affaires étrangères, ministerio, cancillería, "
        "ministerio de relaciones exteriores, ministério, ministério das relações exteriores, ministero degli esteri, وزارة الخارجية, "
        "министерство иностранных дел, мид, 外交部",
        "minister": "außenminister, außenministerin, ministre, canciller, ministro, ministra, وزير الخارجية, министр, 外交部长, 外长",
        "consulate": "konsulat, generalkonsulat, consulat, consulat général, consulado, consulado general, consulado geral, consolato, "
        "consolato generale, قنصلية, консульство, 领事馆, 总领事馆",
        "embassy": "botschaft, ambassade, embajada, embaixada, ambasciata, سفارة, посольство, 大使馆",
        "permanent mission": "ständige vertretung, représentation permanente, mission permanente, misión permanente, missão permanente, "
        "rappresentanza permanente, بعثة دائمة, постоянное представительство, 常驻代表团",
        "ambassador": "botschafter, botschafterin, ambassadeur, ambassadrice, embajador, embajadora, embaixador, embaixadora, "
        "ambasciatore, ambasciatrice, سفير, посол, 大使",
        "spokesperson": "sprecher, sprecherin, porte-parole, portavoz, porta-voz, portavoce, متحدث, пресс-секретарь, 发言人",
    },
}


def spellings(words):
    """The words of a list as `plain` has them, one with accents also without them, and with ä, ö, ü as ae, oe, ue.

    >>> spellings("beiträge, j'aime")
    ('beiträge', 'beitrage', 'beitraege', 'j aime')
    """
    found = []
    for word in words.replace("'", " ").replace("-", " ").split(", "):
        parts = unicodedata.normalize("NFKD", word)
        bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
        umlauts = word.translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"})
        is_latin = word[0].casefold() < "\u0250"
        found += [form.casefold() for form in (word, *([bare, umlauts] if is_latin else []))]
    return tuple(dict.fromkeys(found))
