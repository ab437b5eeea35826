"""The online ring: it holds ciphertext, and nothing that opens any."""
