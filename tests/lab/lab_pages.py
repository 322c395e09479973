"""The lab's pages for a simulated user: run as a program by the tests."""

from nicegui import ui

from sim.lab.app import open_pages

open_pages(None)
ui.run()
