"""The message log of real and simulated groups: read, checked whole, written without halves."""

from sim.chatlog.log import EVENT_TYPES, HUMAN_TYPES, MESSAGE_TYPES, ChatLog, read_log, write_log

__all__ = ["EVENT_TYPES", "HUMAN_TYPES", "MESSAGE_TYPES", "ChatLog", "read_log", "write_log"]
