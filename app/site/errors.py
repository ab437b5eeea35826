"""The one refusal of the site's build.  Only the build depends on this module."""

from crypto.errors import BuzonError


class SiteSourceError(BuzonError):
    """The sources or the settings of the witness site contradict each other."""

    code = "site-source"
