"""Judged harder: rivals on rooms held out, rooms of the own making, correlation beside effect."""
