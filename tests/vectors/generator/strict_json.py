"""Strict JSON: what parses, and the many things that do not."""

from tests.vectors.generator.organisation import JSON, b64

_LIMIT = 4096
_REFUSED = "document-malformed"


def _ok(name: str, document: str, written: str, comment: str = "") -> dict[str, JSON]:
    return {
        "name": name,
        "comment": comment,
        "document": b64(document.encode()),
        "max_bytes": _LIMIT,
        "outcome": "ok",
        "written": b64(written.encode()),
    }


def _bad(
    name: str, document: bytes | str, comment: str = "", limit: int = _LIMIT
) -> dict[str, JSON]:
    raw = document if isinstance(document, bytes) else document.encode()
    return {
        "name": name,
        "comment": comment,
        "document": b64(raw),
        "max_bytes": limit,
        "outcome": _REFUSED,
    }


def _same(name: str, document: str, comment: str = "") -> dict[str, JSON]:
    return _ok(name, document, document, comment)


def document() -> JSON:
    """The file's content."""
    deep = "[" * 8 + "]" * 8
    deep_object = '{"a":' * 8 + "1" + "}" * 8
    return {
        "format": "strict JSON",
        "source": "crypto/spec/signed-documents-v1.md, section 1",
        "fields": "document: bytes to parse, at most max_bytes; written: the value written again",
        "vectors": [
            _same("empty-object", "{}"),
            _same("empty-array", "[]"),
            _same("all-kinds-of-values", '{"a":[1,"x",true,false,null],"b":{"c":0}}'),
            _same("a-bare-string", '"x"'),
            _same("a-bare-number", "7"),
            _ok("white-space", ' \t\r\n{ "a" : [ 1 , 2 ] } \n', '{"a":[1,2]}'),
            _ok("escapes", r'"\"\\\/\b\f\n\r\t\u0041\u00e9"', r'"\"\\/\b\f\n\r\tAé"'),
            _ok("an-escaped-surrogate-pair", r'"\ud83d\ude00"', '"\U0001f600"'),
            _ok("an-escaped-surrogate-pair-in-upper-case", r'"\uD83D\uDE00"', '"\U0001f600"'),
            _same("beyond-the-basic-plane", '"\U0001f600"'),
            _same("an-escaped-null", r'"\u0000"'),
            _same("delete-is-no-control-character-of-json", '"\x7f"'),
            _same("a-noncharacter", '"\uffff"'),
            _same("largest-integer", "9007199254740991"),
            _same("zero", "0"),
            _same("an-empty-key", '{"":1}'),
            _same("a-key-called-proto", '{"__proto__":1,"constructor":2}'),
            _same("keys-that-differ-in-case", '{"a":1,"A":2}'),
            _same("keys-that-differ-in-normalisation", '{"\u00e9":1,"e\u0301":2}'),
            _same("the-same-key-in-two-objects", '[{"a":1},{"a":2}]'),
            _same("the-same-key-at-two-depths", '{"a":{"a":1}}'),
            _same("depth-8-of-arrays", deep),
            _same("depth-8-of-objects", deep_object),
            _same("brackets-in-a-string-are-no-depth", '"[[[[[[[[[[[["'),
            _ok("exactly-the-limit", " " * (_LIMIT - 2) + "{}", "{}"),
            _bad("one-byte-over-the-limit", " " * (_LIMIT - 1) + "{}"),
            _bad("over-a-small-limit", "[1,2]", limit=4),
            _bad("nothing", ""),
            _bad("only-white-space", " \n"),
            _bad("byte-order-mark", b"\xef\xbb\xbf{}"),
            _bad("utf-16", '{"a":1}'.encode("utf-16-le")),
            _bad("a-lone-continuation-byte", b'"\x80"'),
            _bad("overlong-utf-8", b'"\xc0\xaf"'),
            _bad("cut-off-utf-8", b'"\xe2\x82"'),
            _bad("utf-8-beyond-unicode", b'"\xf4\x90\x80\x80"'),
            _bad("a-surrogate-in-utf-8", b'"\xed\xa0\x80"'),
            _bad("a-surrogate-pair-in-utf-8", b'"\xed\xa0\xbd\xed\xb8\x80"', "CESU-8"),
            _bad("invalid-utf-8-in-a-key", b'{"\xff":1}'),
            _bad("a-lone-high-surrogate", r'"\ud83d"'),
            _bad("a-lone-low-surrogate", r'"\ude00"'),
            _bad("surrogates-in-the-wrong-order", r'"\ude00\ud83d"'),
            _bad("a-high-surrogate-before-a-letter", r'"\ud83dA"'),
            _bad("a-lone-surrogate-in-a-key", r'{"\ud83d":1}'),
            _bad("a-lone-surrogate-deep-inside", r'{"a":[{"b":["\udfff"]}]}'),
            _bad("a-key-twice", '{"a":1,"a":2}'),
            _bad("a-key-twice-with-the-same-value", '{"a":1,"a":1}'),
            _bad("a-key-twice-once-escaped", r'{"a":1,"\u0061":2}'),
            _bad("a-key-twice-escaped-in-two-ways", r'{"\u00e9":1,"\u00E9":2}'),
            _bad("a-key-twice-apart", '{"a":1,"b":2,"c":3,"a":4}'),
            _bad("a-key-twice-inside", '[[{"x":{"a":1,"a":2}}]]'),
            _bad("a-key-called-proto-twice", '{"__proto__":1,"__proto__":2}'),
            _bad("an-empty-key-twice", '{"":1,"":2}'),
            _bad("a-fraction", "1.5"),
            _bad("a-fraction-of-zero", "1.0"),
            _bad("an-exponent", "1e2"),
            _bad("an-exponent-in-upper-case", "1E2"),
            _bad("an-exponent-of-zero", "1e0"),
            _bad("a-huge-exponent", "1e999999"),
            _bad("minus-zero", "-0"),
            _bad("minus-one", "-1"),
            _bad("a-plus-sign", "+1"),
            _bad("two-to-the-53", "9007199254740992"),
            _bad("an-integer-of-17-digits", "10000000000000000"),
            _bad("an-integer-of-two-thousand-digits", "9" * 2000),
            _bad("a-leading-zero", "01"),
            _bad("two-zeros", "00"),
            _bad("hexadecimal", "0x10"),
            _bad("no-digit-before-the-point", ".5"),
            _bad("no-digit-after-the-point", "5."),
            _bad("a-digit-that-is-not-ascii", "\u0661"),
            _bad("not-a-number", "NaN"),
            _bad("infinity", "Infinity"),
            _bad("minus-infinity", "-Infinity"),
            _bad("a-number-with-an-underscore", "1_000"),
            _bad("undefined", "undefined"),
            _bad("true-in-upper-case", "True"),
            _bad("a-cut-off-word", "nul"),
            _bad("a-comma-after-the-last-value", "[1,]"),
            _bad("a-comma-after-the-last-member", '{"a":1,}'),
            _bad("a-comma-before-the-first-value", "[,1]"),
            _bad("no-comma", "[1 2]"),
            _bad("no-colon", '{"a" 1}'),
            _bad("no-value", '{"a":}'),
            _bad("a-key-without-quotes", "{a:1}"),
            _bad("a-number-as-key", "{1:1}"),
            _bad("single-quotes", "{'a':1}"),
            _bad("a-line-comment", "{} // x"),
            _bad("a-block-comment", "/* x */{}"),
            _bad("two-values", "{}{}"),
            _bad("rubbish-after-the-value", "{}x"),
            _bad("a-null-byte-after-the-value", b"{}\x00"),
            _bad("an-unclosed-object", '{"a":1'),
            _bad("an-unclosed-array", "[1"),
            _bad("an-unclosed-string", '"abc'),
            _bad("mixed-brackets", "[1}"),
            _bad("a-raw-newline-in-a-string", '"a\nb"'),
            _bad("a-raw-tab-in-a-string", '"a\tb"'),
            _bad("a-raw-null-in-a-string", b'"a\x00b"'),
            _bad("a-raw-control-character-in-a-key", '{"a\x1f":1}'),
            _bad("an-unknown-escape", r'"\x41"'),
            _bad("an-escaped-quote", r'"\'"'),
            _bad("a-short-escape", r'"\u004"'),
            _bad("an-escape-with-a-sign", r'"\u+041"'),
            _bad("an-escape-with-a-space", r'"\u 041"'),
            _bad("an-escape-with-an-underscore", r'"\u0_41"'),
            _bad("an-escape-in-upper-case", r'"\U0041"'),
            _bad("an-escape-in-digits-that-are-not-ascii", '"\\u\uff10\uff10\uff14\uff11"'),
            _bad("a-no-break-space-between-values", "[1,\u00a02]"),
            _bad("a-form-feed-between-values", "[1,\f2]"),
            _bad("a-vertical-tab-between-values", "[1,\v2]"),
            _bad("a-line-separator-between-values", "[1,\u20282]"),
            _bad("depth-9-of-arrays", f"[{deep}]"),
            _bad("depth-9-of-objects", f'{{"a":{deep_object}}}'),
            _bad("depth-9-mixed", f'{{"a":{deep}}}'),
            _bad("depth-9-not-first", f"[1,[{deep[1:-1]},[]],[{deep}]]"),
            _bad("two-thousand-open-brackets", "[" * 2000),
            _bad("two-thousand-brackets", "[" * 2000 + "]" * 2000),
        ],
    }
