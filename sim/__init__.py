"""Qunlab: a laboratory for chat communities.

Everything a study needs is a name of this package, loaded when it is first used::

    from sim import load_scenario, simulate

The names stand in ``__init__.pyi``, once for type checkers and for the loader.
"""

import lazy_loader

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
