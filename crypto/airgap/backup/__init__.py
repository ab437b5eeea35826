"""Backups of a vault on sticks of their own, opened by shares on paper.

For the air gap's programs only.
"""
