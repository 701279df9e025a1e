"""Carts: https://docs.commercetools.com/api/projects/carts"""
