"""The pages: static HTML that opens from disk, needs no network and no script, and reads aloud well.

page: one run · index: one study, all its runs side by side. What stands in a notebook or a study is shown, never
trusted: text is escaped, paths stay relative, HTML passes only if our own classes made it.
"""

from digidip.report._index import index
from digidip.report._page import page

__all__ = ["index", "page"]
