"""How the database became what app/models.py says: one file for each step."""
