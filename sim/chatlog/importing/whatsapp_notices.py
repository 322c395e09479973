"""What WhatsApp itself writes into a chat, in seven languages: who joined, who left, the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

_JOINED = (
    r"(?P<who>.+?) joined (?:using (?:a|this|the|your) .+|from the community)",
    r"(?P<who>.+?) was added",
    r".+? added (?P<those>.+)",
    r"(?P<who>.+?) ist (?:der Gruppe )?(?:.*)?beigetreten",
    r"(?P<who>.+?) wurde hinzugefügt",
    r".+? hat (?P<those>.+?) hinzugefügt",
    r"(?P<who>.+?) se unió .+",
    r".+? añadió a (?P<those>.+)",
    r"(?P<who>.+?) entrou usando .+",
    r".+? adicionou (?P<those>.+)",
    r"(?P<who>.+?) a rejoint .+",
    r".+? a ajouté (?P<those>.+)",
    r"(?P<who>.+?) (?:si è unito|è entratо|è entrato).*",
    r".+? ha aggiunto (?P<those>.+)",
    r"(?P<who>.+?)(?:使用|通过|透過|經由).*(?:链接|連結|邀请|邀請).*加入.*",
    r".+?(?:添加|加入|新增|邀请|邀請)了?[“\"「]?(?P<those>[^”\"」]+)[”\"」]?(?:加入.*)?",
)
_LEFT = (
    r"(?P<who>.+?) left(?: the group)?",
    r"(?P<who>.+?) was removed",
    r".+? removed (?P<those>.+)",
    r"(?P<who>.+?) hat die Gruppe verlassen",
    r".+? hat (?P<those>.+?) entfernt",
    r"(?P<who>.+?) salió(?: del grupo)?",
    r".+? eliminó a (?P<those>.+)",
    r"(?P<who>.+?) saiu(?: do grupo)?",
    r".+? removeu (?P<those>.+)",
    r"(?P<who>.+?) (?:a quitté le groupe|est parti(?:\(e\)|e)?)",
    r".+? a (?:retiré|supprimé) (?P<those>.+)",
    r"(?P<who>.+?) (?:ha abbandonato|è uscit[oa].*)",
    r".+? ha rimosso (?P<those>.+)",
    r"(?P<who>.+?)(?:退出了?群组|退出了?群組|离开了?群组|離開了?群組|退出了?|已退出|已離開|离开了|離開了)",
    r".+?(?:将|將)?[“\"「]?(?P<those>[^”\"」]+?)[”\"」]?(?:移出|移除).*",
)
_FOUNDED = (
    r".+? created (?:group|this group|the group|this community).*",
    r".+? hat (?:die|diese) Gruppe .*erstellt",
    r".+? creó (?:el|este) grupo.*",
    r".+? criou (?:o|este) grupo.*",
    r".+? a créé (?:le|ce) groupe.*",
    r".+? ha creato (?:il|questo) gruppo.*",
    r".+?(?:创建了?|建立了?)(?:此|這個|这个|本)?(?:群组|群組|群).*",
)
_ENCRYPTED = (
    r"(?:messages (?:to|and)|nachrichten (?:an|und)|los mensajes|as mensagens|les messages"
    r"|i messaggi|消息|訊息|信息).{0,60}"
    r"(?:encrypt|verschlüssel|cifrad|criptograf|chiffré|crittograf|加密).*",
)
_CHANGED = (
    r".+? (?:changed|hat|cambió|mudou|a changé|ha cambiato) .*"
    r"(?:group|subject|icon|Gruppe|Betreff|grupo|asunto|groupe|sujet|gruppo|oggetto).*",
)

_YOU = {"you", "du", "tú", "você", "vous", "tu", "hai", "您", "你"}
_AND = re.compile(r",\s*(?:and |und |y |e |et )?|\s+(?:and|und|y|e|et)\s+|、|和")
_EDGES = ' .。\u2068\u2069\u200e~“”"「」'


def _one_of(patterns: tuple[str, ...]) -> list[re.Pattern[str]]:
    return [re.compile(rf"{pattern}[.。]?", re.IGNORECASE) for pattern in patterns]


_KINDS = {"leave": _one_of(_LEFT), "join": _one_of(_JOINED)}
_BIRTHS = _one_of(_FOUNDED)
_SECURED, _ALTERED = _one_of(_ENCRYPTED), _one_of(_CHANGED)
_LONGEST = 400


@dataclass(frozen=True)
class Notice:
    """What a notice says.

    Attributes
    ----------
    event : str
        ``join``, ``leave``, or empty for everything else.
    who : tuple of str
        Names; without whoever made the export, whom notices call "you".
    is_birth : bool
        Whether the group was created.
    """

    event: str = ""
    who: tuple[str, ...] = ()
    is_birth: bool = False


def read_notice(text: str) -> Notice:
    """Read a line without a sender.

    Parameters
    ----------
    text : str

    Returns
    -------
    Notice

    Examples
    --------
    >>> read_notice("Ada added Bob, Cem and Dee")
    Notice(event='join', who=('Bob', 'Cem', 'Dee'), is_birth=False)
    >>> read_notice("Ada hat die Gruppe verlassen.").event
    'leave'
    >>> read_notice("Your security code with Ada changed.").event
    ''
    """
    if len(text) > _LONGEST:
        return Notice()
    if any(pattern.fullmatch(text) for pattern in _BIRTHS):
        return Notice(is_birth=True)
    for event, patterns in _KINDS.items():
        for pattern in patterns:
            match = pattern.fullmatch(text)
            if match:
                named = match.groupdict()
                names = [named["who"]] if named.get("who") else _AND.split(named.get("those") or "")
                clean = (name.strip(_EDGES) for name in names)
                return Notice(event, tuple(n for n in clean if n and n.casefold() not in _YOU))
    return Notice()


def is_notice(text: str, is_marked: bool) -> bool:
    """Say whether the text of a message with a sender is one of WhatsApp's own.

    Parameters
    ----------
    text : str
    is_marked : bool
        Whether it stands after a left-to-right mark, as notices and media do on iPhones.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_notice("Messages and calls are end-to-end encrypted.", is_marked=False)
    True
    >>> is_notice("Ada added Bob", is_marked=True), is_notice("I added sugar", is_marked=False)
    (True, False)
    """
    if len(text) > _LONGEST:
        return False
    if any(pattern.fullmatch(text) for pattern in _SECURED):
        return True
    if not is_marked:
        return False
    notice = read_notice(text)
    return bool(notice.event or notice.is_birth) or any(p.fullmatch(text) for p in _ALTERED)
