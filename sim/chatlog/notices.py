"""What apps themselves write into a chat: who joined, who left, the rest."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

from sim.chatlog.records import Incident, Skipped

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


# Under these names and QQ numbers the apps themselves write notices.
APP_SENDERS = {"系统消息", "系統消息", "系统", "10000", "1000000", "2854196310"}


_GROUP = "(?:群聊|本群|群组|群)"
# Traditional letters of the words below.
_SIMPLER = str.maketrans("請組將過離開進們", "请组将过离开进们")

_WECHAT_JOINED = (
    r"(?P<who>.{1,90}?)[通透]过.{1,200}加入了?" + _GROUP + "?.*",
    r".{0,90}?邀请(?P<who>.{1,900}?)加入了?" + _GROUP + ".*",
    r"(?P<who>.{1,900}?)(?:已经?)?加入了?" + _GROUP + ".*",
    r".{1,90}? invited (?P<who>.{1,900}?) to (?:the |this )?group(?: chat)?\b.*",
    r"(?P<who>.{1,900}?) joined (?:the |this )?group(?: chat)?\b.*",
)
_WECHAT_LEFT = (
    r".{0,90}?(?:已?将|把)(?P<who>.{1,900}?)(?:移出|踢出|移除|请出)了?" + _GROUP + ".*",
    r"(?P<who>.{1,900}?)已?被.{0,90}?(?:移出|踢出|移除|请出)了?" + _GROUP + ".*",
    r"(?P<who>.{1,900}?)(?:已经?|主动)?(?:退出|离开)了?" + _GROUP + ".*",
    r".{0,90}?(?:移除|移出|踢出)了(?!群)(?P<who>.{1,900}?)",
    r".{1,90}? removed (?P<who>.{1,900}?) from (?:the |this )?group(?: chat)?\b.*",
    r"(?P<who>.{1,900}?) was removed from (?:the |this )?group(?: chat)?\b.*",
    r"(?P<who>.{1,900}?) left (?:the |this )?group(?: chat)?\b.*",
)
_PATTERNS = [("leave", re.compile(pattern)) for pattern in _WECHAT_LEFT]
_PATTERNS += [("join", re.compile(pattern)) for pattern in _WECHAT_JOINED]
# Words outside of quotes that make a notice one of something else.
_ELSE = re.compile(
    r"撤回|收回|拍了拍|想邀请|修改|群名|公告|设置|开启|关闭|recalled|changed|renamed"
)

# A name in quotes beside other words, where names and what parts them should stand.
_MIXED = re.compile(r'"\d+"\s*[^\s"]|[^\s"]\s*"\d+"')

# A place of the app's template that the exporter has not filled with a name.
_UNFILLED = re.compile(
    r"\$[a-z_]\w*\$|%[a-z_]\w*%|%\(\w+\)[sd]|##\w+##|[\[<](?:user|nick|member)_?\w*[\]>]|"
    r"\$?\{+ ?\w+ ?\}+|%(?:\d+\$)?[sd@](?!\w)",
    re.ASCII | re.IGNORECASE,
)

_QUOTE_MARKS = str.maketrans(dict.fromkeys("“”„＂「」『』", '"'))
_QUOTED = re.compile(r'"([^"]*)"')
_COMMAS = re.compile(r"[、，,]\s*|\s+and\s+|\s+&\s+|(?<=[!-~])[和与與及](?=[!-~])")
_WECHAT_AND = re.compile(r"[和与與及]")
_PARTED = re.compile(r"[、，,和与與及&]|\band\b")
_YOU_AND = re.compile(r"[你您我妳][和与與及]|you and\b", re.IGNORECASE)
_BETWEEN = {"", "和", "与", "與", "及", "以及", "and", "&"}
_NUMBERED = re.compile(r".*[(（](\d{5,12})[)）]")
_WECHAT_YOU = {"你", "您", "我", "妳", "you"}
_WECHAT_EDGES = " \"'‘’.。"
_LONGEST_OF_WECHAT = 1_000


def incident_of(
    at: tuple[int, str, float], notice: str, name: str = "notice", further_lines: int = 0
) -> Incident | Skipped:
    """Turn a notice of WeChat or QQ into what happened, or count it."""
    line, group, ts = at
    if is_unfilled(notice):
        return Skipped(
            line, f"{name} without its names (such as $username$)", further_lines=further_lines
        )
    event, who = who_came_or_went(notice)
    if event and who:
        return Incident(line, group, ts, event, who, True, further_lines)
    return Skipped(line, name, further_lines=further_lines)


def is_unfilled(text: str, is_name: bool = False) -> bool:
    """Say whether a notice holds, or a name is, a place of a template in which no name was put.

    >>> is_unfilled('"$username$"加入了群聊'), is_unfilled("100% sure, A$AP")
    (True, False)
    >>> is_unfilled("<user>", is_name=True), is_unfilled("Tom [member]", is_name=True)
    (True, False)
    """
    found = _UNFILLED.fullmatch(text.strip()) if is_name else _UNFILLED.search(text)
    return found is not None


def who_came_or_went(notice: str) -> tuple[str, tuple[str, ...]]:
    """Read a notice of WeChat or QQ.

    >>> who_came_or_went('"小明"邀请你和"小红、小刚"加入了群聊')
    ('join', ('小红', '小刚'))
    """
    text = notice.strip().translate(_QUOTE_MARKS)
    quoted = _QUOTED.findall(text)
    places = iter(range(len(quoted)))
    bare = _QUOTED.sub(lambda _: f'"{next(places)}"', text)  # names may hold any of these words
    plain = bare.translate(_SIMPLER)
    if len(text) > _LONGEST_OF_WECHAT or is_unfilled(text) or _ELSE.search(plain):
        return "", ()
    for event, pattern in _PATTERNS:
        match = pattern.fullmatch(plain)
        who = bare[slice(*match.span("who"))] if match else ""
        if match and who.count('"') % 2 == 0:
            is_list = not any(map(_MIXED.search, _PARTED.split(_YOU_AND.sub("", who))))
            return event, tuple(_names_in(who, quoted)) if is_list else ()
    return "", ()


def _names_in(written: str, quoted: list[str]) -> list[str]:
    """Part a list of names: those in quotes stand there as places in `quoted`."""
    names: list[str] = []
    for number, part in enumerate(_QUOTED.split(written)):
        if number % 2:
            names += _COMMAS.split(quoted[int(part)])
            continue
        part = _YOU_AND.sub("", part.strip())
        pieces = [] if part in _BETWEEN else _COMMAS.split(part)
        if len(pieces) > 1 or '"' in written:
            pieces[-1:] = _WECHAT_AND.split(pieces[-1]) if pieces else []
        names += pieces
    clean = (name.strip(_WECHAT_EDGES) for name in names)
    numbered = ((name, _NUMBERED.fullmatch(name)) for name in clean)
    found = (met[1] if met else name for name, met in numbered)
    return [name for name in found if name and name.casefold() not in _WECHAT_YOU]
