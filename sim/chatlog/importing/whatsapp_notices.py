"""What WhatsApp itself writes into a chat, in seven languages: who joined, who left, the rest."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

_ZH_GROUP = "(?:此|本|该|該|这个|這個)?(?:群组|群組|群聊|社群|群)"
_ZH_DONE = "(?:已经|已經|已)?"
_ZH_MOVES = f"{_ZH_DONE}[将將把]"
# Whoever moved and who was moved, to be told apart by `_moved`.
_MOVED = rf"(?P<moved>.+{_ZH_MOVES}.+?)"

_JOINED = (
    r"{} joined (?:(?:using|via|through|from) .+|(?:the|this) group.*)",
    r"{} (?:was|were) added(?: by .+)?",
    r".+? added {}",
    r"{} (?:ist|bist|sind) (?:.*)?beigetreten",
    r"{} (?:wurden?|wurdest)(?: von .+)? hinzugefügt",
    r".+? (?:hat|hast|haben) {} hinzugefügt",
    r"{} se (?:unió|unieron) .+",
    r"(?:.+? (?:añadió|agregó)|añadiste|agregaste) a {}",
    r"{} fue(?:ron)? (?:añadid|agregad)[oa]s?(?: por .+)?",
    r"{} entr(?:ou|aram|aste) (?:usando|através|com|no|pelo) .+",
    r"(?:.+? adicion(?:ou|aram)|adicionaste) {}",
    r"{} fo(?:i|ram) adicionad[oa]s?(?: por .+)?",
    r"{} (?:a|avez|ont) rejoint .+",
    r"{} (?:a|avez|ont) été ajouté.{,4}(?: par .+)?",
    r".+? (?:a|as|avez|ont) ajouté {}",
    r"{} (?:si è unit[oa]|è entrat[oa]|sono entrat[ei]).*",
    r"{} (?:è stat|sono stat)[oaei] aggiunt[oaei](?: da .+)?",
    r"(?:.+? ha|hai|hanno) aggiunto {}",
    rf"{{}}{_ZH_DONE}(?:使用|通过|透過|經由|经由).+加入.*",
    rf"{_MOVED}(?:添加|加入|新增|拉)(?:到|至|进|進|入)?了?{_ZH_GROUP}?",
    rf".+?{_ZH_DONE}(?:邀请|邀請)了?{{}}加入.*",
    rf"{{}}{_ZH_DONE}加入了?{_ZH_GROUP}",
    rf".+?{_ZH_DONE}(?:添加|加入|新增|邀请|邀請)了?{{}}(?:[到至进進]{_ZH_GROUP})?",
)
_LEFT = (
    r"{} left(?: (?:the|this) (?:group|community).*)?",
    r"{} (?:was|were) removed(?: by .+)?",
    r".+? removed {}(?: from (?:the|this) group)?",
    r"{} (?:hat|hast|haben) die Gruppe verlassen",
    r"{} (?:wurden?|wurdest)(?: von .+)? entfernt",
    r".+? (?:hat|hast|haben) {}(?: aus der Gruppe)? entfernt",
    r"{} sali(?:ó|eron)(?: del grupo)?",
    r"(?:.+? (?:eliminó|expulsó|sacó)|eliminaste|expulsaste|sacaste) a {}(?: del grupo)?",
    r"{} fue(?:ron)? (?:eliminad|expulsad)[oa]s?(?: por .+)?",
    r"{} sa(?:iu|íram)(?: do grupo)?",
    r"(?:.+? remov(?:eu|eram)|removeste) {}(?: do grupo)?",
    r"{} fo(?:i|ram) removid[oa]s?(?: por .+)?",
    r"{} (?:(?:a|avez|ont) quitté(?: le groupe)?|est parti(?:\(e\)|e)?)",
    r"{} (?:a|avez|ont) été (?:retiré|supprimé|exclu).{,4}(?: par .+)?",
    r".+? (?:a|as|avez|ont) (?:retiré|supprimé|exclu) {}(?: du groupe)?",
    r"{} (?:(?:ha|hanno) abbandonato|è uscit[oa]|sono uscit[ei]).*",
    r"{} (?:è stat|sono stat)[oaei] (?:rimoss|espuls)[oaei](?: da .+)?",
    r"(?:.+? ha|hai|hanno) (?:rimosso|espulso) {}(?: dal gruppo)?",
    rf"{{}}{_ZH_DONE}(?:退出|离开|離開)了?{_ZH_GROUP}?",
    rf"{{}}{_ZH_DONE}被.*?(?:移出|移除|踢出)了?{_ZH_GROUP}?",
    rf"{_MOVED}[从從]?(?:{_ZH_GROUP}(?:中|里|裡)?)?(?:移出|移除|踢出)了?{_ZH_GROUP}?",
    rf".+?{_ZH_DONE}(?:移出|移除|踢出)了?{{}}(?:出?{_ZH_GROUP})?",
)
_FOUNDED = (
    r".+? created (?:group|this group|the group|this community).*",
    r".+? (?:hat|hast) (?:die|diese) Gruppe .*erstellt",
    r"(?:.+? creó|creaste) (?:el|este) grupo.*",
    r"(?:.+? criou|criaste) (?:o|este) grupo.*",
    r".+? (?:a|as|avez) créé (?:le|ce) groupe.*",
    r"(?:.+? ha|hai) creato (?:il|questo) gruppo.*",
    rf".+?{_ZH_DONE}(?:创建|創建|建立|新建)了?{_ZH_GROUP}.*",
)
_SECURED = re.compile(
    r"(?:messages (?:to|and)|nachrichten (?:an|und)|los mensajes|as mensagens|les messages"
    r"|i messaggi|消息|訊息|信息).{0,60}"
    r"(?:encrypt|verschlüssel|cifrad|criptograf|chiffré|crittograf|加密).*",
    re.IGNORECASE,
)
# What an iPhone puts after its mark where somebody sent something; all else is a notice.
_MEDIA = re.compile(
    r"omitted|weggelassen|ausgelassen|omitid|ocult|omis|absent|omess|忽略|略去|省略|attached|•|<"
    r"|message was deleted|deleted this message|gelöscht|mensaje.* elimin|elimin.* mensaje|apagada"
    r"|message a été supprimé|messaggio.* eliminato|撤回|已删除|已刪除"
    r"|call|anruf|llamada|chamada|appel|chiamata|location|standort|ubicación|localiza|posizione"
    r"|位置|poll|umfrage|encuesta|sondag|投票",
    re.IGNORECASE,
)

# Beside the name of a file.
FILE_MARKS = frozenset("•<")

_KINDS = {
    "number changed": r"phone number|(?:telefon|handy)nummer|número|numéro|numero|号码|號碼|手机号",
    "pinned message": r"pinned|angeheftet|angepinnt|fij(?:ó|aste)|fix(?:ou|aste)|épinglé|fissato"
    r"|置顶|置頂|釘選",
    "disappearing messages": r"disappear|selbstlöschend|temporales|temporári|éphémère|effimer"
    r"|限时消息|限時訊息|阅后即焚|自動銷毀",
    "group settings": r"setting|icon|subject|description|einstellung|betreff|beschreibung|gruppen"
    r"|ajuste|asunto|descri|ícon|configura|assunto|paramètre|icône|sujet|impostazion|oggetto"
    r"|immagine|设置|設定|名称|名稱|图标|圖示|描述|主题|主旨",
    "admin": r"admin|管理员|管理員",
    "group": r"group|gruppe|grupo|groupe|gruppo|群",
}

_YOU = re.compile("you|du|dich|tú|te|ti|vos|usted|tu|você|vous|您|你|妳", re.IGNORECASE)
_AND = re.compile(r"(,\s*(?:and |und |y |e |et )?|\s+(?:and|und|y|e|et)\s+|、|和)")
_EDGES = ' .。\u2068\u2069\u200e~“”"「」'
_NOBODY = re.compile(
    r"(?:the|this|an?|die|das|den|diese|el|la|est[ea]|os?|ess[ea]|le|ce(?:tte)?|il|lo|quest[oa])"
    r" .*(?:group|messag|icon|grup|nachricht|gruppe|mens|subject|description|link).*"
    r"|\d+ (?:others?|weitere\w*|más|outr\w+|autres?|altr\w+)|.*(?:群组|群組|群聊|消息|訊息)",
    re.IGNORECASE,
)


def _one_of(kind: str, patterns: tuple[str, ...]) -> list[tuple[str, re.Pattern[str]]]:
    named = (pattern.replace("{}", "(?P<those>.+?)") for pattern in patterns)
    return [(kind, re.compile(rf"{pattern}[.。]?", re.IGNORECASE)) for pattern in named]


_WHOLE = [
    ("encryption", _SECURED),
    *_one_of("birth", _FOUNDED),
    *_one_of("leave", _LEFT),
    *_one_of("join", _JOINED),
]
_PARTS = [(kind, re.compile(words, re.IGNORECASE)) for kind, words in _KINDS.items()]
_LONGEST = 400
_FIRST_IDEOGRAPH = "\u2e80"


@dataclass(frozen=True)
class Notice:
    """What a notice says."""

    # ``join``, ``leave``, ``birth`` (of the group), ``encryption``, one of those that are counted
    # apart, or empty: it may be no notice.
    kind: str = ""
    # Of a join or leave: names, without whoever made the export, whom notices call "you".
    who: tuple[str, ...] = ()

    @property
    def event(self) -> str:
        """``join``, ``leave`` or empty."""
        return self.kind if self.kind in ("join", "leave") else ""

    def dropped_as(self) -> str:
        """Return what it counts as where it is no event."""
        return f"notice of WhatsApp{f': {self.kind}' if self.kind in _KINDS else ''}"


def read_notice(text: str, known: Container[str] = frozenset()) -> Notice:
    """Read a line without a sender.

    >>> read_notice("Ada added Bob, Cem and Dee")
    Notice(kind='join', who=('Bob', 'Cem', 'Dee'))
    >>> read_notice("你将小红移出群聊").who, read_notice("Ada hat die Gruppe verlassen.").kind
    (('小红',), 'leave')
    >>> read_notice("Ada is now an admin").dropped_as()
    'notice of WhatsApp: admin'
    """
    if len(text) > _LONGEST:
        return Notice()
    for kind, pattern in _WHOLE:
        match = pattern.fullmatch(text)
        if match:
            named = match.groupdict()
            those = _moved(named["moved"], known) if "moved" in named else named.get("those", "")
            names = (n for n in _names(those, known) if n in known or not _NOBODY.fullmatch(n))
            return Notice(kind, tuple(n for n in names if n and not _YOU.fullmatch(n)))
    return Notice(next((kind for kind, words in _PARTS if words.search(text)), ""))


def _names(those: str, known: Container[str]) -> list[str]:
    """Return the names of a list; one that is known may itself hold a comma or an "and"."""
    parts = _AND.split(those)  # names at even places, what stands between them at odd ones
    names: list[str] = []
    at = 0
    while at < len(parts):
        ends = range(len(parts), at, -2)
        whole = ("".join(parts[at:end]).strip(_EDGES) for end in ends)
        found = next(((n, end) for n, end in zip(whole, ends, strict=True) if n in known), None)
        name, end = found or (parts[at].strip(_EDGES), at + 1)
        while found is None and parts[end : end + 1] == ["和"] and not _is_and(parts, end, known):
            name, end = (name + "".join(parts[end : end + 2])).strip(_EDGES), end + 2
        names.append(name)
        at = end + 1
    return names


def _is_and(parts: list[str], at: int, known: Container[str]) -> bool:
    """Say whether 和 parts two names: one is known, or the list or their letters tell."""
    before, after = parts[at - 1], parts[at + 1]
    is_known = before.strip(_EDGES) in known or after.strip(_EDGES) in known
    is_foreign = after != "" and (before[-1:] + after[0]).isascii()
    return is_known or is_foreign or "、" in parts or before.endswith(("”", " "))


def _moved(text: str, known: Container[str]) -> str:
    """Return who was moved; the word between them and who did it may be part of a name, too."""
    splits = [
        (text[: hinge.start()], text[hinge.end() :])
        for hinge in re.finditer(_ZH_MOVES, text)
        if hinge.start() and hinge.end() < len(text)
    ]

    def likelihood(split: tuple[str, str]) -> tuple[bool, bool, bool]:
        actor, moved = split
        is_actor = actor.strip(_EDGES) in known or _YOU.fullmatch(actor) is not None
        is_moved = all(name in known for name in _names(moved, known))
        return is_moved, is_actor, not re.match(_ZH_MOVES, moved)

    return max(splits, key=likelihood)[1]


@lru_cache(maxsize=4096)
def _is_whole(text: str) -> bool:
    """Say whether a notice is known as a whole: some share words with media."""
    return any(pattern.fullmatch(text[:_LONGEST]) for _, pattern in _WHOLE)


def is_media(text: str) -> bool:
    """Say whether a text after the mark of notices stands for something that was sent."""
    may_be_whole = FILE_MARKS.isdisjoint(text)
    return _MEDIA.search(text) is not None and not (may_be_whole and _is_whole(text))


def may_end_a_name(text: str, end: int) -> bool:
    """Say whether a name at the head of a text may end at a place; Chinese puts no space there."""
    following = text[end : end + 1]
    return not following.isalpha() or following >= _FIRST_IDEOGRAPH


def is_notice(text: str, sender: str, is_marked: bool) -> bool:
    """Say whether the text of a message with a sender is one of WhatsApp's own.

    >>> is_notice("Messages and calls are end-to-end encrypted.", "Club", is_marked=False)
    True
    >>> is_notice("Ada added Bob", "Club", is_marked=True), is_notice("I added tea", "Al", False)
    (True, False)
    """
    if _SECURED.fullmatch(text):
        return True
    if not is_marked or is_media(text):
        return False
    tells_of_sender = text.startswith(sender) and may_end_a_name(text, len(sender))
    return tells_of_sender or read_notice(text).kind != ""
