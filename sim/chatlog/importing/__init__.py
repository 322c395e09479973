"""Exports of real chats become a message log: derived first, then text and names are dropped."""

from sim.chatlog.importing.chats import Imported, InputReport, import_chats
from sim.chatlog.importing.explaining import explanation
from sim.chatlog.importing.formats import FORMATS
from sim.chatlog.importing.pseudonyms import is_open_to_others, read_key, write_key
from sim.chatlog.importing.table_layouts import FIELDS, LAYOUTS, parse_columns
from sim.chatlog.importing.wishes import Wishes

__all__ = [
    "FIELDS",
    "FORMATS",
    "LAYOUTS",
    "Imported",
    "InputReport",
    "Wishes",
    "explanation",
    "import_chats",
    "is_open_to_others",
    "parse_columns",
    "read_key",
    "write_key",
]
