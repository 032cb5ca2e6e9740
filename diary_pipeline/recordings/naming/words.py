"""Words in names of recordings, in small letters and without accents, as `plain` writes them."""

import re
import unicodedata

_MONTHS = (
    "january jan januar janner janvier janv enero ene gennaio janeiro januari",
    "february feb februar feber fevrier fevr fev febrero febbraio fevereiro februari",
    "march mar marz maerz mrz mars marzo marco maart mrt",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio maio mei",
    "june jun juni juin junio giugno junho",
    "july jul juli juillet juil julio luglio julho",
    "august aug aout agosto ago augustus",
    "september sep sept septembre septiembre setiembre settembre setembro",
    "october oct oktober okt octobre octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dec dezember dez decembre diciembre dic dicembre dezembro",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
"""Months by name, in English, German, French, Spanish, and where it costs nothing Italian, Portuguese, Dutch."""

ERAS = {"令和": 2018, "平成": 1988}
"""Japanese eras; a year of one is so many years of the calendar later."""

AFTERNOON = frozenset("pm p 午後 下午 오후".split())

SINCE = frozenset("to bis until till thru through a au al hasta jusqu'au fino ate tot から 〜 ~ - -- -> >".split())
"""What alone stands between a beginning and an end."""

CONFLICT = re.compile("konflikt|conflict|conflit|conflito|競合|冲突|衝突|충돌|конфликт")
COPIED = re.compile(
    r"\b(?:copy|copie|kopie|copia|backup|exported|exportiert|export|edited|bearbeitet|modified|converted|downloaded|"
    r"uploaded|synced|saved|shared|コピー|書き出し)\b"
)
"""A date behind one of these is that of a copy."""

_RECORDERS = frozenset(
    (
        "voice voices memo memos recording recordings recorder record records recorded rec audio audios sound sounds "
        "note notes call calls callrecord callrecordings music stereo mono multi folder zoom tascam olympus sony dcim "
        "media camera movie movies video videos ptt file files download downloads document documents internal storage "
        "sdcard sd card usb whatsapp telegram signal messenger viber skype teams messages apple iphone ipad ios "
        "android phone watch mac samsung galaxy pixel xiaomi miui huawei oppo oneplus my easy smart app apps new old "
        "private diary inbox sync syncthing dropbox nextcloud onedrive icloud drive google takeout import imports "
        "upload uploads backup archive unsorted "
        "sprachmemo sprachmemos sprachnotiz sprachnotizen sprachnachrichten sprachaufnahme sprachaufnahmen aufnahme "
        "aufnahmen diktat diktate diktiergerat anruf anrufe anrufaufnahmen telefon meine eigene dateien "
        "vocal vocaux vocale vocales enregistrement enregistrements enregistreur dictaphone appel appels mes "
        "nota notas voz grabacion grabaciones grabadora llamada llamadas mensaje mensajes mis "
        "ボイスメモ 録音 レコーダー ボイスレコーダー 音声 通話録音 음성 녹음 录音 語音備忘錄 语音备忘录"
    ).split()
)
_BETWEEN = frozenset("de des d of the and und et y la le".split())
_MUSIC = re.compile(r"\d{3}[a-z_]{2,8}|dss_?fld[a-z]?|dir_?\d+|track_?\d*|dr0000")

_AS_KEYBOARDS_HAVE = str.maketrans(
    dict.fromkeys("\ua789\u2236", ":")
    | dict.fromkeys("\u2044\u2215\u29f8", "/")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
)


def plain(text: str) -> str:
    """*text* in small letters without accents, with the digits, dashes and blanks of a keyboard."""
    apart = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text))
    whole = unicodedata.normalize("NFKC", apart).casefold()
    whole = whole.translate(_AS_KEYBOARDS_HAVE)
    return "".join(
        str(unicodedata.digit(one)) if one.isdecimal() else " " if one.isspace() else one
        for one in whole
        if unicodedata.category(one) != "Cf"
    )


def names_a_recorder(name: str) -> bool:
    """Whether every word of a folder's *name*, of which one is there, is about recorders, phones and recordings."""
    text = plain(name)
    if _MUSIC.fullmatch(text):
        return True
    words = [word for word in re.findall(r"[^\W\d_]+", text) if word not in _BETWEEN]
    return bool(words) and all(word in _RECORDERS for word in words)
