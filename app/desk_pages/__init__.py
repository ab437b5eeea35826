"""The desk's pages: what a lawyer sees of the box in a browser, and her second factor.

What they answer: app/interface-v1.md, "Desk, the pages".  Only app/__init__.py and
app/desk.py depend on this package.  No page carries anything: that is the courier's work.
"""

from app.desk_pages.views import NAME, NEEDED, Pages, blueprint

__all__ = ["NAME", "NEEDED", "Pages", "blueprint"]
