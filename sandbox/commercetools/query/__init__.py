"""Queries: predicates, sorting, paging and reference expansion."""
