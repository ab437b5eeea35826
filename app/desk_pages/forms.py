"""Forms of the desk's pages: read once, and only when they were filled in here.

Only app/desk_pages/ depends on this module.
"""

from urllib.parse import parse_qsl, urlsplit

from flask import Request

from app.body import small_body
from app.errors import FormError

FORM = "application/x-www-form-urlencoded"
MAX_FORM_BYTES = 16 * 1024  # a passphrase of 1,024 characters, each as twelve
MOST_FIELDS = 8

# Headers of a request that tell where its form was filled in.  What is missing tells
# nothing: old browsers do not say, and with `no-referrer` an origin is "null".
ORIGIN, SITE, HOST = "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_HOST"


def check_origin(request: Request) -> None:
    """Refuse a form of another site, when the browser says so.

    Raises:
        FormError
    """
    environ = request.environ
    origin = environ.get(ORIGIN, "null")
    if environ.get(SITE, "same-origin") != "same-origin":
        raise FormError("of another site")
    if origin != "null" and _host_of(origin) != environ.get(HOST):
        raise FormError("of another origin")


def read_form(request: Request, *names: str) -> dict[str, str]:
    """The fields of a form, which has these and no others.

    Raises:
        LengthNeededError, ContentTypeError, DocumentMalformedError, CellCutOffError: as
            app/body.py.
        FormError: it has other fields, or one of them twice.
    """
    body = small_body(request, MAX_FORM_BYTES, FORM)
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise FormError("no form") from None
    fields = dict(pairs)
    if len(fields) != len(pairs) or fields.keys() != set(names):
        raise FormError("other fields")
    return fields


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
