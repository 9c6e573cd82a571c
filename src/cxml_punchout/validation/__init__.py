"""Validation that explains itself: the grammar, the datatypes and the Guide's rules, in one report.

Nothing here is imported before a document is validated, and no layer before it is asked for.
"""
