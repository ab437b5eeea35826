"""The vault: everything a lawyer holds, in one encrypted database and a folder of parts.

For the air gap's programs only; `crypto.airgap.vault.vault` opens one.
"""
