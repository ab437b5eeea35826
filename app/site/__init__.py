"""The witness site: its pages, its words, its browser program, and the build of them.

The site is static: `build.py` writes every byte that a witness may be sent, and the
intake only hands those files out.  `client/` is the browser program and mirrors
`crypto/` by name; `client/pages/` is the only part of it that touches a page;
`vendor/` is third-party JavaScript.
"""
