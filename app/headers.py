"""The headers of every answer of both programs, errors included, and no others but the
cookie of the desk's pages.

Only `app` depends on this module.  Each stands in SECURITY.md, "What the server
knows", "Response headers"; a test fails when the two differ.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS_POLICY = (
    "accelerometer=(), autoplay=(), bluetooth=(), camera=(), display-capture=(), "
    "encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), hid=(), "
    "idle-detection=(), magnetometer=(), microphone=(self), midi=(), payment=(), "
    "publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), "
    "web-share=(), xr-spatial-tracking=()"
)

# The desk's pages: forms and no script.
DESK_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DESK_PERMISSIONS_POLICY = PERMISSIONS_POLICY.replace("microphone=(self)", "microphone=()")

Fixed = tuple[tuple[str, str], ...]

FIXED: Fixed = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Cache-Control", "no-store"),
    ("Vary", "Accept-Encoding"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("X-DNS-Prefetch-Control", "off"),
    ("Permissions-Policy", PERMISSIONS_POLICY),
)

_OF_DESK = {
    "Content-Security-Policy": DESK_CONTENT_SECURITY_POLICY,
    "Permissions-Policy": DESK_PERMISSIONS_POLICY,
}
FIXED_OF_DESK: Fixed = tuple((name, _OF_DESK.get(name, value)) for name, value in FIXED)

# What describes the one answer.  `Connection` is added by app/worker.py.
DESCRIBING = ("Content-Type", "Content-Length", "Content-Encoding")
# What only the desk sends: when a session in its pages begins or ends.
OF_DESK = ("Set-Cookie",)


def sealed(
    application: "WSGIApplication", fixed: Fixed = FIXED, also: tuple[str, ...] = ()
) -> "WSGIApplication":
    """*application* with the *fixed* headers on every answer.

    Of its own headers only what describes the answer is kept, and what *also* names:
    whatever else a library may set (cookies, redirects, `Allow`) does not leave.
    """
    names = frozenset(name.lower() for name in DESCRIBING + also)

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        def start_sealed(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            kept = [header for header in headers if header[0].lower() in names]
            return start(status, [*kept, *fixed], error)

        return application(environ, start_sealed)

    return answer
