"""The air gap: every private key of lawyers and directors.  Never copied to the server."""
