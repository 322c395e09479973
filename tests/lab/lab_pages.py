"""The lab's pages for a simulated user: run as a program by the tests, and never on import (pytest
imports every file for its examples).
"""

from nicegui import ui

from sim.lab.app import open_pages

if __name__ == "__main__":
    open_pages(None)
    ui.run()
